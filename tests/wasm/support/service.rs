//! A service that has a key set, for the tests of the verifier that fetches it.

// Each program uses a part of it.
#![allow(dead_code, clippy::expect_used, clippy::indexing_slicing)]

use bixarena_auth_client::engine::Policy;
use bixarena_auth_client::jwks::cache::Lifetimes;
use bixarena_auth_client::web::RemoteVerifier;
use bixarena_auth_client::Error;
use js_sys::Promise;
use serde_json::{json, Value};
use std::cell::OnceCell;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/wasm/support/fetch.js")]
extern "C" {
    pub(crate) type FetchDouble;
    #[wasm_bindgen(constructor)]
    fn new(now: f64) -> FetchDouble;
    #[wasm_bindgen(method)]
    fn restore(this: &FetchDouble);
    #[wasm_bindgen(method, setter, js_name = now)]
    fn set_now(this: &FetchDouble, now: f64);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn requests(this: &FetchDouble) -> js_sys::Array;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn taken(this: &FetchDouble) -> u32;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn elapsed(this: &FetchDouble) -> f64;
    #[wasm_bindgen(method, getter, js_name = isAborted)]
    pub(crate) fn is_aborted(this: &FetchDouble) -> bool;
    #[wasm_bindgen(method)]
    pub(crate) fn answer(this: &FetchDouble, status: u16, kind: &str, body: &str, retry_after: Option<&str>);
    #[wasm_bindgen(method, js_name = answerRedirected)]
    pub(crate) fn answer_redirected(this: &FetchDouble, body: &str);
    #[wasm_bindgen(method, js_name = answerEndless)]
    pub(crate) fn answer_endless(this: &FetchDouble);
    #[wasm_bindgen(method, js_name = answerHalf)]
    pub(crate) fn answer_half(this: &FetchDouble);
    #[wasm_bindgen(method)]
    pub(crate) fn give(this: &FetchDouble, value: &JsValue);
    #[wasm_bindgen(method)]
    pub(crate) fn fail(this: &FetchDouble, reason: &JsValue);
    #[wasm_bindgen(method, js_name = throwAtOnce)]
    pub(crate) fn throw_at_once(this: &FetchDouble, reason: &JsValue);
    #[wasm_bindgen(method)]
    pub(crate) fn hang(this: &FetchDouble, heeds_abort: bool);
    #[wasm_bindgen(method, js_name = endHanging)]
    pub(crate) fn end_hanging(this: &FetchDouble);

    fn settled() -> Promise;
}

/// The moment at which the tokens of the corpus are judged, in milliseconds.
pub(crate) const NOW: f64 = 1_768_478_400_000.0;
pub(crate) const S: f64 = 1e3;
pub(crate) const JSON: &str = "application/json";
pub(crate) const URL: &str = "https://auth.test/.well-known/jwks.json";
pub(crate) const GOOD: &str = "valid: as the auth service issues it";
pub(crate) const OF_SECOND_KEY: &str = "key-choice: the previous key";

/// A service with a clock, which stands in the place of the real ones while it lives.
pub(crate) struct Service(pub(crate) FetchDouble);

impl Drop for Service {
    fn drop(&mut self) {
        self.0.restore();
    }
}

impl Service {
    pub(crate) fn new() -> Self {
        Self(FetchDouble::new(NOW))
    }

    /// One that has a key set with these keys.
    pub(crate) fn with_keys(kids: &[&str]) -> Self {
        let service = Self::new();
        service.has_keys(kids);
        service
    }

    pub(crate) fn has_keys(&self, kids: &[&str]) {
        self.0.answer(200, JSON, &keys(kids), None);
    }

    /// Makes it so many seconds after the beginning.
    pub(crate) fn be_at(&self, seconds: f64) {
        self.0.set_now(NOW + seconds * S);
    }

    /// How many requests came.
    pub(crate) fn count(&self) -> u32 {
        self.0.requests().length()
    }
}

fn corpus<T>(read: impl FnOnce(&Value) -> T) -> T {
    thread_local! {
        static CORPUS: OnceCell<Value> = const { OnceCell::new() };
    }
    let parse = || serde_json::from_str(include_str!("../../fixtures/tokens.json")).expect("it is JSON");
    CORPUS.with(|corpus| read(corpus.get_or_init(parse)))
}

/// The token of the case with this name.
pub(crate) fn token(name: &str) -> String {
    corpus(|corpus| {
        let cases = corpus["cases"].as_array().expect("a list");
        let case = cases.iter().find(|case| case["name"] == name).expect("there is such a case");
        case["token"].as_str().expect("a text").to_owned()
    })
}

/// A JWK Set with these keys.
pub(crate) fn keys(kids: &[&str]) -> String {
    corpus(|corpus| {
        let all = corpus["keySets"]["main"]["keys"].as_array().expect("a list");
        let chosen: Vec<&Value> = all.iter().filter(|key| kids.iter().any(|kid| key["kid"] == *kid)).collect();
        assert_eq!(chosen.len(), kids.len());
        json!({ "keys": chosen }).to_string()
    })
}

pub(crate) fn policy() -> Policy {
    let ours = || Some(vec!["urn:bixarena:auth".to_owned()]);
    // So that the tokens of the corpus outlive what the tests do to the clock.
    Policy { issuers: ours(), audiences: ours(), tolerance: 1e5, ..Policy::default() }
}

pub(crate) fn verifier() -> RemoteVerifier {
    let verifier = RemoteVerifier::new(URL, policy(), Lifetimes::default()).expect("the policy is possible");
    verifier.with_timeout(Duration::from_millis(50))
}

pub(crate) async fn settle() {
    JsFuture::from(settled()).await.expect("fulfilled");
}

pub(crate) fn code<T: std::fmt::Debug>(outcome: Result<T, Error>) -> &'static str {
    outcome.expect_err("refused").code()
}

/// The good token with another signature.
pub(crate) fn tampered() -> String {
    let good = token(GOOD);
    let (signed, signature) = good.rsplit_once('.').expect("three segments");
    let first = if signature.starts_with('A') { "B" } else { "A" };
    [signed, ".", first, &signature[1..]].concat()
}
