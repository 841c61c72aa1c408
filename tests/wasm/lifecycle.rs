//! A client from its options to its end: roles, listeners, signing in and out.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used)]

mod support;

use js_sys::Object;
use support::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn roles_are_compared_without_case() {
    let client = client(&signed_in());
    assert!(!client.has_role("user"), "nothing is known yet");
    given(client.start()).await;
    assert!(client.has_role("user") && client.has_role("Admin"));
    assert!(!client.has_role("owner") && !client.has_role("") && !client.has_role("7"));
    client.dispose();
}

#[wasm_bindgen_test]
async fn listeners_hear_of_what_happens() {
    let stub = signed_in();
    stub.answer(204, JSON_TYPE, "");
    stub.answer(200, JSON_TYPE, TOKEN);
    let client = client(&stub);
    // The first throws, and the others hear of everything all the same.
    let _ = client.subscribe(stub.throwing_listener());
    let unsubscribe = client.subscribe(stub.listener());
    given(client.start()).await;
    assert_eq!(stub.list("heard"), "state authenticated, signed_in authenticated");
    assert_eq!(stub.list("logged"), "error: a listener threw, error: a listener threw");
    given(client.logout(JsValue::UNDEFINED)).await;
    let heard = "state authenticated, signed_in authenticated, state anonymous, signed_out anonymous";
    assert_eq!(stub.list("heard"), heard);
    unsubscribe.call0(&JsValue::UNDEFINED).expect("it ends");
    given(client.start()).await;
    assert_eq!(text(&client.state(), "status"), "authenticated");
    assert_eq!(stub.list("heard"), heard, "nothing after the end of the subscription");
    client.dispose();
}

#[wasm_bindgen_test]
async fn logout_ends_the_session() {
    let stub = signed_in();
    stub.answer(204, JSON_TYPE, "");
    stub.answer(401, JSON_TYPE, "{}");
    let client = client(&stub);
    given(client.start()).await;
    given(client.logout(JsValue::UNDEFINED)).await;
    let request = stub.request(1);
    assert_eq!((request.method().as_str(), request.url().as_str()), ("POST", "https://auth.test/v1/auth/logout"));
    assert_eq!(text(&client.state(), "status"), "anonymous");
    assert!(member(&client.state(), "claims").is_undefined() && !client.has_role("user"));
    assert_eq!(code(client.get_token(false, None)).await, "login_required", "the old token is gone");
    assert_eq!(stub.list("navigated"), "");
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_failed_logout_changes_nothing() {
    for (status, expected) in [(503, "service_unavailable"), (404, "response_invalid"), (0, "network_error")] {
        let stub = signed_in();
        match status {
            0 => stub.fail(&"offline".into()),
            status => stub.answer(status, JSON_TYPE, "{}"),
        }
        let client = client(&stub);
        given(client.start()).await;
        let before = client.state();
        assert_eq!(code(client.logout("/".into())).await, expected);
        assert!(Object::is(&before, &client.state()));
        assert_eq!((text(&before, "status").as_str(), stub.list("navigated").as_str()), ("authenticated", ""));
        assert_eq!(given(client.get_token(false, None)).await, "a.b.c");
        client.dispose();
    }
}

#[wasm_bindgen_test]
async fn a_token_that_comes_after_the_logout_is_dropped() {
    let stub = signed_in();
    let client = client(&stub);
    given(client.start()).await;
    stub.hang(true);
    stub.answer(204, JSON_TYPE, "");
    // Gives the first answer away, which was kept only while it was the last.
    given(client.get_token(true, None)).await;
    let late = client.get_token(true, None);
    settle().await;
    given(client.logout(JsValue::UNDEFINED)).await;
    assert_eq!(code(late).await, "signed_out");
    assert_eq!(text(&client.state(), "status"), "anonymous");
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_disposed_client_answers_nobody() {
    let stub = signed_in();
    let client = client(&stub);
    let _ = client.subscribe(stub.listener());
    given(client.start()).await;
    let waiting = client.get_token(true, None);
    client.dispose();
    assert_eq!(code(waiting).await, "disposed");
    assert_eq!(code(client.get_token(false, None)).await, "disposed");
    assert_eq!(code(client.start()).await, "disposed");
    settle().await;
    assert!(stub.is_disposed() && !client.has_role("user"));
    assert_eq!(stub.list("heard"), "state authenticated, signed_in authenticated");
    client.dispose();
}

#[wasm_bindgen_test]
async fn login_goes_to_the_service_once() {
    let stub = Stub::new();
    let client = client(&stub);
    let login = client.login("/battle".into()).expect("there is somewhere to go");
    let again = client.login("/other".into()).expect("there is somewhere to go");
    assert!(Object::is(&login, &again));
    disregard(&login);
    settle().await;
    assert_eq!(stub.list("navigated"), "https://auth.test/v1/auth/oidc/start");
    assert_eq!(stub.count(), 0);
    // Without a location no place is safe.
    assert_eq!(stub.list("logged").is_empty(), has_location());
    client.dispose();
}

/// Node has no location; a place of this origin is only known where there is one.
fn has_location() -> bool {
    member(&js_sys::global(), "location").is_object()
}

#[wasm_bindgen_test]
fn an_unsafe_return_to_is_ignored() {
    for unsafe_target in ["//evil", "/\\evil", "/.//evil", "javascript:alert(1)", "https://evil", "/callback"] {
        let stub = Stub::new();
        let client = client_with(&stub, r#"{"routes":"oauth2"}"#);
        disregard(&client.login(unsafe_target.into()).expect("there is somewhere to go"));
        let address = stub.list("navigated");
        let start = "https://auth.test/v1/auth/login?return_to=%2F";
        assert!(address.starts_with(start) && !address.contains("evil"), "{unsafe_target}: {address}");
        assert_eq!(stub.list("logged"), "warn: an unsafe returnTo was ignored");
        assert!(client.take_return_to().is_none_or(|place| place.starts_with('/') && !place.contains("evil")));
        client.dispose();
    }
    let stub = Stub::new();
    let client = client_with(&stub, r#"{"routes":"oauth2"}"#);
    disregard(&client.login("/battle?id=1".into()).expect("there is somewhere to go"));
    let kept = stub.list("navigated").ends_with("?return_to=%2Fbattle%3Fid%3D1");
    assert_eq!(kept, has_location());
    client.dispose();
}

#[wasm_bindgen_test]
async fn what_is_no_callback_is_refused_without_a_request() {
    for (query, expected) in [
        ("", "callback_invalid"),
        ("?state=s", "callback_invalid"),
        ("?code=c", "callback_invalid"),
        ("?code=c&code=d&state=s", "callback_invalid"),
        ("?code=c&state=s&state=t", "callback_invalid"),
        ("?code=c&state=s&error=e", "callback_invalid"),
        ("?error=access_denied&error_description=no&state=s", "login_denied"),
    ] {
        let stub = signed_in();
        let client = client(&stub);
        let origin = text(&member(&js_sys::global(), "location"), "origin");
        let origin = if origin.is_empty() { "https://app.example".to_owned() } else { origin };
        let address = format!("{origin}/callback{query}");
        assert_eq!(code(client.handle_callback(Some(address))).await, expected, "{query}");
        assert_eq!(stub.count(), 0, "{query}");
        client.dispose();
    }
}
