//! What the wasm test programs share.

// Each program uses a part of it.
#![allow(dead_code, clippy::expect_used)]

pub(crate) mod glue;

use js_sys::{Array, Function, Promise, Reflect, JSON};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/tests/wasm/support/stub.js")]
extern "C" {
    /// The service and the verifier that a client of a test has.
    pub(crate) type Stub;
    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> Stub;
    #[wasm_bindgen(method)]
    pub(crate) fn answer(this: &Stub, status: u16, kind: &str, body: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn limit(this: &Stub, seconds: &str);
    #[wasm_bindgen(method)]
    pub(crate) fn fail(this: &Stub, reason: &JsValue);
    #[wasm_bindgen(method, js_name = throwAtOnce)]
    pub(crate) fn throw_at_once(this: &Stub, reason: &JsValue);
    #[wasm_bindgen(method)]
    pub(crate) fn hang(this: &Stub, heeds_abort: bool);
    #[wasm_bindgen(method)]
    fn options(this: &Stub, extra: &JsValue) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = makeVerifier)]
    pub(crate) fn make_verifier(this: &Stub) -> Function;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn listener(this: &Stub) -> Function;
    #[wasm_bindgen(method, getter, js_name = throwingListener)]
    pub(crate) fn throwing_listener(this: &Stub) -> Function;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_refusal(this: &Stub, refusal: &JsValue);
    #[wasm_bindgen(method, getter, js_name = isDisposed)]
    pub(crate) fn is_disposed(this: &Stub) -> bool;
    #[wasm_bindgen(method, getter)]
    fn requests(this: &Stub) -> Array;

    /// The JavaScript half of a client, on the Rust half of this program.
    pub(crate) type Client;
    #[wasm_bindgen(js_name = newClient)]
    fn new_client(glue: &JsValue, texts: &str, options: &JsValue, make_verifier: &Function) -> Client;
    #[wasm_bindgen(method, js_name = getToken)]
    pub(crate) fn get_token(this: &Client, force: bool, audience: Option<String>) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn state(this: &Client) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn subscribe(this: &Client, listener: Function) -> Function;
    #[wasm_bindgen(method, js_name = hasRole)]
    pub(crate) fn has_role(this: &Client, role: &str) -> bool;
    #[wasm_bindgen(method)]
    pub(crate) fn logout(this: &Client, redirect_to: JsValue) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn dispose(this: &Client);
    #[wasm_bindgen(js_name = start)]
    fn start_of(client: &Client) -> Promise;
    #[wasm_bindgen(js_name = login, catch)]
    fn login_of(client: &Client, return_to: JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_name = handleCallback)]
    fn handle_callback_of(client: &Client, url: Option<String>) -> Promise;
    #[wasm_bindgen(js_name = takeReturnTo)]
    fn take_return_to_of(client: &Client) -> Option<String>;
    #[wasm_bindgen(js_name = judgeReturnTo)]
    pub(crate) fn judge_return_to(glue: &JsValue, value: &JsValue, callback_path: Option<String>) -> Option<String>;

    #[wasm_bindgen(js_name = headersOf)]
    pub(crate) fn headers_of(request: &web_sys::Request) -> String;
    pub(crate) fn disregard(promise: &Promise);
    fn settled() -> Promise;
}

pub(crate) const JSON_TYPE: &str = "application/json";
pub(crate) const TOKEN: &str = r#"{"access_token":"a.b.c","token_type":"Bearer","expires_in":600}"#;

/// A stub whose service gives one answer.
pub(crate) fn answering(status: u16, kind: &str, body: &str) -> Stub {
    let stub = Stub::new();
    stub.answer(status, kind, body);
    stub
}

/// A stub whose service gives a token.
pub(crate) fn signed_in() -> Stub {
    answering(200, JSON_TYPE, TOKEN)
}

/// A client of the stub; `extra` are more options, in JSON.
pub(crate) fn client_with(stub: &Stub, extra: &str) -> Client {
    let extra = JSON::parse(extra).expect("the options are JSON");
    new_client(&glue::make(), glue::texts(), &stub.options(&extra), &stub.make_verifier())
}

impl Client {
    pub(crate) fn start(&self) -> Promise {
        start_of(self)
    }

    pub(crate) fn login(&self, return_to: JsValue) -> Result<Promise, JsValue> {
        login_of(self, return_to)
    }

    pub(crate) fn handle_callback(&self, url: Option<String>) -> Promise {
        handle_callback_of(self, url)
    }

    pub(crate) fn take_return_to(&self) -> Option<String> {
        take_return_to_of(self)
    }
}

pub(crate) fn client(stub: &Stub) -> Client {
    client_with(stub, "{}")
}

impl Stub {
    /// How many requests came.
    pub(crate) fn count(&self) -> u32 {
        self.requests().length()
    }

    pub(crate) fn request(&self, at: u32) -> web_sys::Request {
        self.requests().get(at).unchecked_into()
    }

    /// The list with this name, in one line.
    pub(crate) fn list(&self, name: &str) -> String {
        member(self.as_ref(), name).unchecked_into::<Array>().join(", ").into()
    }
}

pub(crate) fn member(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A member that is a string; nothing for any other.
pub(crate) fn text(value: &JsValue, name: &str) -> String {
    member(value, name).as_string().unwrap_or_default()
}

pub(crate) fn number(value: &JsValue, name: &str) -> Option<f64> {
    member(value, name).as_f64()
}

/// What the promise is fulfilled with.
pub(crate) async fn given(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.expect("fulfilled")
}

/// What the promise is rejected with.
pub(crate) async fn refused(promise: Promise) -> JsValue {
    JsFuture::from(promise).await.expect_err("rejected")
}

/// The code of the error that the promise is rejected with.
pub(crate) async fn code(promise: Promise) -> String {
    text(&refused(promise).await, "code")
}

/// Lets everything run that waits for nothing outside.
pub(crate) async fn settle() {
    given(settled()).await;
}
