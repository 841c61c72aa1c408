//! What a client asks the service for, and how tabs keep out of each other's way meanwhile.

use super::error::from_code;
use super::listeners::roles;
use super::navigation;
use super::runner::{Runner, Token, Verifier};
use super::storage::{load, save, Store};
use super::values::get_member;
use crate::error::{Error, Fault, Refusal};
use crate::service::{self, Answer, Reply};
use crate::session::{limit_left, Audience, TokenFacts, OWN};
use gloo_net::http::Method;
use js_sys::Function;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A lock that other tabs wait for; released when it is dropped.
pub(super) struct Lock(JsValue);

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(release) = self.0.dyn_ref::<Function>() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

/// The name in storage of the second at which the service may be asked again.
const LIMIT: &str = "limit ";

impl Runner {
    /// Asks for a token, unless one that came has only to be looked at again, and verifies it: nobody sees it before.
    pub(super) async fn mint(&self, mint: u32, audience: Audience, is_again: bool) -> Result<TokenFacts, Error> {
        if !is_again {
            let token = JsValue::from_str(&self.ask_for_token(audience).await?);
            if self.at(audience, |place| place.mint) != mint {
                // A later one has overtaken it.
                return Err(Error::new(Fault::Aborted));
            }
            self.at(audience, |place| place.minted = Some(Token { token, claims: JsValue::UNDEFINED }));
        }
        let verifier = self.verifier(audience)?;
        let token = self.at(audience, |place| Some(place.minted.as_ref()?.token.clone())).unwrap_or_default();
        let verified = match verifier.verify_issued(&token).await {
            Ok(verified) => verified,
            Err(refusal) => {
                let error = from_code(&refusal);
                *self.refusal.borrow_mut() = refusal;
                return Err(error);
            }
        };
        let claims = get_member(&verified, "claims");
        let facts = read_facts(&claims);
        self.at(audience, |place| {
            if place.mint == mint {
                place.minted = Some(Token { token, claims });
            }
        });
        Ok(facts)
    }

    async fn ask_for_token(&self, audience: Audience) -> Result<String, Error> {
        let routes = &self.options.routes;
        let mut url = self.url(&routes.token)?;
        if routes.is_oauth2 {
            let name = self.at(audience, |place| place.audience.clone());
            url.push_str("?audience=");
            url.push_str(&String::from(js_sys::encode_uri_component(&name)));
        }
        // Tabs ask one after another: so all of them heed what the first is told.
        let _lock = self.lock(" token").await;
        if let Some(left) = self.limit() {
            let retry_after = Some(f64::from(left));
            return Err(Error::refused(Fault::RateLimited, Refusal { retry_after, ..Refusal::default() }));
        }
        service::minted(self.send(Method::POST, &url).await?)
    }

    /// Sends `code` and `state` of a page callback.
    pub(super) async fn call_back(&self, code: &str, state: &str) -> Result<Answer, Error> {
        let text = |text: &str| String::from(js_sys::encode_uri_component(text));
        let path = [self.options.routes.callback.as_str(), "?code=", &text(code), "&state=", &text(state)].concat();
        service::called_back(self.send(Method::GET, &self.url(&path)?).await?)
    }

    /// Ends the session at the service.
    pub(super) async fn log_out(&self) -> Result<(), Error> {
        let url = self.url(&self.options.routes.logout)?;
        service::logged_out(self.send(Method::POST, &url).await?, self.options.routes.is_oauth2)
    }

    /// # Errors
    /// `disposed`, after the end.
    pub(super) fn check(&self) -> Result<(), Error> {
        let is_open = self.callers.borrow().make_verifier.is_some();
        is_open.then_some(()).ok_or(Error::new(Fault::Disposed))
    }

    /// Goes to an address, by the caller's function if there is one.
    pub(super) fn go(&self, address: &str) -> Result<(), JsValue> {
        let navigate = self.callers.borrow().navigate.clone();
        navigation::go(address, navigate.as_ref())
    }

    async fn send(&self, method: Method, url: &str) -> Result<Reply, Error> {
        self.check()?;
        let fetch = self.callers.borrow().fetch.clone();
        self.transport.send(fetch, method, url, &self.clock).await
    }

    /// An address of the service.
    pub(super) fn url(&self, path: &str) -> Result<String, Error> {
        let base = match &self.options.base_url {
            Some(base) => base.clone(),
            None => {
                let origin = navigation::origin().ok_or(Error::new(Fault::NoLocation))?;
                [&origin, self.options.default_path()].concat()
            }
        };
        Ok([base.as_str(), path].concat())
    }

    /// The verifier; made when it is needed first, since only then the address of the key set has to be known.
    pub(super) fn verifier(&self, audience: Audience) -> Result<Rc<Verifier>, Error> {
        if let Some(verifier) = self.at(audience, |place| place.verifier.clone()) {
            return Ok(verifier);
        }
        let url = JsValue::from_str(&self.url(&self.options.routes.jwks)?);
        let name = match audience {
            OWN => JsValue::UNDEFINED,
            _ => self.at(audience, |place| JsValue::from_str(&place.audience)),
        };
        let make = self.callers.borrow().make_verifier.clone().ok_or(Error::new(Fault::Disposed))?;
        let made = make.call2(&JsValue::UNDEFINED, &url, &name);
        let verifier = Rc::new(made.map_err(|_| Error::new(Fault::Internal))?.unchecked_into::<Verifier>());
        self.at(audience, |place| place.verifier = Some(verifier.clone()));
        Ok(verifier)
    }

    /// What tabs of this origin call what they share; nothing is shared on a server, where each request has its user.
    pub(super) fn shared_name(&self) -> Option<String> {
        if !self.options.cross_tab {
            return None;
        }
        navigation::origin()?;
        Some(["bixarena-auth-client ", self.options.base_url.as_deref().unwrap_or_default()].concat())
    }

    /// Waits for a lock, though not for long.
    pub(super) async fn lock(&self, what: &str) -> Lock {
        let mut trust = self.trust.get();
        let tabs = self.tabs.borrow().clone();
        let Some(tabs) = tabs else { return Lock(JsValue::UNDEFINED) };
        let lock = Lock(tabs.lock(what, trust.patience(self.clock.monotonic())).await);
        trust.ended(lock.0.is_function(), self.clock.monotonic());
        self.trust.set(trust);
        lock
    }

    fn limit_name(&self) -> Option<String> {
        Some([LIMIT, &self.shared_name()?].concat())
    }

    /// For how many seconds the service wants no request, as another tab was told.
    fn limit(&self) -> Option<u32> {
        limit_left(&load(Store::Local, &self.limit_name()?)?, self.clock.wall())
    }

    pub(super) fn store_limit(&self, wait: f64) {
        if let Some(name) = self.limit_name() {
            save(Store::Local, &name, &(((self.clock.wall() + wait) / 1e3).ceil() as u32).to_string());
        }
    }
}

/// What the machine needs of verified claims: `sub` is required, times were checked.
fn read_facts(claims: &JsValue) -> TokenFacts {
    let number = |name| get_member(claims, name).as_f64().unwrap_or(f64::NAN);
    TokenFacts {
        sub: get_member(claims, "sub").as_string().unwrap_or_default(),
        iat: number("iat"),
        exp: number("exp"),
        roles: roles(claims),
    }
}
