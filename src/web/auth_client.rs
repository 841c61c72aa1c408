//! `AuthClient`: converts in, calls the core, converts out.

use super::clock::Clock;
use super::error::misuse;
use super::fetch::Transport;
use super::listeners::roles;
use super::navigation;
use super::runner::{Callers, Runner};
use super::settings::Settings;
use super::storage::{load, save, take, Store};
use super::values::{empty_object, get_member, set_member};
use crate::error::{Error, Fault};
use crate::service::Answer;
use crate::session::{parse_callback, safe_return_to, state_mark, Callback, Config, Event, Purpose, Session, OWN};
use js_sys::{Function, Promise};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{future_to_promise, JsFuture};

/// The part of an `AuthClient` that is Rust. Exported with a shared reference only: `&mut self` across an `await` traps.
#[wasm_bindgen]
pub struct ClientCore {
    runner: Rc<Runner>,
    /// The callback under way or done, by the mark of its state: a second call joins it.
    callback: RefCell<Option<(String, Promise)>>,
}

/// Names in storage.
const RETURN_TO: &str = "return-to";
/// That this tab has begun a sign-in: known once, whether or not the application asks where to return to.
const LOGIN: &str = "login";
const CALLBACK: &str = "callback";
/// How long a used callback is known again, in seconds.
const CALLBACK_MEMORY: u32 = 600;

#[wasm_bindgen]
impl ClientCore {
    /// Makes a client of options that have been validated. `make_verifier` makes the verifier for the address of a key set.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, make_verifier: Function) -> ClientCore {
        let read = Settings::read(options);
        let function = |name| get_member(options, name).dyn_into::<Function>().ok();
        let session = Session::new(Config {
            refresh_margin: read.refresh_margin,
            tolerance: read.tolerance,
            renews: read.renews,
            is_after_login: take(Store::Session, LOGIN).is_some(),
        });
        let transport = Transport::new(read.timeout);
        let callers = Callers {
            fetch: function("fetch"),
            navigate: function("navigate"),
            logger: function("logger"),
            make_verifier: Some(make_verifier),
        };
        let runner = Runner::new(read, callers, Clock { now: function("now") }, transport, session);
        Self { runner, callback: RefCell::new(None) }
    }

    /// See `AuthClient.start`.
    pub fn start(&self) -> Promise {
        self.runner.ask(Purpose::Start)
    }

    /// See `AuthClient.getToken`. Another audience than the options' only makes sense on the newer routes.
    #[wasm_bindgen(js_name = getToken)]
    pub fn get_token(&self, force: bool, audience: Option<String>) -> Promise {
        let audience = audience.map_or(OWN, |audience| self.runner.number_of(&audience));
        self.runner.ask(Purpose::Token { force, audience })
    }

    /// See `AuthClient.state`.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn state(&self) -> JsValue {
        self.runner.state()
    }

    /// See `AuthClient.subscribe`; the number is for [`unsubscribe`](Self::unsubscribe).
    #[must_use]
    pub fn subscribe(&self, listener: Function) -> u32 {
        self.runner.subscribe(listener)
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, number: u32) {
        self.runner.unsubscribe(number);
    }

    /// See `AuthClient.hasRole`. Roles are compared without case.
    #[wasm_bindgen(js_name = hasRole)]
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        // Without claims there are no roles: nothing unverified is asked.
        roles(&self.runner.claims()).iter().any(|one| one.eq_ignore_ascii_case(role))
    }

    /// Now, in milliseconds since the epoch: the server's, once a token has told it.
    #[wasm_bindgen(js_name = serverTime)]
    #[must_use]
    pub fn server_time(&self) -> f64 {
        self.runner.server_time()
    }

    /// See `AuthClient.verify`.
    pub fn verify(&self, token: JsValue) -> Promise {
        let runner = self.runner.clone();
        future_to_promise(async move { runner.verifier(OWN)?.verify(&token).await })
    }

    /// See `AuthClient.getJwks`.
    #[wasm_bindgen(js_name = getJwks)]
    pub fn get_jwks(&self) -> Promise {
        let runner = self.runner.clone();
        future_to_promise(async move { runner.verifier(OWN)?.jwks().await })
    }

    /// See `AuthClient.logout`.
    pub fn logout(&self, redirect_to: JsValue) -> Promise {
        let runner = self.runner.clone();
        let target = self.safe(&redirect_to);
        future_to_promise(async move {
            runner.log_out().await?;
            runner.dispatch(Event::LoggedOut);
            if let Some(target) = target {
                runner.go(&target)?;
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// See `AuthClient.takeReturnTo`.
    #[wasm_bindgen(js_name = takeReturnTo)]
    #[must_use]
    pub fn take_return_to(&self) -> Option<String> {
        // Checked when it was stored, and again: anything of this origin can write there.
        self.safe(&JsValue::from_str(&take(Store::Session, RETURN_TO)?))
    }

    /// See `AuthClient.dispose`.
    pub fn dispose(&self) {
        self.runner.dispose();
    }
}

/// The way to the provider and back.
#[wasm_bindgen]
impl ClientCore {
    /// See `AuthClient.login`.
    ///
    /// # Errors
    /// What `options.navigate` threw; or there is no address to go to.
    pub fn login(&self, return_to: JsValue) -> Result<Promise, JsValue> {
        if let Some(under_way) = self.runner.login_under_way() {
            return Ok(under_way);
        }
        self.runner.check()?;
        let wanted = self.safe(&return_to);
        if wanted.is_none() && !return_to.is_undefined() {
            self.runner.log("warn", "an unsafe returnTo was ignored", JsValue::UNDEFINED);
        }
        let target = wanted.or_else(|| self.safe(&JsValue::from_str(&navigation::here()?)));
        let target = target.unwrap_or_else(|| "/".to_owned());
        save(Store::Session, RETURN_TO, &target);
        save(Store::Session, LOGIN, "1");
        let mut url = self.runner.url(&self.runner.options.routes.start)?;
        if self.runner.options.routes.is_oauth2 {
            url.push_str("?return_to=");
            url.push_str(&String::from(js_sys::encode_uri_component(&target)));
        }
        self.runner.go(&url)?;
        Ok(self.runner.leave())
    }

    /// See `AuthClient.handleCallback`.
    #[wasm_bindgen(js_name = handleCallback)]
    pub fn handle_callback(&self, url: Option<String>) -> Promise {
        let is_here = url.is_none();
        let address = url.or_else(navigation::href).unwrap_or_default();
        let parameters = navigation::parameters(&address);
        let is_callback = parameters.iter().any(|(name, _)| name == "code" || name == "error");
        if let Some((mark, under_way)) = self.callback.borrow().as_ref() {
            if !is_callback || parameters.iter().any(|(name, value)| name == "state" && state_mark(value) == *mark) {
                return under_way.clone();
            }
        }
        let is_foreign = navigation::origin()
            .is_some_and(|own| navigation::resolve(&address, &own).is_none_or(|address| address.origin != own));
        let callback =
            if is_foreign { Err(Error::new(Fault::CallbackOtherOrigin)) } else { parse_callback(&parameters) };
        // Before anything is waited for, and whatever comes of it: code and state leave the history.
        if is_here && !is_foreign {
            navigation::clean_address();
        }
        let mark = callback.as_ref().map(|callback| state_mark(&callback.state)).unwrap_or_default();
        let runner = self.runner.clone();
        let return_to = self.take_return_to();
        let promise = future_to_promise(async move { finish(&runner, callback?, return_to).await });
        *self.callback.borrow_mut() = Some((mark, promise.clone()));
        promise
    }

    fn safe(&self, value: &JsValue) -> Option<String> {
        let origin = navigation::origin()?;
        let callback_path = &self.runner.options.callback_path;
        safe_return_to(&value.as_string()?, &origin, callback_path, |text| navigation::resolve(text, &origin))
    }
}

/// Sends the callback on, unless that was done already, and asks for the token of the session.
async fn finish(runner: &Rc<Runner>, callback: Callback, return_to: Option<String>) -> Result<JsValue, JsValue> {
    // Until the answer is there: another tab with the same callback then finds the session that came of it.
    let lock = runner.lock(" callback").await;
    let answer = if is_used(runner, &callback) {
        Answer::Refused(Error::new(Fault::CallbackUsed))
    } else {
        runner.call_back(&callback.code, &callback.state).await?
    };
    drop(lock);
    // Also if the service refused: a callback that was sent twice is refused although the user is signed in.
    let claims = JsFuture::from(runner.ask(Purpose::Callback)).await.map_err(|error| {
        let is_no_session = get_member(&error, "code").as_string().as_deref() == Some("login_required");
        match answer {
            Answer::Refused(refusal) if is_no_session => refusal.into(),
            _ => error,
        }
    })?;
    let result = empty_object();
    set_member(&result, "returnTo", JsValue::from_str(return_to.as_deref().unwrap_or("/")));
    set_member(&result, "claims", claims);
    Ok(result)
}

/// Whether this callback was sent on before, in this browser; from now on it was.
fn is_used(runner: &Runner, callback: &Callback) -> bool {
    let mark = state_mark(&callback.state);
    let now = (runner.clock.wall() / 1e3) as u32;
    let stored = load(Store::Local, CALLBACK).unwrap_or_default();
    let known = stored.split_once('@').and_then(|(known, at)| Some((known, at.parse::<u32>().ok()?)));
    if known.is_some_and(|(known, at)| known == mark && now.abs_diff(at) < CALLBACK_MEMORY) {
        return true;
    }
    save(Store::Local, CALLBACK, &[mark, now.to_string()].join("@"));
    false
}

/// See `safeReturnTo`.
///
/// # Errors
/// A `TypeError` if there is no location and no origin was given.
#[wasm_bindgen(js_name = safeReturnTo)]
pub fn safe_return_to_js(
    value: &JsValue,
    origin: Option<String>,
    callback_path: Option<String>,
) -> Result<Option<String>, JsValue> {
    let origin = origin.or_else(navigation::origin).ok_or_else(|| {
        misuse("safeReturnTo: origin: expected a string, since there is no location, found undefined")
    })?;
    let Some(text) = value.as_string() else { return Ok(None) };
    let callback_path = callback_path.unwrap_or_else(|| "/callback".to_owned());
    Ok(safe_return_to(&text, &origin, &callback_path, |text| navigation::resolve(text, &origin)))
}
