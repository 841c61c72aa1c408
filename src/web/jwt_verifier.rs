//! The hot path: Rust decides, the functions of `host.js` act.
//!
//! No export here returns an object: answers are numbers, and what JavaScript is to have lies in the state object that
//! it shares with `host.js`. Node 20 aborts (V8, `Deoptimizer::DoComputeBuiltinContinuation`) in a loop of rejected
//! tokens when a hot export returns an externref.

use super::convert::{jwks, JsOptions};
use super::host;
use crate::error::{Error, KeyFault, Refusal, Untrusted};
use crate::jwks::cache::{Cache, Decision, Need, Ticket};
use crate::jwks::{Key, KeySet};
use crate::jwt::verify::{verify, Host, Scratch};
use crate::jwt::{validity, Algorithm, ClaimsFacts, HeaderFacts, Match, Member, Moment, Policy};
use crate::options::{KeySource, OptionValue, Source, VerifierOptions};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;

/// What [`VerifierCore::verify`] answers.
mod outcome {
    /// The signature check has begun: `state.pending` is its promise.
    pub(super) const BEGUN: u32 = 0;
    /// The same; and the key set should be refreshed in the background.
    pub(super) const BEGUN_REFRESH: u32 = 1;
    /// Refused: `state.error` says why.
    pub(super) const REJECTED: u32 = 2;
    /// A key set is needed first, then the token has to be looked at again.
    pub(super) const NEEDS_SET: u32 = 3;
    /// The token names a key that the set does not hold: `state.error` says so, unless a new set does hold it.
    pub(super) const NEEDS_KEY: u32 = 4;
}

/// The part of a `JwtVerifier` that decides. JavaScript holds it and carries out what it answers.
#[wasm_bindgen]
pub struct VerifierCore {
    state: JsValue,
    policy: Policy,
    keys: RefCell<Keys>,
    memory: RefCell<Memory>,
    validity: Cell<(f64, f64)>,
}

/// The key set in use. A static one is its own source and never ages.
struct Keys {
    set: KeySet,
    cache: Option<Cache>,
}

/// Buffers that outlive one token.
struct Memory {
    token: Vec<u8>,
    scratch: Scratch,
}

#[wasm_bindgen]
impl VerifierCore {
    /// Reads the options of a `JwtVerifier`; `state` is the object that `host.js` describes.
    ///
    /// # Errors
    /// A `TypeError` for an option that cannot be meant, an `AuthError` `jwks_invalid` for a static set of no use.
    #[wasm_bindgen(constructor)]
    pub fn new(state: JsValue, options: &JsValue) -> Result<VerifierCore, JsValue> {
        let source = JsOptions::new("JwtVerifier", options)?;
        let cache_options = host::get_member(options, "jwksCache");
        let cache_source = match source.value("jwksCache") {
            OptionValue::Object => Some(JsOptions::new("JwtVerifier: jwksCache", &cache_options)?),
            _ => None,
        };
        let options_read = VerifierOptions::read(&source, cache_source.as_ref().map(|source| source as &dyn Source))?;
        let policy = options_read.policy;
        host::attach(
            &state,
            wasm_bindgen::memory(),
            text_list(policy.issuers.as_deref()),
            text_list(policy.audiences.as_deref()),
            text_list(Some(&policy.required)),
        );
        let keys = match options_read.keys {
            KeySource::Url(_) => Keys { set: KeySet::default(), cache: Some(Cache::new(options_read.lifetimes)) },
            KeySource::Static => {
                let value = host::get_member(options, "jwks");
                let set = KeySet::sole(&jwks(&value)?)?;
                host::use_keys(&state, &value);
                Keys { set, cache: None }
            }
        };
        // One octet more than a token may have: so that one that is too long is seen to be.
        let token = vec![0; policy.max_bytes + 1];
        let memory = RefCell::new(Memory { token, scratch: Scratch::default() });
        Ok(Self { state, policy, keys: RefCell::new(keys), memory, validity: Cell::new((0.0, 0.0)) })
    }

    /// Verifies `state.token` at `now`, in milliseconds; a token that the issuer `just_issued` is judged without a
    /// clock. When `is_last`, the key set at hand has to do.
    #[must_use]
    pub fn verify(&self, now: f64, just_issued: bool, is_last: bool) -> u32 {
        self.answer(&self.policy, now, just_issued, is_last)
    }

    /// The same for another audience than the configured ones.
    #[wasm_bindgen(js_name = verifyFor)]
    #[must_use]
    pub fn verify_for(&self, audience: String, now: f64, just_issued: bool, is_last: bool) -> u32 {
        let policy = Policy { audiences: Some(vec![audience]), ..self.policy.clone() };
        host::expect_audiences(&self.state, text_list(policy.audiences.as_deref()));
        let outcome = self.answer(&policy, now, just_issued, is_last);
        host::expect_audiences(&self.state, text_list(self.policy.audiences.as_deref()));
        outcome
    }

    /// Until when the answer that was begun last holds, in milliseconds: what a cache has to look at again.
    #[wasm_bindgen(js_name = validFrom)]
    #[must_use]
    pub fn valid_from(&self) -> f64 {
        self.validity.get().0 * 1e3
    }

    /// See [`valid_from`](Self::valid_from).
    #[wasm_bindgen(js_name = validUntil)]
    #[must_use]
    pub fn valid_until(&self) -> f64 {
        self.validity.get().1 * 1e3
    }

    /// Until when the key set may be used without asking here again, in milliseconds.
    #[wasm_bindgen(js_name = keysFreshUntil)]
    #[must_use]
    pub fn keys_fresh_until(&self) -> f64 {
        self.keys.borrow().cache.as_ref().map_or(f64::INFINITY, Cache::fresh_until)
    }
}

/// The life of a key set that is fetched. JavaScript fetches; what to do is decided here.
#[wasm_bindgen]
impl VerifierCore {
    /// Whether a fetch for this need ([`need`]) should begin now, or whether it was refused: then `state.error` says
    /// why and how long to wait.
    #[wasm_bindgen(js_name = mayFetch)]
    #[must_use]
    pub fn may_fetch(&self, now: f64, number: u32) -> bool {
        let keys = self.keys.borrow();
        let Some(cache) = &keys.cache else { return false };
        let need = need(number);
        match cache.decide(now, need) {
            // That the key is unknown has been said already, and a set that was fetched just now is no better.
            Decision::Refuse(_) if !cache.is_failing() && need != Need::Any => false,
            Decision::Refuse(wait) => {
                host::reject(&self.state, unavailable(0, wait / 1e3).into());
                false
            }
            _ => true,
        }
    }

    /// A fetch begins; its ticket.
    #[wasm_bindgen(js_name = fetchBegins)]
    #[must_use]
    pub fn fetch_begins(&self, number: u32) -> Ticket {
        self.keys.borrow_mut().cache.as_mut().map_or(0, |cache| cache.begin(need(number)))
    }

    /// A fetch that began at `asked` brought `value`. False: it is no key set, and `state.error` says why; the one in
    /// use stays in use.
    #[wasm_bindgen(js_name = fetchSucceeds)]
    #[must_use]
    pub fn fetch_succeeds(&self, ticket: Ticket, asked: f64, now: f64, value: &JsValue) -> bool {
        let read = jwks(value).and_then(|keys| KeySet::new(&keys));
        let set = match read {
            Ok(set) => set,
            Err(error) => {
                self.fetch_fails(ticket, now);
                host::reject(&self.state, error.into());
                return false;
            }
        };
        let mut keys = self.keys.borrow_mut();
        let is_newest = keys.cache.as_mut().is_some_and(|cache| cache.succeed(ticket, asked, now));
        // The same set again keeps its imported keys and what was verified with them.
        if is_newest && keys.set != set {
            keys.set = set;
            host::use_keys(&self.state, value);
        }
        true
    }

    /// A fetch failed.
    #[wasm_bindgen(js_name = fetchFails)]
    pub fn fetch_fails(&self, ticket: Ticket, now: f64) {
        if let Some(cache) = self.keys.borrow_mut().cache.as_mut() {
            cache.fail(ticket, now);
        }
    }

    /// Whether the set at hand may still be used although it could not be refreshed.
    #[wasm_bindgen(js_name = mayUseStale)]
    #[must_use]
    pub fn may_use_stale(&self, now: f64) -> bool {
        self.keys.borrow().cache.as_ref().is_none_or(|cache| cache.is_usable(now))
    }

    /// Why keys of the set in use are never used: hands `state.report` an `AuthError` for each.
    #[wasm_bindgen(js_name = reportFlaws)]
    pub fn report_flaws(&self) {
        self.keys.borrow().set.flaws().for_each(|flaw| host::report(&self.state, flaw.into()));
    }

    /// Puts the error with this number into `state.error`; `detail` is a key ID or a status, `retry_after` seconds.
    pub fn raise(&self, fault: u32, kid: Option<String>, status: u16, retry_after: f64) {
        let kid = kid.as_deref().map(Untrusted::new);
        let error = match fault {
            0 => Error::SignatureInvalid(kid),
            1 => Error::KeyInvalid(KeyFault { kid, what: "its numbers are no key" }),
            2 => Error::EnvironmentUnsupported("its crypto.subtle is missing or lacks the algorithm"),
            3 => unavailable(status, retry_after),
            4 => Error::JwksInvalid("it is not JSON"),
            5 => Error::JwksInvalid("it is over 512 KiB"),
            6 => Error::JwksInvalid("its content type is not JSON"),
            7 => Error::Disposed,
            8 => Error::KeyNotFound(kid),
            _ => Error::Internal,
        };
        host::reject(&self.state, error.into());
    }
}

impl VerifierCore {
    fn answer(&self, policy: &Policy, now: f64, just_issued: bool, is_last: bool) -> u32 {
        let moment = if just_issued { Moment::Issue } else { Moment::Now(now / 1e3) };
        let (outcome, error) = self.judge(policy, moment, now, is_last);
        if let Some(error) = error {
            host::reject(&self.state, error.into());
        }
        outcome
    }

    fn judge(&self, policy: &Policy, moment: Moment, now: f64, is_last: bool) -> (u32, Option<Error>) {
        let mut memory = self.memory.borrow_mut();
        let Memory { token, scratch } = &mut *memory;
        let written = host::write_token(&self.state, token.as_mut_ptr(), token.len());
        let Some(token) = usize::try_from(written).ok().and_then(|length| token.get(..length)) else {
            let too_large = written == -1;
            let error = if too_large {
                Error::TokenTooLarge(self.policy.max_bytes as f64)
            } else {
                Error::TokenMalformed("it is not a string")
            };
            return (outcome::REJECTED, Some(error));
        };
        let keys = self.keys.borrow();
        let decision = self.decide_set(&keys, now, is_last);
        let nothing = KeySet::default();
        let set = if matches!(decision, Decision::Fetch | Decision::Refuse(_)) { &nothing } else { &keys.set };
        let mut host = Browser { state: &self.state };
        match verify(&mut host, scratch, token, policy, set, moment) {
            Ok(checked) => {
                self.validity.set(validity(&checked.facts, policy));
                (if decision == Decision::UseAndRefresh { outcome::BEGUN_REFRESH } else { outcome::BEGUN }, None)
            }
            Err(Error::KeyNotFound(_)) if matches!(decision, Decision::Fetch | Decision::Refuse(_)) => {
                (outcome::NEEDS_SET, None)
            }
            Err(error @ Error::KeyNotFound(_)) if !is_last && keys.cache.is_some() => (outcome::NEEDS_KEY, Some(error)),
            Err(error) => (outcome::REJECTED, Some(error)),
        }
    }

    /// Whether the set at hand will do. At the second look it has to: whether it may was decided when it was fetched.
    fn decide_set(&self, keys: &Keys, now: f64, is_last: bool) -> Decision {
        match &keys.cache {
            Some(cache) if !is_last => cache.decide(now, Need::Any),
            _ => Decision::Use,
        }
    }
}

fn unavailable(status: u16, retry_after: f64) -> Error {
    // Whole seconds, as the header has them (RFC 9110 §10.2.3); `f64::ceil` is not in core.
    let whole = retry_after as u32;
    let seconds = f64::from(whole) + if f64::from(whole) < retry_after { 1.0 } else { 0.0 };
    let retry_after = Some(seconds).filter(|seconds| *seconds > 0.0);
    Error::JwksUnavailable(Refusal { status, retry_after, ..Refusal::default() })
}

/// In the order of the needs in remote-keys.js.
fn need(number: u32) -> Need {
    match number {
        0 => Need::Any,
        1 => Need::UnknownKey,
        2 => Need::UnknownKeyOfIssuer,
        _ => Need::Newest,
    }
}

fn text_list(texts: Option<&[String]>) -> JsValue {
    let Some(texts) = texts else { return JsValue::NULL };
    let list = host::empty_list();
    texts.iter().for_each(|text| host::push(&list, text));
    list
}

/// The browser's, the Worker's or Node's own parser and engine.
struct Browser<'a> {
    state: &'a JsValue,
}

impl Host for Browser<'_> {
    type Begun = ();

    fn header(&mut self, json: &[u8]) -> Option<HeaderFacts> {
        let bits = u32::try_from(host::read_header(self.state, json.as_ptr(), json.len())).ok()?;
        let text = |name, shift| member(bits, shift, || host::header_text(self.state, name));
        Some(HeaderFacts {
            alg: text("alg", 0),
            typ: text("typ", 2),
            kid: text("kid", 4),
            demands_extension: bits >> 6 & 1 != 0,
        })
    }

    fn claims(&mut self, json: &[u8], _policy: &Policy) -> Option<ClaimsFacts> {
        let mut times = [0.0; 3];
        let bits = host::read_claims(self.state, json.as_ptr(), json.len(), times.as_mut_ptr());
        let bits = u32::try_from(bits).ok()?;
        let [exp, nbf, iat] = times;
        Some(ClaimsFacts {
            exp: member(bits, 0, || exp),
            nbf: member(bits, 2, || nbf),
            iat: member(bits, 4, || iat),
            iss: comparison(bits, 6),
            aud: comparison(bits, 8),
            sub: comparison(bits, 10),
            missing: (bits as usize >> 12).checked_sub(1),
        })
    }

    fn claim_text(&self, name: &str) -> String {
        host::claim_text(self.state, name)
    }

    fn signature(&mut self, key: &Key, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Result<(), Error> {
        host::begin_signature(
            self.state,
            key.index as u32,
            algorithm as u32,
            input.as_ptr(),
            input.len(),
            signature.as_ptr(),
            signature.len(),
        );
        Ok(())
    }
}

/// Two bits of a fact, as `host.js` tells them.
fn comparison(bits: u32, shift: u32) -> Match {
    match bits >> shift & 3 {
        0 => Match::Absent,
        1 => Match::OtherType,
        2 => Match::Differs,
        _ => Match::Matches,
    }
}

fn member<T>(bits: u32, shift: u32, value: impl FnOnce() -> T) -> Member<T> {
    match comparison(bits, shift) {
        Match::Absent => Member::Absent,
        Match::Matches => Member::Is(value()),
        Match::OtherType | Match::Differs => Member::OtherType,
    }
}
