//! The verifier of Rust programs in a browser, which fetches its keys. When to fetch is decided in `jwks::cache`, what a
//! token is worth in `engine`; here it is done.

use super::key_request::{request, Refusal};
use crate::engine::{Keys, Policy, Verified, Verifier};
use crate::error::{Error, Fault};
use crate::jwks::cache::{Cache, Decision, Lifetimes, Need, Ticket};
use alloc::rc::Rc;
use core::cell::RefCell;
use core::time::Duration;
use futures_util::future::{FutureExt, LocalBoxFuture, Shared};
use js_sys::futures::spawn_local;
use js_sys::Date;

/// In milliseconds; the default of the JavaScript option.
const TIMEOUT: i32 = 5_000;

/// Verifies JSON Web Tokens (RFC 7519) with the key set (RFC 7517) at an address, for Rust programs in a browser: Yew,
/// Leptos, Dioxus and their like.
///
/// It is [`engine::Verifier`](crate::engine::Verifier) with the key set of the JavaScript `JwtVerifier`: fetched when the first
/// token needs it, refreshed in the background, used for a while when the service is down, and fetched anew for a token
/// that names an unknown key, but once a cooldown at most. Any number of calls wait for one request. Clones share all of it.
///
/// ```no_run
/// use bixarena_auth_client::engine::Policy;
/// use bixarena_auth_client::jwks::cache::Lifetimes;
/// use bixarena_auth_client::web::RemoteVerifier;
/// use bixarena_auth_client::Error;
///
/// fn verifier() -> Result<RemoteVerifier, Error> {
///     let policy = Policy {
///         issuers: Some(vec!["urn:bixarena:auth".into()]),
///         audiences: Some(vec!["urn:bixarena:auth".into()]),
///         ..Policy::default()
///     };
///     RemoteVerifier::new("https://auth.example/.well-known/jwks.json", policy, Lifetimes::default())
/// }
///
/// async fn user(verifier: &RemoteVerifier, token: &str) -> Result<String, Error> {
///     #[derive(serde::Deserialize)]
///     struct Claims {
///         sub: String,
///     }
///     let Claims { sub } = verifier.verify(token).await?.claims_as()?;
///     Ok(sub)
/// }
/// ```
///
/// Not for Cloudflare Workers: there a request must not wait for what another one has begun, and a redirect cannot be refused
/// this way. `examples/workers-rs` does it as they need it.
#[derive(Debug, Clone)]
pub struct RemoteVerifier {
    url: Rc<str>,
    /// Milliseconds, as timers have them.
    timeout: i32,
    // Never borrowed across an await.
    state: Rc<RefCell<State>>,
}

#[derive(Debug)]
struct State {
    verifier: Verifier,
    cache: Cache,
    under_way: Option<Fetch>,
}

/// A fetch that is under way, for everybody who waits for it.
type Fetch = Shared<LocalBoxFuture<'static, Result<(), Error>>>;

/// Why a token was refused, and what could change that.
struct Refused {
    error: Error,
    need: Option<Need>,
}

impl RemoteVerifier {
    /// Makes a verifier for the key set at `jwks_url`. Nothing is fetched yet.
    ///
    /// # Errors
    /// `environment_unsupported` if the policy allows ES384 or ES512.
    pub fn new(jwks_url: &str, policy: Policy, lifetimes: Lifetimes) -> Result<Self, Error> {
        let verifier = Verifier::without_keys(policy)?;
        let state = State { verifier, cache: Cache::new(lifetimes), under_way: None };
        Ok(Self { url: jwks_url.into(), timeout: TIMEOUT, state: Rc::new(RefCell::new(state)) })
    }

    /// The same with another limit to how long a fetch may take. Default: 5 seconds.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        // A timer that is set for longer fires at once.
        Self { timeout: i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX), ..self }
    }

    /// Verifies a token now (RFC 7519 §7.2). A token that no key set could make valid causes no request.
    ///
    /// # Errors
    /// As [`Verifier::verify`]; `jwks_unavailable` or `jwks_invalid` if a key set is needed and cannot be had.
    pub async fn verify(&self, token: &str) -> Result<Verified, Error> {
        // A set if there is none; then a newer one, if it lacks the key. That the set may come from a fetch that began long
        // ago changes nothing: whether a newer one helps is decided as for any token.
        for step in [Need::Any, Need::UnknownKey] {
            match self.look(token, false) {
                Ok(verified) => return Ok(verified),
                Err(Refused { error, need: None }) => return Err(error),
                Err(Refused { error, need }) if need == Some(step) && !self.obtain(step).await? => return Err(error),
                Err(_) => {}
            }
        }
        self.look(token, true).map_err(|Refused { error, .. }| error)
    }

    /// Fetches the key set now, whatever is known; joins a fetch that is under way.
    ///
    /// # Errors
    /// `jwks_unavailable` or `jwks_invalid` if it cannot be had. The set in use stays in use.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.obtain(Need::Newest).await.map(|_| ())
    }

    /// Why keys of the set in use are never used: `key_invalid` or `key_unusable`, one for each such key.
    #[must_use]
    pub fn flaws(&self) -> Vec<Error> {
        self.state.borrow().verifier.flaws().collect()
    }

    /// Verifies a token with what is at hand. At the last look the set at hand has to do: whether it may was decided when
    /// it was obtained.
    fn look(&self, token: &str, is_last: bool) -> Result<Verified, Refused> {
        let now = Date::now();
        let state = &mut *self.state.borrow_mut();
        let decision = if is_last { Decision::Use } else { state.cache.decide(now, Need::Any) };
        let has_set = matches!(decision, Decision::Use | Decision::UseAndRefresh);
        let outcome = state.verifier.look(token, now / 1e3, has_set);
        // A signature that does not fit may be one of a new key under an old name.
        let is_worth_it = outcome.as_ref().err().is_none_or(|error| error.is(Fault::SignatureInvalid));
        if decision == Decision::UseAndRefresh && is_worth_it && state.under_way.is_none() {
            drop(self.begin(state, Need::Any, now));
        }
        outcome.map_err(|error| {
            let is_missing = error.is(Fault::KeyNotFound) && !is_last;
            Refused { error, need: is_missing.then_some(if has_set { Need::UnknownKey } else { Need::Any }) }
        })
    }

    /// Sees to it that there is a set to look into. False: a newer one would not help, as one came just now.
    async fn obtain(&self, need: Need) -> Result<bool, Error> {
        let Some(fetch) = self.join(need)? else { return Ok(false) };
        match fetch.await {
            // A set that is known is better than none, within its limit (RFC 5861 §4).
            Err(error) if need != Need::Any || !self.is_usable() => Err(error),
            _ => Ok(true),
        }
    }

    /// The fetch under way, or a new one. `None`: there was one just now.
    fn join(&self, need: Need) -> Result<Option<Fetch>, Error> {
        let now = Date::now();
        let state = &mut *self.state.borrow_mut();
        match state.cache.decide(now, need) {
            Decision::Refuse(_) if need == Need::Any || state.cache.is_failing() => Err(Fault::JwksUnavailable.into()),
            Decision::Refuse(_) => Ok(None),
            _ => Ok(Some(state.under_way.clone().unwrap_or_else(|| self.begin(state, need, now)))),
        }
    }

    fn is_usable(&self) -> bool {
        Date::now() < self.state.borrow().cache.usable_until()
    }

    /// Begins a fetch. It goes on when nobody waits for it any more: the next caller is glad of it.
    fn begin(&self, state: &mut State, need: Need, asked: f64) -> Fetch {
        let ticket = state.cache.begin(need);
        let Self { url, timeout, state: shared } = self.clone();
        let fetch = async move {
            let text = request(&url, timeout).await;
            let now = Date::now();
            shared.borrow_mut().end(ticket, asked, now, text)
        };
        let fetch = fetch.boxed_local().shared();
        state.under_way = Some(fetch.clone());
        spawn_local(fetch.clone().map(drop));
        fetch
    }
}

impl State {
    /// Puts the set that came into use, unless a newer one was sooner.
    fn end(&mut self, ticket: Ticket, asked: f64, now: f64, text: Result<String, Refusal>) -> Result<(), Error> {
        self.under_way = None;
        match text.and_then(|text| Ok(Keys::read(&text, true)?)) {
            Ok(keys) => {
                if self.cache.succeed(ticket, asked, now) {
                    self.verifier.use_keys(keys);
                }
                Ok(())
            }
            Err(Refusal { fault, wait }) => {
                self.cache.fail(ticket, now, wait);
                Err(fault.into())
            }
        }
    }
}
