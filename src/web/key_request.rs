//! One request for a key set, through gloo-net: what is sent, what is believed of the answer, and for how long it is waited.

use crate::error::Fault;
use core::pin::pin;
use futures_util::future::{select, Either};
use gloo_net::http::{Headers, Request, Response};
use js_sys::futures::JsFuture;
use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal, ReadableStreamDefaultReader, ReadableStreamReadResult};
use web_sys::{RequestCache, RequestCredentials, RequestRedirect};

/// Nobody's key set is larger.
const MAX_BYTES: usize = 512 * 1024;

/// Nobody's advice may keep a verifier without keys for longer, in milliseconds.
const LONGEST_WAIT: f64 = 3_600e3;

#[wasm_bindgen]
extern "C" {
    // Not `Request::send` of gloo-net: that one traps where `fetch` throws, or rejects with what is no Error.
    #[wasm_bindgen(catch)]
    fn fetch(request: &web_sys::Request) -> Result<JsValue, JsValue>;
    // It answers a number in a browser, an object in Node.
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// Why there is no key set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    pub(super) fault: Fault,
    /// How long the service wants no other request, in milliseconds.
    pub(super) wait: f64,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { fault, wait: 0.0 }
    }
}

/// What JavaScript throws differs from host to host and helps nobody: the set cannot be had.
fn unavailable<T>(_: T) -> Fault {
    Fault::JwksUnavailable
}

/// Asks for the key set at this address; `timeout` in milliseconds, for the answer and its body. Gives its text.
pub(super) async fn request(url: &str, timeout: i32) -> Result<String, Refusal> {
    let controller = Abort(AbortController::new().map_err(unavailable)?);
    let (_timer, time) = Timer::start(timeout);
    let signal = controller.0.signal();
    let answer = async move { read(send(url, &signal).await?).await };
    // Not every `fetch` looks at its signal.
    match select(pin!(answer), JsFuture::from(time)).await {
        Either::Left((text, _)) => text,
        Either::Right(_) => Err(Fault::JwksUnavailable.into()),
    }
}

/// The browser ends the request, and whatever is left of the answer, when nobody waits for it any more.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Timer(JsValue);

impl Timer {
    /// The promise is fulfilled after so many milliseconds.
    fn start(milliseconds: i32) -> (Self, Promise) {
        let mut timer = JsValue::UNDEFINED;
        let promise = Promise::new(&mut |resolve, _| timer = set_timeout(resolve.unchecked_ref(), milliseconds));
        (Self(timer), promise)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.0);
    }
}

/// As the package has it: without credentials, past the browser's cache, and another origin does not choose the keys.
async fn send(url: &str, signal: &AbortSignal) -> Result<Response, Fault> {
    let request = Request::get(url)
        .header("accept", "application/json")
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoCache)
        .redirect(RequestRedirect::Error)
        .abort_signal(Some(signal))
        .build()
        .map_err(unavailable)?;
    let promise = Promise::resolve(&fetch(&request.into()).map_err(unavailable)?);
    let response = JsFuture::from(promise).await.map_err(unavailable)?;
    response.dyn_into::<web_sys::Response>().map(Response::from).map_err(unavailable)
}

async fn read(response: Response) -> Result<String, Refusal> {
    let headers = response.headers();
    // Whatever stands between (a service worker, a test) may have followed a redirect all the same.
    if response.status() != 200 || response.redirected() {
        return Err(Refusal { fault: Fault::JwksUnavailable, wait: wait_of(&headers) });
    }
    if !headers.get("content-type").is_some_and(|kind| is_json(&kind)) {
        return Err(Fault::JwksContentType.into());
    }
    let octets = read_body(response).await?;
    // A byte order mark is left out, as the web does where it decodes.
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&octets);
    Ok(core::str::from_utf8(octets).map_err(|_| Fault::JwksNotJson)?.into())
}

/// The octets are counted as they come: a length that is announced may be wrong, and is another one where they are compressed.
async fn read_body(response: Response) -> Result<Vec<u8>, Fault> {
    let mut octets = Vec::new();
    let Some(body) = response.body() else { return Ok(octets) };
    let reader = ReadableStreamDefaultReader::new(&body).map_err(unavailable)?;
    loop {
        let part = JsFuture::from(reader.read()).await.map_err(unavailable)?;
        let part: ReadableStreamReadResult = part.unchecked_into();
        if part.get_done() == Some(true) {
            return Ok(octets);
        }
        let part: Uint8Array = part.get_value().dyn_into().map_err(unavailable)?;
        if octets.len() + part.length() as usize > MAX_BYTES {
            return Err(Fault::JwksTooLarge);
        }
        octets.extend(part.to_vec());
    }
}

/// `application/json`, or a type whose suffix says that it is JSON (RFC 6839 §3.1), such as `application/jwk-set+json`.
fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some(subtype) = essence.strip_prefix("application/") else { return false };
    let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"_.-".contains(&octet);
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(is_plain);
    subtype == "json" || subtype.strip_suffix("+json").is_some_and(is_name)
}

/// `Retry-After` in milliseconds: seconds or a date (RFC 9110 §10.2.3); 0 if it says nothing.
fn wait_of(headers: &Headers) -> f64 {
    let Some(text) = headers.get("retry-after") else { return 0.0 };
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    let wait = match text.parse::<f64>() {
        Ok(seconds) if is_number => seconds * 1e3,
        _ => js_sys::Date::parse(text) - js_sys::Date::now(),
    };
    // What is no date is NaN, and `max` takes the other number then.
    wait.clamp(0.0, LONGEST_WAIT).max(0.0)
}
