//! Keys from an address: what is believed of the service's answers.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used, clippy::indexing_slicing)]

#[path = "support/service.rs"]
mod service;

use bixarena_auth_client::jwks::cache::Lifetimes;
use bixarena_auth_client::web::RemoteVerifier;
use bixarena_auth_client::Error;
use serde_json::{json, Value};
use service::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn what_is_no_key_set_is_not_used() {
    let many = json!({ "keys": vec![json!({}); 101] }).to_string();
    let good = token(GOOD);
    let main = keys(&["rsa-1"]);
    for (kind, body, expected) in [
        ("text/html", main.as_str(), "its content type is not JSON"),
        ("application/jsonp", &main, "its content type is not JSON"),
        ("application/+json", &main, "its content type is not JSON"),
        ("application/a b+json", &main, "its content type is not JSON"),
        ("", &main, "its content type is not JSON"),
        (JSON, "<html>", "it is not JSON"),
        (JSON, "[]", "it is not an object"),
        (JSON, r#"{"keys":{}}"#, "it is not an object"),
        (JSON, &many, "more than 100 keys"),
    ] {
        let service = Service::with_keys(&["rsa-1"]);
        service.0.answer(200, kind, body, None);
        let verifier = verifier();
        verifier.refresh().await.expect("there is a set");
        let error = verifier.refresh().await.expect_err("refused");
        assert_eq!(error.code(), "jwks_invalid", "{kind} {body}");
        assert!(error.message().contains(expected), "{kind}: {error}");
        verifier.verify(&good).await.expect("the set in use stays in use");
        assert_eq!(service.count(), 2);
    }
}

#[wasm_bindgen_test]
async fn types_of_json_and_odd_keys_are_taken() {
    let good = token(GOOD);
    let mut set: Value = serde_json::from_str(&keys(&["rsa-1"])).expect("it is JSON");
    for odd in [json!(null), json!({ "kty": "oct", "k": "AA", "kid": "secret" })] {
        set["keys"].as_array_mut().expect("a list").push(odd);
    }
    let body = ["\u{feff}", &set.to_string()].concat();
    for kind in ["application/json; charset=utf-8", "APPLICATION/JSON", "application/jwk-set+json"] {
        let service = Service::new();
        service.0.answer(200, kind, &body, None);
        let verifier = verifier();
        verifier.verify(&good).await.expect("it is good");
        let flaws: Vec<&str> = verifier.flaws().iter().map(Error::code).collect();
        assert_eq!(flaws, ["key_invalid", "key_unusable"]);
    }
}

#[wasm_bindgen_test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let service = Service::new();
    service.0.answer_endless();
    assert_eq!(code(verifier().verify(&token(GOOD)).await), "jwks_invalid");
    assert!(service.0.taken() < 1_000_000, "{}", service.0.taken());
    assert!(service.0.is_aborted());
}

#[wasm_bindgen_test]
async fn only_a_plain_answer_counts() {
    let good = token(GOOD);
    for status in [203, 204, 302, 404, 429, 500] {
        let service = Service::new();
        service.0.answer(status, JSON, &keys(&["rsa-1"]), None);
        assert_eq!(code(verifier().verify(&good).await), "jwks_unavailable", "{status}");
    }
    let service = Service::new();
    service.0.answer_redirected(&keys(&["rsa-1"]));
    assert_eq!(code(verifier().verify(&good).await), "jwks_unavailable");
}

#[wasm_bindgen_test]
async fn whatever_fetch_does_is_an_error_and_no_trap() {
    let good = token(GOOD);
    let error: JsValue = js_sys::Error::new("offline").into();
    let reasons = [error, "offline".into(), JsValue::UNDEFINED, JsValue::NULL, 7.into(), js_sys::Object::new().into()];
    for reason in &reasons {
        let service = Service::new();
        service.0.fail(reason);
        service.0.throw_at_once(reason);
        service.0.give(reason);
        service.has_keys(&["rsa-1"]);
        let verifier = verifier();
        for _ in 0..3 {
            assert_eq!(code(verifier.refresh().await), "jwks_unavailable", "{reason:?}");
        }
        verifier.refresh().await.expect("it goes on");
        verifier.verify(&good).await.expect("it is good");
    }
}

#[wasm_bindgen_test]
async fn an_address_that_is_none_is_unavailable() {
    let service = Service::with_keys(&["rsa-1"]);
    for url in ["https://", "https://[", "https://user:secret@auth.test/"] {
        let verifier = RemoteVerifier::new(url, policy(), Lifetimes::default()).expect("the policy is possible");
        assert_eq!(code(verifier.verify(&token(GOOD)).await), "jwks_unavailable", "{url}");
    }
    assert_eq!(service.count(), 0);
}

#[wasm_bindgen_test]
async fn a_service_that_hangs_is_given_up() {
    let good = token(GOOD);
    for how in 0..3 {
        let service = Service::new();
        match how {
            0 => service.0.hang(true),
            1 => service.0.hang(false),
            _ => service.0.answer_half(),
        }
        service.has_keys(&["rsa-1"]);
        let verifier = verifier();
        assert_eq!(code(verifier.verify(&good).await), "jwks_unavailable");
        assert!(service.0.is_aborted());
        assert!(service.0.elapsed() < 2.5 * S, "sooner than by default");
        service.be_at(0.9);
        assert_eq!(code(verifier.verify(&good).await), "jwks_unavailable", "it is left alone for a second");
        assert_eq!(service.count(), 1);
        service.be_at(1.0);
        verifier.verify(&good).await.expect("it is good");
        assert_eq!(service.count(), 2);
    }
}

#[wasm_bindgen_test]
async fn the_service_says_how_long_to_wait() {
    let good = token(GOOD);
    let date: String = js_sys::Date::new(&(NOW + 120.0 * S).into()).to_utc_string().into();
    for (advice, seconds) in [("120", 120.0), (date.as_str(), 120.0), ("86400", 3_600.0), ("soon", 1.0), ("", 1.0)] {
        let service = Service::new();
        service.0.answer(503, JSON, "{}", Some(advice));
        service.has_keys(&["rsa-1"]);
        let verifier = verifier();
        assert_eq!(code(verifier.verify(&good).await), "jwks_unavailable");
        service.be_at(seconds - 0.1);
        assert_eq!(code(verifier.verify(&good).await), "jwks_unavailable");
        assert_eq!(service.count(), 1, "{advice}");
        service.be_at(seconds);
        verifier.verify(&good).await.expect("it is good");
        assert_eq!(service.count(), 2, "{advice}");
    }
}
