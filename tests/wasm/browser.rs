//! What needs a page: its address, its history and its storage.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::expect_used)]

mod support;

use js_sys::Object;
use support::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Makes this the address of the page, without loading it.
fn be_at(place: &str) {
    let history = member(&js_sys::global(), "history").into();
    let history: &web_sys::History = &history;
    history.replace_state_with_url(&"of the app".into(), "", Some(place)).expect("a place of this origin");
}

/// Path, query and hash of the page.
fn place() -> String {
    let location = member(&js_sys::global(), "location");
    [text(&location, "pathname"), text(&location, "search"), text(&location, "hash")].concat()
}

/// A service that takes one callback and gives tokens.
fn taking_callbacks() -> Stub {
    let stub = answering(200, JSON_TYPE, r#"{"status":"ok"}"#);
    stub.answer(200, JSON_TYPE, TOKEN);
    stub
}

#[wasm_bindgen_test]
async fn a_callback_leaves_the_address_at_once() {
    be_at("/callback?tab=2&code=c%20d&state=leaves&iss=i#top");
    let stub = taking_callbacks();
    let client = client(&stub);
    let callback = client.handle_callback(None);
    assert_eq!(place(), "/callback?tab=2#top", "before anything is waited for");
    assert_eq!(text(&member(&js_sys::global(), "history"), "state"), "of the app");
    let result = given(callback).await;
    assert_eq!(text(&member(&result, "claims"), "sub"), "user-1");
    assert_eq!(text(&result, "returnTo"), "/");
    let request = stub.request(0);
    assert_eq!(request.method(), "GET");
    assert_eq!(request.url(), "https://auth.test/v1/auth/oidc/callback?code=c%20d&state=leaves");
    assert_eq!(stub.request(1).method(), "POST");
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_failed_callback_leaves_the_address_too() {
    for query in ["error=access_denied&error_description=no&state=s", "code=c", "code=c&state=failed"] {
        be_at(&format!("/callback?{query}&tab=2#top"));
        let stub = Stub::new();
        stub.fail(&"offline".into());
        let client = client(&stub);
        let callback = client.handle_callback(None);
        assert_eq!(place(), "/callback?tab=2#top", "{query}");
        refused(callback).await;
        client.dispose();
    }
}

#[wasm_bindgen_test]
async fn the_return_to_is_given_once() {
    be_at("/");
    let stub = taking_callbacks();
    let before = client(&stub);
    disregard(&before.login("/battle?id=1#top".into()).expect("there is somewhere to go"));
    be_at("/callback?code=c&state=return");
    let after = client(&stub);
    let result = given(after.handle_callback(None)).await;
    assert_eq!(text(&result, "returnTo"), "/battle?id=1#top");
    assert_eq!((before.take_return_to(), after.take_return_to()), (None, None));
    before.dispose();
    after.dispose();
}

#[wasm_bindgen_test]
fn a_login_without_a_return_to_comes_back_here() {
    be_at("/leaderboard?page=2#top");
    let client = client(&Stub::new());
    disregard(&client.login(JsValue::UNDEFINED).expect("there is somewhere to go"));
    assert_eq!(client.take_return_to().as_deref(), Some("/leaderboard?page=2#top"));
    assert_eq!(client.take_return_to(), None);
    client.dispose();
}

#[wasm_bindgen_test]
fn what_another_script_stored_is_judged_again() {
    let client = client(&Stub::new());
    let storage: web_sys::Storage = member(&js_sys::global(), "sessionStorage").into();
    storage.set_item("bixarena-auth-client:return-to", "//evil").expect("storage is open");
    assert_eq!(client.take_return_to(), None);
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_second_call_joins_the_first() {
    be_at("/callback?code=c&state=joins");
    let stub = taking_callbacks();
    let client = client(&stub);
    let first = client.handle_callback(None);
    let second = client.handle_callback(None);
    assert!(Object::is(&first, &second));
    given(first).await;
    assert!(Object::is(&second, &client.handle_callback(None)), "also when it is done");
    assert_eq!(stub.list("requests").matches("Request").count(), 2);
    assert_eq!((stub.request(0).method().as_str(), stub.request(1).method().as_str()), ("GET", "POST"));
    client.dispose();
}

#[wasm_bindgen_test]
async fn a_used_callback_is_not_sent_again() {
    be_at("/callback?code=c&state=used");
    let stub = taking_callbacks();
    let first = client(&stub);
    given(first.handle_callback(None)).await;
    first.dispose();

    // The page was loaded again, or the user went back to it: another client, the same address.
    be_at("/callback?code=c&state=used");
    let stub = signed_in();
    let second = client(&stub);
    let result = given(second.handle_callback(None)).await;
    assert_eq!(text(&member(&result, "claims"), "sub"), "user-1");
    assert_eq!((stub.count(), stub.request(0).method().as_str()), (1, "POST"));
    assert_eq!(place(), "/callback");
    second.dispose();

    be_at("/callback?code=c&state=used");
    let stub = answering(401, JSON_TYPE, "{}");
    let third = client(&stub);
    assert_eq!(code(third.handle_callback(None)).await, "callback_invalid", "there is no session after all");
    assert_eq!((stub.count(), stub.request(0).method().as_str()), (1, "POST"));
    third.dispose();
}

#[wasm_bindgen_test]
async fn a_callback_of_another_origin_is_refused() {
    be_at("/callback?tab=2");
    let stub = taking_callbacks();
    let client = client(&stub);
    let address = "https://evil.example/callback?code=c&state=foreign".to_owned();
    assert_eq!(code(client.handle_callback(Some(address))).await, "callback_invalid");
    assert_eq!((stub.count(), place().as_str()), (0, "/callback?tab=2"));
    client.dispose();
}
