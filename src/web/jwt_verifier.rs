//! The hot path: Rust decides, the host functions act.
//!
//! No export here takes or returns anything but numbers; what JavaScript is to have, the host functions put into the state
//! of the verifier that is being asked (host.js). So nothing is converted. Node 20 aborts (V8,
//! `Deoptimizer::DoComputeBuiltinContinuation`) in a loop of rejected tokens when a hot export returns an externref.
//!
//! The exports take `&mut self`: none of them awaits anything, and no host function calls back.

use super::host;
use crate::error::{Fault, Verdict};
use crate::jwks::cache::{Cache, Decision, Lifetimes, Need, Ticket};
use crate::jwks::{KeyFacts, KeySet, Source, LONGEST_NUMBER};
use crate::jwt::verify::{verify, Host, Scratch, Typ};
use crate::jwt::{limit, validity, Algorithm, AlgorithmSet, ClaimsFacts, HeaderFacts, Moment, Rules};
use alloc::vec;
use alloc::vec::Vec;
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
    pub(super) const TIMELESS: u32 = 1;
    /// The key set at hand has to do.
    pub(super) const LAST: u32 = 2;
    /// An audience is expected, whatever the options say.
    pub(super) const AUDIENCE: u32 = 4;
}

/// What is checked: the bits above those of the algorithms in [`VerifierCore::new`]'s `checks`.
mod checks {
    pub(super) const ISSUER: u32 = 1 << 16;
    pub(super) const AUDIENCE: u32 = 1 << 17;
    pub(super) const TYPE: u32 = 1 << 18;
}

/// What a fetch brought: the `what` of [`VerifierCore::fetch_ends`].
mod brought {
    /// Nothing.
    pub(super) const NOTHING: u32 = 0;
    /// The set that is in use already.
    pub(super) const SAME: u32 = 1;
    // 2 is a new set.
    /// The set that the caller gave, once and for all.
    pub(super) const STATIC: u32 = 3;
}

/// In the order of the numbers in remote-keys.js.
const NEEDS: [Need; 4] = [Need::Any, Need::UnknownKey, Need::UnknownKeyOfIssuer, Need::Newest];

fn need(number: u32) -> Need {
    NEEDS.get(number as usize).copied().unwrap_or(Need::Any)
}

/// Where the texts of the table of faults lie.
#[wasm_bindgen(js_name = faultsAt)]
pub fn faults_at() -> u32 {
    crate::error::fault::CHECKS.as_ptr() as u32
}

/// How long they are, in octets.
#[wasm_bindgen(js_name = faultsLength)]
pub fn faults_length() -> u32 {
    crate::error::fault::CHECKS.len() as u32
}

/// The part of a `JwtVerifier` that decides. JavaScript holds it and carries out what it answers.
#[wasm_bindgen]
pub struct VerifierCore {
    rules: Rules,
    keys: KeySet,
    cache: Cache,
    token: Vec<u8>,
    scratch: Scratch,
    validity: (f64, f64),
}

#[wasm_bindgen]
impl VerifierCore {
    /// Makes a verifier of options that have been validated: one bit for each allowed algorithm and for each of
    /// `checks`, times in seconds, the lifetimes of the key set in milliseconds. A static set never ages.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::too_many_arguments)] // an object would have to be taken apart here, one call a member
    pub fn new(
        checks: u32,
        tolerance: f64,
        max_age: f64,
        max_bytes: u32,
        set_max_age: f64,
        stale_while_revalidate: f64,
        stale_if_error: f64,
        cooldown: f64,
    ) -> VerifierCore {
        let is = |bit| checks & bit != 0;
        let max_bytes = max_bytes as usize;
        Self {
            rules: Rules {
                algorithms: AlgorithmSet::from_bits(checks as u16),
                checks_issuer: is(checks::ISSUER),
                checks_audience: is(checks::AUDIENCE),
                checks_type: is(checks::TYPE),
                tolerance,
                max_age,
                max_bytes,
            },
            keys: KeySet::EMPTY,
            cache: Cache::new(Lifetimes { max_age: set_max_age, stale_while_revalidate, stale_if_error, cooldown }),
            // One octet more than a token may have: so that one that is too long is seen to be.
            token: vec![0; max_bytes + 1],
            scratch: Scratch::new(max_bytes),
            validity: (0.0, 0.0),
        }
    }

    /// Verifies `state.token` at `now`, in milliseconds.
    pub fn verify(&mut self, now: f64, how: u32) -> u32 {
        let is = |bit| how & bit != 0;
        let moment = if is(how::TIMELESS) { Moment::Issue } else { Moment::Now(now / 1e3) };
        let rules = Rules { checks_audience: self.rules.checks_audience || is(how::AUDIENCE), ..self.rules };
        // At the last look the set at hand has to do: whether it may was decided when it was fetched.
        let decision = if is(how::LAST) { Decision::Use } else { self.cache.decide(now, Need::Any) };
        let has_set = matches!(decision, Decision::Use | Decision::UseAndRefresh);
        match self.judge(&rules, moment, has_set) {
            Ok(()) if decision == Decision::UseAndRefresh => outcome::BEGUN_REFRESH,
            Ok(()) => outcome::BEGUN,
            Err(Fault::KeyNotFound) if !has_set => outcome::NEEDS_SET,
            Err(fault) => {
                host::refuse(fault, limit(fault, &rules, moment));
                if fault == Fault::KeyNotFound && !is(how::LAST) {
                    outcome::NEEDS_KEY
                } else {
                    outcome::REJECTED
                }
            }
        }
    }

    /// A moment in milliseconds: 0: from when on the answer that was begun last holds, 1: until when; 2: until when the
    /// key set may be used without asking here again, 3: until when it may be used at all, 4: until when it may be used
    /// while it is refreshed.
    pub fn moment(&self, number: u32) -> f64 {
        match number {
            0 => self.validity.0 * 1e3,
            1 => self.validity.1 * 1e3,
            2 => self.cache.fresh_until(),
            3 => self.cache.usable_until(),
            _ => self.cache.served_until(),
        }
    }

    /// How long a fetch for this need has to wait, in milliseconds; 0: it may begin now; negative: it would help nobody,
    /// since the key is not in a set that came just now.
    #[wasm_bindgen(js_name = fetchWaits)]
    pub fn fetch_waits(&self, now: f64, number: u32) -> f64 {
        match self.cache.decide(now, need(number)) {
            Decision::Refuse(_) if !self.cache.is_failing() && number != 0 => -1.0,
            Decision::Refuse(wait) => wait,
            _ => 0.0,
        }
    }

    /// A fetch begins; its ticket.
    #[wasm_bindgen(js_name = fetchBegins)]
    pub fn fetch_begins(&mut self, number: u32) -> Ticket {
        self.cache.begin(need(number))
    }

    /// A fetch that began at `asked` ends: it brought nothing, the same set again, or a new one, which lies in
    /// `state.fetched`. `wait` is how long the service wants no other fetch. The ticket is 0 if a store had the set. False:
    /// that is no key set, and `state.error` says why; the one in use stays in use.
    #[wasm_bindgen(js_name = fetchEnds)]
    pub fn fetch_ends(&mut self, ticket: Ticket, asked: f64, now: f64, what: u32, wait: f64) -> bool {
        match what {
            brought::NOTHING => {
                self.cache.fail(ticket, now, wait);
                return true;
            }
            // Its imported keys stay, and what was verified with them.
            brought::SAME => {
                self.cache.succeed(ticket, asked, now);
                return true;
            }
            _ => {}
        }
        let mut set = KeySet::EMPTY;
        if let Err(fault) = set.read(&mut Browser, what != brought::STATIC) {
            self.cache.fail(ticket, now, 0.0);
            host::refuse(fault, f64::NAN);
            return false;
        }
        // A late one is thrown away.
        if self.cache.succeed(ticket, asked, now) {
            self.keys = set;
            host::use_keys();
            for (index, fault) in self.keys.flaws() {
                host::refuse(fault, f64::NAN);
                host::note_flaw(index as i32);
            }
        }
        true
    }
}

impl VerifierCore {
    fn judge(&mut self, rules: &Rules, moment: Moment, has_set: bool) -> Verdict {
        let written = host::write_token(host::room(&mut self.token), self.token.len() as i32);
        let Some(token) = usize::try_from(written).ok().and_then(|length| self.token.get(..length)) else {
            return Err(if written == -1 { Fault::TooLarge } else { Fault::NotAString });
        };
        let keys = if has_set { Some(&self.keys) } else { None };
        let checked = verify(&mut Browser, &mut self.scratch, token, rules, keys, moment)?;
        self.validity = validity(&checked.facts, rules);
        Ok(())
    }
}

/// The browser's, the Worker's or Node's own parser and engine.
struct Browser;

impl Host for Browser {
    type Begun = ();

    fn header(&mut self, json: &[u8]) -> Option<HeaderFacts> {
        u32::try_from(host::read_header(host::at(json), json.len() as i32)).ok().map(HeaderFacts)
    }

    fn claims(&mut self, json: &[u8]) -> Option<ClaimsFacts> {
        let mut times = [0.0; 3];
        let marks = host::read_claims(host::at(json), json.len() as i32, host::room(&mut times));
        Some(ClaimsFacts { marks: u32::try_from(marks).ok()?, times })
    }

    fn typ<'a>(&mut self, which: Typ, room: &'a mut [u8]) -> Option<&'a [u8]> {
        let length = host::write_type((which == Typ::Expected).into(), host::room(room), room.len() as i32);
        room.get(..usize::try_from(length).ok()?)
    }

    fn is_named(&mut self, index: usize) -> bool {
        host::is_named(index as i32) != 0
    }

    fn signature(&mut self, index: usize, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Verdict {
        let (signed, octets) = (host::at(input), host::at(signature));
        host::begin_signature(
            index as i32,
            algorithm as i32,
            signed,
            input.len() as i32,
            octets,
            signature.len() as i32,
        );
        Ok(())
    }
}

impl Source for Browser {
    fn count(&mut self) -> Option<usize> {
        usize::try_from(host::count_keys()).ok()
    }

    fn key<'a>(&mut self, index: usize, room: &'a mut [u8]) -> Option<(KeyFacts, [&'a [u8]; 2])> {
        let mut lengths = [0_u32; 2];
        let facts = host::read_key(index as i32, host::room(room), LONGEST_NUMBER as i32, host::room(&mut lengths));
        let (first, second) = room.split_at_checked(LONGEST_NUMBER)?;
        let [first_length, second_length] = lengths.map(|length| length as usize);
        let numbers = [first.get(..first_length)?, second.get(..second_length)?];
        Some((KeyFacts(u32::try_from(facts).ok()?), numbers))
    }
}
