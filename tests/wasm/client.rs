//! What the answers of the service and of the verifier mean to a client.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used)]

mod support;

use js_sys::{Array, Object, Promise, JSON};
use support::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{RequestCredentials, RequestRedirect};

/// Asks for a token; gives the code of the error that the caller and the state have.
async fn failure(stub: &Stub, extra: &str) -> String {
    let client = try_client(stub, extra).expect("the options are good");
    let error = refused(client.get_token(false, None)).await;
    let state = client.state();
    assert_eq!(text(&state, "status"), "unknown");
    assert_eq!(text(&member(&state, "error"), "code"), text(&error, "code"));
    assert!(member(&state, "claims").is_undefined());
    client.dispose();
    text(&error, "code")
}

#[wasm_bindgen_test]
async fn no_session_is_anonymous() {
    let stub = answering(401, JSON_TYPE, "{}");
    let client = client(&stub);
    assert_eq!(text(&client.state(), "status"), "unknown");
    let state = given(client.start()).await;
    assert_eq!(text(&state, "status"), "anonymous");
    assert!(Object::is(&state, &client.state()));
    assert!(member(&state, "error").is_undefined() && !client.has_role("user"));
    assert_eq!(code(client.get_token(false, None)).await, "login_required");
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_token_is_a_session_with_claims() {
    let stub = signed_in();
    let client = client(&stub);
    let state = given(client.start()).await;
    assert_eq!(text(&state, "status"), "authenticated");
    assert_eq!(text(&member(&state, "claims"), "sub"), "user-1");
    assert_eq!(given(client.get_token(false, None)).await, "a.b.c");
    assert_eq!((stub.count(), stub.list("verified").as_str()), (1, "a.b.c"));
    assert_eq!(stub.list("jwksUrls"), "https://auth.test/v1/.well-known/jwks.json");
    assert_eq!(given(client.get_token(true, None)).await, "a.b.c");
    assert_eq!(stub.count(), 2, "a forced token is a new one");
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_hundred_callers_cost_one_request() {
    let stub = signed_in();
    let client = client(&stub);
    let promises: Array = (0..100).map(|_| client.get_token(false, None)).collect();
    let tokens: Array = given(Promise::all(&promises)).await.into();
    assert_eq!(tokens.length(), 100);
    assert!(tokens.iter().all(|token| token == "a.b.c"));
    assert_eq!(stub.count(), 1);
    client.dispose();
}

#[wasm_bindgen_test]
async fn the_request_carries_the_cookie_and_nothing_else() {
    let stub = signed_in();
    let client = client(&stub);
    given(client.start()).await;
    let request = stub.request(0);
    assert_eq!((request.method().as_str(), request.url().as_str()), ("POST", "https://auth.test/v1/token"));
    assert_eq!(request.credentials(), RequestCredentials::Include);
    assert_eq!(request.redirect(), RequestRedirect::Manual);
    assert_eq!(headers_of(&request), r#"[["accept","application/json"]]"#);
    assert_eq!(given(request.text().expect("a body")).await, "");
    client.dispose();
}

#[wasm_bindgen_test]
async fn newer_routes_ask_for_an_audience() {
    let stub = signed_in();
    let client = try_client(&stub, r#"{"routes":"oauth2","baseUrl":"https://auth.test/","audience":"urn:a b"}"#);
    let client = client.expect("the options are good");
    given(client.start()).await;
    assert_eq!(stub.request(0).url(), "https://auth.test/oauth2/token?audience=urn%3Aa%20b");
    client.dispose();
}

#[wasm_bindgen_test]
async fn no_answer_is_a_network_error_whatever_fetch_rejects_with() {
    for reason in [JsValue::from("offline"), JsValue::UNDEFINED, JsValue::NULL, js_sys::Error::new("offline").into()] {
        let stub = Stub::new();
        stub.fail(&reason);
        assert_eq!(failure(&stub, "{}").await, "network_error", "{reason:?}");
        let stub = Stub::new();
        stub.throw_at_once(&reason);
        assert_eq!(failure(&stub, "{}").await, "network_error", "thrown {reason:?}");
    }
    // No answer prepared: what it gives is no Response.
    assert_eq!(failure(&Stub::new(), "{}").await, "network_error");
}

#[wasm_bindgen_test]
async fn a_late_answer_is_a_timeout() {
    for heeds_abort in [true, false] {
        let stub = Stub::new();
        stub.hang(heeds_abort);
        assert_eq!(failure(&stub, r#"{"timeout":30}"#).await, "timeout", "heeds abort: {heeds_abort}");
        assert!(stub.request(0).signal().aborted());
    }
}

#[wasm_bindgen_test]
async fn an_answer_outside_of_the_contract_is_invalid() {
    for (status, kind, body) in [
        (200, "text/html", "<!doctype html><title>a proxy</title>"),
        (200, "text/html", TOKEN),
        (200, JSON_TYPE, r#"{"access_token":"a.b"#),
        (200, JSON_TYPE, ""),
        (200, JSON_TYPE, "[]"),
        (200, JSON_TYPE, "null"),
        (200, JSON_TYPE, r#"{"access_token":"a.b.c","token_type":"mac"}"#),
        (200, JSON_TYPE, r#"{"access_token":"a.b.c"}"#),
        (200, JSON_TYPE, r#"{"access_token":7,"token_type":"Bearer"}"#),
        (200, JSON_TYPE, r#"{"access_token":"","token_type":"Bearer"}"#),
        (204, JSON_TYPE, ""),
        (404, JSON_TYPE, TOKEN),
    ] {
        let stub = answering(status, kind, body);
        assert_eq!(failure(&stub, "{}").await, "response_invalid", "{status} {kind} {body}");
        assert_eq!(stub.list("verified"), "", "{body}");
    }
    let huge = format!(r#"{{"access_token":"{}","token_type":"Bearer"}}"#, "a".repeat(300_000));
    assert_eq!(failure(&answering(200, JSON_TYPE, &huge), "{}").await, "response_invalid");
    // The type is compared without case, and with parameters.
    let body = TOKEN.replace("Bearer", "bearer");
    let client = client(&answering(200, "Application/JSON; charset=utf-8", &body));
    assert_eq!(given(client.get_token(false, None)).await, "a.b.c");
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_broken_service_leaves_the_state_unknown() {
    let body = r#"{"title":"Maintenance","status":503,"detail":"back soon","type":"urn:m"}"#;
    let stub = answering(503, "application/problem+json", body);
    let client = client(&stub);
    let state = given(client.start()).await;
    assert_eq!(text(&state, "status"), "unknown");
    let error = member(&state, "error");
    assert_eq!((text(&error, "code").as_str(), number(&error, "status")), ("service_unavailable", Some(503.0)));
    assert_eq!(text(&member(&error, "problem"), "title"), "Maintenance");
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_rate_limit_is_kept() {
    let stub = Stub::new();
    stub.limit("30");
    let client = client(&stub);
    let error = refused(client.get_token(false, None)).await;
    assert_eq!((text(&error, "code").as_str(), number(&error, "retryAfter")), ("rate_limited", Some(30.0)));
    for force in [false, true] {
        let error = refused(client.get_token(force, None)).await;
        assert_eq!(text(&error, "code"), "rate_limited");
        assert!(number(&error, "retryAfter").is_some_and(|seconds| (1.0..=30.0).contains(&seconds)));
    }
    given(client.start()).await;
    settle().await;
    assert_eq!(stub.count(), 1, "nothing is sent before the time has come");
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_refused_token_is_no_session() {
    let stub = signed_in();
    let refusal = JSON::parse(r#"{"code":"signature_invalid","kid":"k1"}"#).expect("JSON");
    stub.set_refusal(&refusal);
    let client = client(&stub);
    let error = refused(client.get_token(false, None)).await;
    assert!(Object::is(&error, &refusal), "the caller gets what the verifier said");
    let state = client.state();
    assert_eq!(text(&state, "status"), "unknown");
    assert!(Object::is(&member(&state, "error"), &refusal));
    assert!(member(&state, "claims").is_undefined() && !client.has_role("admin"));
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_verifier_that_breaks_is_an_internal_fault() {
    for refusal in [JsValue::from("broken"), JsValue::NULL, js_sys::Error::new("broken").into()] {
        let stub = signed_in();
        stub.set_refusal(&refusal);
        assert_eq!(failure(&stub, "{}").await, "internal", "{refusal:?}");
    }
}

#[wasm_bindgen_test]
async fn a_failed_renewal_keeps_the_session() {
    let stub = signed_in();
    stub.answer(503, JSON_TYPE, "{}");
    let client = client(&stub);
    given(client.start()).await;
    assert_eq!(code(client.get_token(true, None)).await, "service_unavailable");
    assert_eq!(text(&client.state(), "status"), "authenticated");
    assert_eq!(JsFuture::from(client.get_token(false, None)).await, Ok("a.b.c".into()));
    client.dispose();
}
