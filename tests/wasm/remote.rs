//! Keys from an address: when the service is asked for them, and what they are worth.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used)]

#[path = "support/service.rs"]
mod service;

use bixarena_auth_client::engine::{Policy, Verified};
use bixarena_auth_client::jwks::cache::Lifetimes;
use bixarena_auth_client::jwt::Algorithm;
use bixarena_auth_client::web::RemoteVerifier;
use futures_util::future::{join, join_all, ready, select, Either};
use service::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn a_good_token_is_verified_with_the_keys_of_the_address() {
    #[derive(serde::Deserialize)]
    struct Claims {
        sub: String,
        roles: Vec<String>,
    }
    let service = Service::with_keys(&["rsa-1"]);
    let verifier = verifier();
    assert_eq!(service.count(), 0, "nothing is asked before there is a token");
    let verified: Verified = verifier.verify(&token(GOOD)).await.expect("it is good");
    let Claims { sub, roles } = verified.claims_as().expect("they fit");
    assert_eq!((sub.as_str(), roles), ("6f1c2d3e-8a4b-4c5d-9e6f-0a1b2c3d4e5f", vec!["user".to_owned()]));
    for _ in 0..3 {
        verifier.clone().verify(&token(GOOD)).await.expect("it is good");
    }
    assert_eq!(service.count(), 1);

    let request: web_sys::Request = service.0.requests().get(0).unchecked_into();
    assert_eq!((request.method().as_str(), request.url().as_str()), ("GET", URL));
    assert_eq!(request.credentials(), web_sys::RequestCredentials::Omit);
    assert_eq!(request.cache(), web_sys::RequestCache::NoCache);
    assert_eq!(request.redirect(), web_sys::RequestRedirect::Error);
    let accept = js_sys::Reflect::get(&request, &"headers".into()).expect("it has headers");
    let accept: web_sys::Headers = accept.unchecked_into();
    assert_eq!(accept.get("accept").expect("a name"), Some(JSON.into()));
}

#[wasm_bindgen_test]
async fn a_tampered_token_is_refused() {
    let service = Service::with_keys(&["rsa-1"]);
    assert_eq!(code(verifier().verify(&tampered()).await), "signature_invalid");
    assert_eq!(service.count(), 1);
}

#[wasm_bindgen_test]
async fn a_hopeless_token_causes_no_request() {
    let service = Service::with_keys(&["rsa-1"]);
    let verifier = verifier();
    for hopeless in ["", "a.b", "e30.e30.e30"] {
        assert_eq!(code(verifier.verify(hopeless).await), "token_malformed");
    }
    service.be_at(1e6);
    assert_eq!(code(verifier.verify(&token(GOOD)).await), "token_expired");
    assert_eq!(service.count(), 0);
}

#[wasm_bindgen_test]
async fn unknown_keys_cause_one_request_a_cooldown() {
    let service = Service::new();
    service.has_keys(&["rsa-1"]);
    service.has_keys(&["rsa-1", "rsa-2"]);
    let verifier = verifier();
    let (known, unknown) = (token(GOOD), token(OF_SECOND_KEY));
    verifier.verify(&known).await.expect("it is good");
    for _ in 0..3 {
        assert_eq!(code(verifier.verify(&unknown).await), "key_not_found");
    }
    service.be_at(29.9);
    assert_eq!(code(verifier.verify(&unknown).await), "key_not_found");
    assert_eq!(service.count(), 1, "within the cooldown");
    service.be_at(30.0);
    let outcomes = join_all((0..100).map(|_| verifier.verify(&unknown))).await;
    assert!(outcomes.iter().all(Result::is_ok), "the service has had the key for a while");
    assert_eq!(service.count(), 2);
    assert_eq!(code(verifier.verify(&token(r#"key-choice: kid "rsa-9""#)).await), "key_not_found");
    verifier.verify(&known).await.expect("it is good");
    assert_eq!(service.count(), 2);
}

#[wasm_bindgen_test]
async fn a_hundred_calls_make_one_request() {
    let good = token(GOOD);
    let service = Service::with_keys(&["rsa-1"]);
    let remote = verifier();
    let outcomes = join_all((0..100).map(|_| remote.verify(&good))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(service.count(), 1);
    drop(service);

    let service = Service::new();
    service.0.fail(&js_sys::Error::new("offline"));
    let remote = verifier();
    for outcome in join_all((0..100).map(|_| remote.verify(&good))).await {
        assert_eq!(code(outcome), "jwks_unavailable");
    }
    assert_eq!(code(remote.verify(&good).await), "jwks_unavailable");
    assert_eq!(service.count(), 1, "nor one for each when it fails");
}

#[wasm_bindgen_test]
async fn a_call_that_is_given_up_ends_nobody_elses() {
    let good = token(GOOD);
    let service = Service::with_keys(&["rsa-1"]);
    let verifier = verifier();
    let begun = select(Box::pin(verifier.verify(&good)), ready(())).await;
    assert!(matches!(begun, Either::Right(_)), "it waits");
    let other = verifier.verify(&good);
    drop(begun);
    other.await.expect("it is good");
    assert_eq!(service.count(), 1);
}

#[wasm_bindgen_test]
async fn a_set_is_refreshed_behind_its_users() {
    let good = token(GOOD);
    let service = Service::new();
    service.has_keys(&["rsa-1"]);
    service.0.hang(true);
    service.has_keys(&["rsa-2"]);
    let verifier = verifier().with_timeout(Duration::from_secs(30));
    verifier.verify(&good).await.expect("it is good");
    service.be_at(599.0);
    verifier.verify(&good).await.expect("it is good");
    settle().await;
    assert_eq!(service.count(), 1, "it is fresh");
    service.be_at(600.0);
    for _ in 0..3 {
        verifier.verify(&good).await.expect("nobody waits for the service, which hangs");
    }
    settle().await;
    assert_eq!(service.count(), 2);
    let (joined, ()) = join(verifier.refresh(), async { service.0.end_hanging() }).await;
    assert_eq!(code(joined), "jwks_unavailable", "it was the one under way");
    assert_eq!(service.count(), 2);
    service.be_at(602.0);
    // Until the set is there, which takes the browser a moment, the old one answers.
    let mut looks = 0;
    while verifier.verify(&good).await.is_ok() && looks < 1_000 {
        settle().await;
        looks += 1;
    }
    assert!(looks > 0, "nobody waits for the service");
    assert_eq!(service.count(), 3);
    assert_eq!(code(verifier.verify(&good).await), "key_not_found", "the service has exchanged its key");
    verifier.verify(&token(OF_SECOND_KEY)).await.expect("it is good");
    assert_eq!(service.count(), 3);
}

#[wasm_bindgen_test]
async fn a_token_has_to_get_to_its_signature_to_refresh() {
    let service = Service::with_keys(&["rsa-1"]);
    let verifier = verifier();
    verifier.verify(&token(GOOD)).await.expect("it is good");
    service.be_at(600.0);
    for (token, expected, requests) in [("a.b", "token_malformed", 1), (&tampered(), "signature_invalid", 2)] {
        assert_eq!(code(verifier.verify(token).await), expected);
        settle().await;
        assert_eq!(service.count(), requests, "a new key may have an old name");
    }
}

#[wasm_bindgen_test]
async fn a_set_outlives_the_service_for_an_hour() {
    let good = token(GOOD);
    let service = Service::new();
    service.has_keys(&["rsa-1"]);
    service.0.fail(&js_sys::Error::new("offline"));
    let verifier = verifier();
    verifier.verify(&good).await.expect("it is good");
    for (seconds, requests) in [(1_200.0, 2), (1_200.9, 2), (1_201.0, 3), (1_202.9, 3), (1_203.0, 4), (3_599.0, 5)] {
        service.be_at(seconds);
        verifier.verify(&good).await.expect("the old set is used");
        assert_eq!(service.count(), requests, "{seconds}");
    }
    assert_eq!(
        code(verifier.verify(&token(OF_SECOND_KEY)).await),
        "jwks_unavailable",
        "the key may exist all the same"
    );
    service.be_at(3_600.0);
    assert_eq!(code(verifier.verify(&good).await), "jwks_unavailable");
}

#[wasm_bindgen_test]
async fn a_refresh_asks_whatever_is_known() {
    let service = Service::new();
    service.has_keys(&["rsa-1"]);
    service.has_keys(&["rsa-2"]);
    service.0.answer(500, JSON, "{}", None);
    let verifier = verifier();
    verifier.verify(&token(GOOD)).await.expect("it is good");
    verifier.refresh().await.expect("there is a set");
    verifier.verify(&token(OF_SECOND_KEY)).await.expect("it is good");
    assert_eq!(code(verifier.verify(&token(GOOD)).await), "key_not_found");
    assert_eq!(code(verifier.refresh().await), "jwks_unavailable");
    verifier.verify(&token(OF_SECOND_KEY)).await.expect("the set in use stays in use");
    assert_eq!(service.count(), 3);
}

#[wasm_bindgen_test]
fn what_rust_cannot_check_is_refused_at_once() {
    let policy = Policy { algorithms: [Algorithm::Es384].into_iter().collect(), ..policy() };
    let refused = RemoteVerifier::new(URL, policy, Lifetimes::default());
    assert_eq!(code(refused), "environment_unsupported");
}
