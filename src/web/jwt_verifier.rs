//! The hot path: Rust decides, the host functions act.
//!
//! No export here takes or returns anything but numbers and the state object, in which lies what JavaScript is to have:
//! so nothing is converted. Node 20 aborts (V8, `Deoptimizer::DoComputeBuiltinContinuation`) in a loop of rejected
//! tokens when a hot export returns an externref.
//!
//! The exports take `&mut self`: none of them awaits anything, and no host function calls back.

use super::host;
use crate::error::{fault, Fault, Verdict};
use crate::jwks::cache::{Cache, Decision, Need, Ticket};
use crate::jwks::{KeyFacts, KeySet, LONGEST_NUMBER};
use crate::jwt::verify::{verify, Host, Scratch, Typ};
use crate::jwt::{limit, validity, Algorithm, AlgorithmSet, ClaimsFacts, HeaderFacts, Moment, Rules};
use crate::options::{table, VerifierOptions};
use alloc::boxed::Box;
use alloc::vec;
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

/// How a token is to be looked at: the bits of [`VerifierCore::verify`]'s `how`.
mod how {
    /// The issuer has just handed it over: it is judged without a clock.
    pub(super) const ISSUED: u32 = 1;
    /// The key set at hand has to do.
    pub(super) const LAST: u32 = 2;
    /// An audience is expected, whatever the options say.
    pub(super) const AUDIENCE: u32 = 4;
}

/// Faults that only show in JavaScript, in the order of the numbers in host.js.
static RAISED: [&Fault; 8] = [
    &fault::SIGNATURE_INVALID,
    &fault::KEY_NO_KEY,
    &fault::NO_ENGINE,
    &fault::JWKS_UNAVAILABLE,
    &fault::JWKS_NOT_JSON,
    &fault::JWKS_TOO_LARGE,
    &fault::JWKS_CONTENT_TYPE,
    &fault::DISPOSED,
];

/// In the order of the numbers in remote-keys.js.
const NEEDS: [Need; 4] = [Need::Any, Need::UnknownKey, Need::UnknownKeyOfIssuer, Need::Newest];

fn need(number: u32) -> Need {
    NEEDS.get(number as usize).copied().unwrap_or(Need::Any)
}

/// The part of a `JwtVerifier` that decides. JavaScript holds it and carries out what it answers.
#[wasm_bindgen]
pub struct VerifierCore {
    rules: Rules,
    keys: KeySet,
    /// The life of the key set; a static one never ages.
    cache: Option<Cache>,
    token: Box<[u8]>,
    scratch: Scratch,
    validity: (f64, f64),
}

#[wasm_bindgen]
impl VerifierCore {
    /// Reads the options of a `JwtVerifier` from `state`, the object that host.js describes. If they cannot be meant, or
    /// the static key set is of no use, `state.error` says so, and this is no verifier.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &JsValue) -> VerifierCore {
        host::attach(state, wasm_bindgen::memory());
        let read = VerifierOptions::read(&mut Browser { state });
        if let Err(misuse) = &read {
            host::refuse_option(state, misuse.expected);
        }
        let is_static = read.as_ref().is_ok_and(|options| options.lifetimes.is_none());
        let VerifierOptions { rules, lifetimes } =
            read.unwrap_or(VerifierOptions { rules: Rules::default(), lifetimes: None });
        let algorithms = AlgorithmSet::from_bits(host::allowed_algorithms(state) as u16);
        let mut core = Self {
            rules: Rules { algorithms, ..rules },
            keys: KeySet::EMPTY,
            cache: lifetimes.map(Cache::new),
            // One octet more than a token may have: so that one that is too long is seen to be.
            token: vec![0; rules.max_bytes + 1].into_boxed_slice(),
            scratch: Scratch::new(rules.max_bytes),
            validity: (0.0, 0.0),
        };
        if is_static {
            core.use_static(state);
        }
        core
    }

    /// Verifies `state.token` at `now`, in milliseconds.
    pub fn verify(&mut self, state: &JsValue, now: f64, how: u32) -> u32 {
        let is = |bit| how & bit != 0;
        let moment = if is(how::ISSUED) { Moment::Issue } else { Moment::Now(now / 1e3) };
        let rules = Rules { checks_audience: self.rules.checks_audience || is(how::AUDIENCE), ..self.rules };
        // At the last look the set at hand has to do: whether it may was decided when it was fetched.
        let decision = match &self.cache {
            Some(cache) if !is(how::LAST) => cache.decide(now, Need::Any),
            _ => Decision::Use,
        };
        let has_set = matches!(decision, Decision::Use | Decision::UseAndRefresh);
        match self.judge(state, &rules, moment, has_set) {
            Ok(()) if decision == Decision::UseAndRefresh => outcome::BEGUN_REFRESH,
            Ok(()) => outcome::BEGUN,
            Err(fault) => {
                let is_unknown_key = core::ptr::eq(fault, &fault::KEY_NOT_FOUND);
                if is_unknown_key && !has_set {
                    return outcome::NEEDS_SET;
                }
                host::refuse(state, fault, limit(fault, &rules, moment));
                if is_unknown_key && !is(how::LAST) && self.cache.is_some() {
                    outcome::NEEDS_KEY
                } else {
                    outcome::REJECTED
                }
            }
        }
    }

    /// From when on the answer that was begun last holds, in milliseconds: what a cache has to look at again.
    #[wasm_bindgen(js_name = validFrom)]
    pub fn valid_from(&self) -> f64 {
        self.validity.0 * 1e3
    }

    /// Until when it holds.
    #[wasm_bindgen(js_name = validUntil)]
    pub fn valid_until(&self) -> f64 {
        self.validity.1 * 1e3
    }

    /// Puts the fault with this number into `state.error`.
    pub fn raise(&self, state: &JsValue, number: u32) {
        let fault = RAISED.get(number as usize).copied().unwrap_or(&fault::INTERNAL);
        host::refuse(state, fault, f64::NAN);
    }

    /// Why keys of the set in use are never used: adds an error to `state.flaws` for each.
    #[wasm_bindgen(js_name = noteFlaws)]
    pub fn note_flaws(&self, state: &JsValue) {
        for (index, fault) in self.keys.flaws() {
            host::refuse(state, fault, f64::NAN);
            host::note_flaw(state, index as i32);
        }
    }
}

/// The life of a key set that is fetched. JavaScript fetches; what to do is decided here.
#[wasm_bindgen]
impl VerifierCore {
    /// Until when the key set may be used without asking here again, in milliseconds.
    #[wasm_bindgen(js_name = keysFreshUntil)]
    pub fn keys_fresh_until(&self) -> f64 {
        self.cache.as_ref().map_or(f64::INFINITY, Cache::fresh_until)
    }

    /// How long a fetch for this need has to wait, in milliseconds; 0: it may begin now; negative: it would help nobody,
    /// since the key is not in a set that came just now.
    #[wasm_bindgen(js_name = fetchWaits)]
    pub fn fetch_waits(&self, now: f64, number: u32) -> f64 {
        let Some(cache) = &self.cache else { return -1.0 };
        match cache.decide(now, need(number)) {
            Decision::Refuse(_) if !cache.is_failing() && number != 0 => -1.0,
            Decision::Refuse(wait) => wait,
            _ => 0.0,
        }
    }

    /// A fetch begins; its ticket.
    #[wasm_bindgen(js_name = fetchBegins)]
    pub fn fetch_begins(&mut self, number: u32) -> Ticket {
        self.cache.as_mut().map_or(0, |cache| cache.begin(need(number)))
    }

    /// A fetch that began at `asked` brought `state.fetched`, which is_new or the same as before. False: it is no key
    /// set, and `state.error` says why; the one in use stays in use.
    #[wasm_bindgen(js_name = fetchSucceeds)]
    pub fn fetch_succeeds(&mut self, state: &JsValue, ticket: Ticket, asked: f64, now: f64, is_new: bool) -> bool {
        let mut set = KeySet::EMPTY;
        if let Err(fault) = set.read(&mut Browser { state }) {
            self.fetch_fails(ticket, now);
            host::refuse(state, fault, f64::NAN);
            return false;
        }
        let is_newest = self.cache.as_mut().is_some_and(|cache| cache.succeed(ticket, asked, now));
        // The same set again keeps its imported keys and what was verified with them.
        if is_newest && is_new {
            self.keys = set;
            host::use_keys(state);
        }
        true
    }

    /// A fetch failed.
    #[wasm_bindgen(js_name = fetchFails)]
    pub fn fetch_fails(&mut self, ticket: Ticket, now: f64) {
        if let Some(cache) = &mut self.cache {
            cache.fail(ticket, now);
        }
    }

    /// Whether the set at hand may still be used although it could not be refreshed.
    #[wasm_bindgen(js_name = mayUseStale)]
    pub fn may_use_stale(&self, now: f64) -> bool {
        self.cache.as_ref().is_none_or(|cache| cache.is_usable(now))
    }
}

impl VerifierCore {
    fn use_static(&mut self, state: &JsValue) {
        let read = self.keys.read(&mut Browser { state });
        match read {
            Ok(()) => {
                host::use_keys(state);
                self.note_flaws(state);
                if !self.keys.is_usable() {
                    host::refuse(state, &fault::JWKS_NO_KEY, f64::NAN);
                }
            }
            Err(fault) => host::refuse(state, fault, f64::NAN),
        }
    }

    fn judge(&mut self, state: &JsValue, rules: &Rules, moment: Moment, has_set: bool) -> Verdict {
        let written = host::write_token(state, host::room(&mut self.token), self.token.len() as i32);
        let Some(token) = usize::try_from(written).ok().and_then(|length| self.token.get(..length)) else {
            return Err(if written == -1 { &fault::TOO_LARGE } else { &fault::NOT_A_STRING });
        };
        let keys = if has_set { &self.keys } else { &KeySet::EMPTY };
        let checked = verify(&mut Browser { state }, &mut self.scratch, token, rules, keys, moment)?;
        self.validity = validity(&checked.facts, rules);
        Ok(())
    }
}

/// The browser's, the Worker's or Node's own parser and engine.
struct Browser<'a> {
    state: &'a JsValue,
}

impl Host for Browser<'_> {
    type Begun = ();

    fn header(&mut self, json: &[u8]) -> Option<HeaderFacts> {
        let facts = host::read_header(self.state, host::at(json), json.len() as i32);
        u32::try_from(facts).ok().map(HeaderFacts)
    }

    fn claims(&mut self, json: &[u8]) -> Option<ClaimsFacts> {
        let mut times = [0.0; 3];
        let out = times.as_mut_ptr() as i32;
        let marks = host::read_claims(self.state, host::at(json), json.len() as i32, out);
        Some(ClaimsFacts { marks: u32::try_from(marks).ok()?, times })
    }

    fn typ<'a>(&mut self, which: Typ, room: &'a mut [u8]) -> Option<&'a [u8]> {
        let length = host::write_type(self.state, which == Typ::Expected, host::room(room), room.len() as i32);
        room.get(..usize::try_from(length).ok()?)
    }

    fn is_named(&mut self, index: usize) -> bool {
        host::is_named(self.state, index as i32)
    }

    fn signature(&mut self, index: usize, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Verdict {
        host::begin_signature(
            self.state,
            index as i32,
            algorithm as i32,
            host::at(input),
            input.len() as i32,
            host::at(signature),
            signature.len() as i32,
        );
        Ok(())
    }
}

impl crate::jwks::Source for Browser<'_> {
    fn count(&mut self) -> Option<usize> {
        usize::try_from(host::count_keys(self.state)).ok()
    }

    fn key<'a>(&mut self, index: usize, room: &'a mut [u8]) -> Option<(KeyFacts, [&'a [u8]; 2])> {
        let mut lengths = [0_u32; 2];
        let out = lengths.as_mut_ptr() as i32;
        let facts = host::read_key(self.state, index as i32, host::room(room), LONGEST_NUMBER as i32, out);
        let (first, second) = room.split_at_checked(LONGEST_NUMBER)?;
        let [first_length, second_length] = lengths.map(|length| length as usize);
        let numbers = [first.get(..first_length)?, second.get(..second_length)?];
        Some((KeyFacts(u32::try_from(facts).ok()?), numbers))
    }
}

impl table::Source for Browser<'_> {
    fn look(&mut self, name: &'static str) -> u32 {
        host::look_at_option(self.state, host::at(name.as_bytes()), name.len() as i32) as u32
    }

    fn amount(&mut self, name: &'static str) -> f64 {
        host::number_option(self.state, host::at(name.as_bytes()), name.len() as i32)
    }

    fn is_all_known(&mut self) -> bool {
        host::is_all_known(self.state)
    }
}
