//! The hot path: Rust decides, the host functions act.
//!
//! No export here takes or returns anything but numbers; what JavaScript is to have, the host functions put into the state
//! of the verifier that is being asked (host.js). So nothing is converted. Node 20 aborts (V8,
//! `Deoptimizer::DoComputeBuiltinContinuation`) in a loop of rejected tokens when a hot export returns an externref.
//!
//! Nor is a verifier a class of wasm-bindgen, and its functions are plain exports: what wasm-bindgen wraps around them costs as
//! much as half of the checks. JavaScript holds the address of a verifier; none of these functions awaits anything, and no
//! host function calls back.

#![allow(unsafe_code)] // to export functions by name, to make a verifier and to find it at its address

use super::host::{self, Browser};
use super::ALLOCATOR;
use crate::error::{Fault, Verdict};
use crate::jwks::cache::{Cache, Decision, Lifetimes, Need, Ticket};
use crate::jwks::KeySet;
use crate::jwt::verify::{self, room_for, Memo};
use crate::jwt::{limit, validity, AlgorithmSet, Moment, Rules};
use core::alloc::{GlobalAlloc, Layout};
use core::slice::from_raw_parts_mut;

/// What [`verify()`] answers.
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

/// How a token is to be looked at: the bits of [`verify()`]'s `how`.
mod how {
    /// The issuer has just handed it over: it is judged without a clock.
    pub(super) const TIMELESS: u32 = 1;
    /// The key set at hand has to do.
    pub(super) const LAST: u32 = 2;
}

/// What is checked: the bits above those of the algorithms in [`new_core`]'s `checks`.
mod checks {
    /// A header has to have a `typ`.
    pub(super) const TYPE: u32 = 1 << 16;
}

/// What a fetch brought: the `what` of [`fetch_ends`].
mod brought {
    /// Nothing.
    pub(super) const NOTHING: u32 = 0;
    /// The set that is in use already.
    pub(super) const SAME: u32 = 1;
    // 2 is a new set.
    /// The set that the caller gave, once and for all.
    pub(super) const STATIC: u32 = 3;
}

/// In the order of the numbers in numbers.js.
const NEEDS: [Need; 4] = [Need::Any, Need::UnknownKey, Need::UnknownKeyOfIssuer, Need::Newest];

fn need(number: u32) -> Need {
    NEEDS.get(number as usize).copied().unwrap_or(Need::Any)
}

/// The part of a `JwtVerifier` that decides. JavaScript holds its address and carries out what it answers.
struct VerifierCore {
    rules: Rules,
    keys: KeySet,
    cache: Cache,
    memo: Memo,
    validity: (f64, f64),
}

/// The block of memory that a verifier takes: itself, and room for the token and for the octets of its segments. It is taken
/// without `Box` and `Vec`, whose ways to fail cost more than all of this.
fn block_of(max_bytes: usize) -> Layout {
    let size = size_of::<VerifierCore>() + max_bytes + 1 + room_for(max_bytes);
    // SAFETY: the alignment is a power of two, and a token has at most a million octets.
    unsafe { Layout::from_size_align_unchecked(size, align_of::<VerifierCore>()) }
}

/// Makes a verifier of options that have been validated: one bit for each allowed algorithm and for each of
/// `checks`, times in seconds, the lifetimes of the key set in milliseconds. A static set never ages.
#[export_name = "newCore"]
#[allow(clippy::too_many_arguments)] // an object would have to be taken apart here, one call a member
pub extern "C" fn new_core(
    checks: u32,
    tolerance: f64,
    max_age: f64,
    max_bytes: u32,
    set_max_age: f64,
    stale_while_revalidate: f64,
    stale_if_error: f64,
    cooldown: f64,
) -> u32 {
    let max_bytes = max_bytes as usize;
    let core = VerifierCore {
        rules: Rules {
            algorithms: AlgorithmSet::from_bits(checks as u16),
            admits_no_type: checks & checks::TYPE == 0,
            tolerance,
            max_age,
            max_bytes,
        },
        keys: KeySet::EMPTY,
        cache: Cache::new(Lifetimes { max_age: set_max_age, stale_while_revalidate, stale_if_error, cooldown }),
        memo: Memo::default(),
        validity: (0.0, 0.0),
    };
    // SAFETY: the block begins with room for it.
    unsafe {
        let block: *mut VerifierCore = ALLOCATOR.alloc_zeroed(block_of(max_bytes)).cast();
        block.write(core);
        block as u32
    }
}

/// The verifier at an address.
fn at(core: u32) -> &'static mut VerifierCore {
    // SAFETY: JavaScript has it from `new_core`, has not freed it, and asks for one thing at a time.
    unsafe { &mut *(core as *mut VerifierCore) }
}

/// The rooms behind a verifier: for its token, and for the octets of the token's segments.
fn rooms(core: &mut VerifierCore) -> (&mut [u8], &mut [u8]) {
    let max_bytes = core.rules.max_bytes;
    let behind: *mut u8 = core::ptr::from_mut(core).wrapping_add(1).cast();
    // One octet more than a token may have: so that one that is too long is seen to be.
    let length = max_bytes + 1;
    // SAFETY: they are the rest of the block, were zeroed, and do not overlap.
    unsafe { (from_raw_parts_mut(behind, length), from_raw_parts_mut(behind.add(length), room_for(max_bytes))) }
}

/// Ends a verifier: nobody may ask it any more.
#[export_name = "freeCore"]
pub extern "C" fn free_core(core: u32) {
    let layout = block_of(at(core).rules.max_bytes);
    // SAFETY: it was taken with this layout; and nothing in it needs to be dropped.
    unsafe { ALLOCATOR.dealloc(core as *mut u8, layout) }
}

/// Verifies `state.token` at `now`, in milliseconds.
#[no_mangle]
pub extern "C" fn verify(core: u32, now: f64, how: u32) -> u32 {
    let room = rooms(at(core));
    let core = at(core);
    let is = |bit| how & bit != 0;
    let moment = if is(how::TIMELESS) { Moment::Issue } else { Moment::Now(now / 1e3) };
    // At the last look the set at hand has to do: whether it may was decided when it was fetched.
    let decision = if is(how::LAST) { Decision::Use } else { core.cache.decide(now, Need::Any) };
    let has_set = matches!(decision, Decision::Use | Decision::UseAndRefresh);
    match core.judge(room, moment, has_set) {
        Ok(()) if decision == Decision::UseAndRefresh => outcome::BEGUN_REFRESH,
        Ok(()) => outcome::BEGUN,
        Err(Fault::KeyNotFound) if !has_set => outcome::NEEDS_SET,
        Err(fault) => {
            host::refuse(fault, limit(fault, &core.rules, moment));
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
#[no_mangle]
pub extern "C" fn moment(core: u32, number: u32) -> f64 {
    let VerifierCore { validity, cache, .. } = at(core);
    match number {
        0 => validity.0 * 1e3,
        1 => validity.1 * 1e3,
        2 => cache.fresh_until(),
        3 => cache.usable_until(),
        _ => cache.served_until(),
    }
}

/// How long a fetch for this need has to wait, in milliseconds; 0: it may begin now; negative: it would help nobody,
/// since the key is not in a set that came just now.
#[export_name = "fetchWaits"]
pub extern "C" fn fetch_waits(core: u32, now: f64, number: u32) -> f64 {
    let cache = &at(core).cache;
    match cache.decide(now, need(number)) {
        Decision::Refuse(_) if !cache.is_failing() && number != 0 => -1.0,
        Decision::Refuse(wait) => wait,
        _ => 0.0,
    }
}

/// A fetch begins; its ticket.
#[export_name = "fetchBegins"]
pub extern "C" fn fetch_begins(core: u32, number: u32) -> Ticket {
    at(core).cache.begin(need(number))
}

/// A fetch that began at `asked` ends: it brought nothing, the same set again, or a new one, which lies in
/// `state.fetched`. `wait` is how long the service wants no other fetch. The ticket is 0 if a store had the set. False:
/// that is no key set, and `state.error` says why; the one in use stays in use.
#[export_name = "fetchEnds"]
pub extern "C" fn fetch_ends(core: u32, ticket: Ticket, asked: f64, now: f64, what: u32, wait: f64) -> bool {
    let core = at(core);
    match what {
        brought::NOTHING => {
            core.cache.fail(ticket, now, wait);
            return true;
        }
        // Its imported keys stay, and what was verified with them.
        brought::SAME => {
            core.cache.succeed(ticket, asked, now);
            return true;
        }
        _ => {}
    }
    let replaced = core.replace_keys(ticket, asked, now, what != brought::STATIC);
    if let Err(fault) = replaced {
        host::refuse(fault, f64::NAN);
    }
    replaced.is_ok()
}

impl VerifierCore {
    /// Puts the set in `state.fetched` in use, unless it comes too late.
    fn replace_keys(&mut self, ticket: Ticket, asked: f64, now: f64, is_lenient: bool) -> Verdict {
        let count = KeySet::admit(&mut Browser)?;
        if self.cache.succeed(ticket, asked, now) {
            // In place of the old one: of a set that is fetched nothing can be refused any more, and one that is given is the first.
            self.keys.fill(&mut Browser, count, is_lenient)?;
            host::use_keys();
            for (index, fault) in self.keys.flaws() {
                host::refuse(fault, f64::NAN);
                host::note_flaw(index as i32);
            }
        }
        Ok(())
    }

    fn judge(&mut self, (token, room): (&mut [u8], &mut [u8]), moment: Moment, has_set: bool) -> Verdict {
        let written = host::write_token(host::room(token), token.len() as i32);
        let Some(token) = usize::try_from(written).ok().and_then(|length| token.get(..length)) else {
            return Err(if written == -1 { Fault::TooLarge } else { Fault::NotAString });
        };
        let keys = if has_set { Some(&self.keys) } else { None };
        let checked = verify::verify(&mut Browser, &mut self.memo, room, token, &self.rules, keys, moment)?;
        self.validity = validity(&checked.facts, &self.rules);
        Ok(())
    }
}
