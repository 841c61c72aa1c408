//! The only place that sends requests of the client. Key sets are fetched by `pkg/lib/remote-keys.js`, which the Worker's
//! build shares: it has no futures.

use super::clock::{global, global_function, Clock, Timer};
use super::values::get_member;
use crate::error::{Error, Fault, Problem, Untrusted};
use crate::service::{retry_after, Facts, Reply};
use gloo_net::http::{Method, RequestBuilder};
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::future::{poll_fn, Future};
use std::pin::{pin, Pin};
use std::task::Poll;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestCredentials, RequestRedirect, Response};

/// How requests are sent.
pub(super) struct Transport {
    /// In milliseconds.
    timeout: f64,
    /// What ends each request under way, as if its time were over.
    under_way: RefCell<Vec<(u32, Function)>>,
    requests: Cell<u32>,
}

/// The longest answer that is read, in characters: no answer of the service comes near it.
const LONGEST: usize = 262_144;

impl Transport {
    /// A request may take `timeout` milliseconds.
    pub(super) fn new(timeout: f64) -> Self {
        Self { timeout, under_way: RefCell::new(Vec::new()), requests: Cell::new(0) }
    }

    /// Ends every request under way.
    pub(super) fn stop(&self) {
        for (_, end) in self.under_way.take() {
            let _ = end.call0(&JsValue::UNDEFINED);
        }
    }

    /// Sends a request with the session cookie. Redirects are not followed: no operation has one for a script.
    ///
    /// # Errors
    /// `timeout`, `network_error`, or `response_invalid` for an answer that is too long.
    pub(super) async fn send(
        &self,
        fetch: Option<Function>,
        method: Method,
        url: &str,
        clock: &Clock,
    ) -> Result<Reply, Error> {
        let controller = AbortController::new().map_err(|_| Error::new(Fault::NoAbort))?;
        let mut timer = None;
        let number = self.requests.get().wrapping_add(1);
        self.requests.set(number);
        let late = Promise::new(&mut |resolve, _| {
            self.under_way.borrow_mut().push((number, resolve.clone()));
            let ring = move || {
                let _ = resolve.call0(&JsValue::UNDEFINED);
            };
            timer = Timer::new(self.timeout, Box::new(ring));
        });
        let mut late = JsFuture::from(late);
        let mut exchange = pin!(exchange(fetch, method, url, &controller, clock));
        // The caller's `fetch` may not heed the signal: what it does after this time is not waited for.
        let reply = poll_fn(|context| match Pin::new(&mut late).poll(context) {
            Poll::Ready(_) => {
                controller.abort();
                Poll::Ready(Err(Error::new(Fault::Timeout)))
            }
            Poll::Pending => exchange.as_mut().poll(context),
        });
        let reply = reply.await;
        drop(timer);
        self.under_way.borrow_mut().retain(|(one, _)| *one != number);
        reply
    }
}

async fn exchange(
    fetch: Option<Function>,
    method: Method,
    url: &str,
    controller: &AbortController,
    clock: &Clock,
) -> Result<Reply, Error> {
    // No header but a safelisted one: the service's CORS list holds few.
    let request: web_sys::Request = RequestBuilder::new(url)
        .method(method)
        .header("accept", "application/json")
        .credentials(RequestCredentials::Include)
        .redirect(RequestRedirect::Manual)
        .abort_signal(Some(&controller.signal()))
        .build()
        .map_err(|_| Error::new(Fault::NetworkError))?
        .into();
    let response: Response = call(fetch, &request).await?.dyn_into().map_err(|_| Error::new(Fault::NetworkError))?;
    let status = response.status();
    let header = |name| response.headers().get(name).ok().flatten();
    let too_long = || crate::service::unexpected(Fault::ReplyTooLong, status);
    if header("content-length").and_then(|text| text.parse().ok()).is_some_and(|length: usize| length > LONGEST) {
        controller.abort();
        return Err(too_long());
    }
    let after = header("retry-after").and_then(|text| retry_after(&text, clock.wall(), parse_date));
    let is_json = header("content-type").is_some_and(|kind| is_json(&kind));
    let text = JsFuture::from(response.text().map_err(|_| Error::new(Fault::NetworkError))?).await;
    let text = text.ok().and_then(|text| text.as_string()).ok_or(Error::new(Fault::NetworkError))?;
    if text.len() > LONGEST {
        return Err(too_long());
    }
    Ok(Reply { status, retry_after: after, facts: is_json.then(|| read_facts(&text)).flatten() })
}

/// Calls `fetch`. Not through gloo-net, which traps when it rejects with something that is no `Error`.
async fn call(fetch: Option<Function>, request: &web_sys::Request) -> Result<JsValue, Error> {
    let fetch = fetch.or_else(|| global_function("fetch"));
    let fetch = fetch.ok_or(Error::new(Fault::NoFetch))?;
    let promise = fetch.call1(&global("globalThis"), request).map_err(|_| Error::new(Fault::NetworkError))?;
    JsFuture::from(Promise::resolve(&promise)).await.map_err(|_| Error::new(Fault::NetworkError))
}

fn parse_date(text: &str) -> Option<f64> {
    Some(js_sys::Date::parse(text)).filter(|time| time.is_finite())
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn read_facts(text: &str) -> Option<Facts> {
    let body = js_sys::JSON::parse(text).ok()?;
    if !body.is_object() || js_sys::Array::is_array(&body) {
        return None;
    }
    let string = |name| get_member(&body, name).as_string();
    let number = |name| get_member(&body, name).as_f64();
    let untrusted = |name| string(name).map(|text| Untrusted::new(&text));
    let problem = string("title").map(|title| Problem {
        kind: untrusted("type"),
        title: Some(Untrusted::new(&title)),
        status: number("status").map(|status| status as u16),
        detail: untrusted("detail"),
        instance: untrusted("instance"),
    });
    Some(Facts {
        access_token: string("access_token"),
        token_type: string("token_type"),
        expires_in: number("expires_in"),
        status: string("status"),
        retry_after_seconds: number("retryAfterSeconds"),
        problem,
    })
}
