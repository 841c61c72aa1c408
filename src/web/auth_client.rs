//! `AuthClient`: the part of it that decides. What happened comes in as numbers, what has to be done goes out as calls of
//! the host functions in page.js; promises, requests, tokens and claims stay in JavaScript.
//!
//! Plain exports, as in jwt_verifier.rs: JavaScript holds the address of a client; none of these functions awaits anything,
//! and no host function calls back or runs code of the caller.

#![allow(unsafe_code)] // to export functions by name, to make a client and to find it at its address

use super::{host, ALLOCATOR};
use crate::error::{Fault, Verdict};
use crate::service::{judge, Marks, Operation, Reply};
use crate::session::{is_safe_return_to, judge_callback, limit_left, state_mark, Address, Parameter};
use crate::session::{
    Config, Effect, Effects, Event, Failure, LockTrust, Moment, News, Purpose, Session, Slot, Status, TokenFacts,
};
use core::alloc::{GlobalAlloc, Layout};
use core::slice::from_raw_parts_mut;
use wasm_bindgen::prelude::*;

/// The host functions, of the client that is being told something (page.js). With other types than these two the calls would
/// need glue.
#[wasm_bindgen(module = "/src/web/page.js")]
extern "C" {
    fn mint(mint: i32, audience: i32, is_again: i32);
    fn keep(mint: i32, audience: i32);
    fn forget(audience: i32);
    fn answer(audience: i32, purpose: i32, first: i32, fault: i32);
    fn limited(fault: i32, status: i32, retry_after: f64);
    fn publish(status: i32, fault: i32);
    fn renewed();
    fn note(event: i32, number: f64);
    fn report(fault: i32);
    fn tell(news: i32);
    fn limit(milliseconds: f64);
    fn wake(milliseconds: f64);
    /// Writes a text that is to be judged into memory. Answers its length in octets, -1 if there is no room for it.
    #[wasm_bindgen(js_name = readText)]
    fn read_text(number: i32, at: i32, room: i32) -> i32;
}

/// Who is answered of those who wait for the same: the number of the first, counted from the end if it is negative.
mod answered {
    pub(super) const LAST: i32 = -1;
    pub(super) const ALL: i32 = 0;
}

/// The events that `note` tells, by their numbers in page.js. The three causes of a sign-in come first.
mod noted {
    pub(super) const SIGNED_OUT: i32 = 3;
    pub(super) const USER_CHANGED: i32 = 4;
    pub(super) const SKEWED: i32 = 5;
}

/// What [`happens()`] is told, beside other tabs' [`News`].
mod happening {
    pub(super) const SHOWN: u32 = 3;
    pub(super) const HIDDEN: u32 = 4;
    pub(super) const DUE: u32 = 5;
    pub(super) const LOGGED_OUT: u32 = 6;
}

/// The life of the session of one page.
struct ClientCore {
    session: Session<'static>,
    trust: LockTrust,
    now: Moment,
    entropy: f64,
}

/// For how many audiences there is room at first.
const AUDIENCES: usize = 4;

/// A block of memory, taken without `Box` and `Vec`, whose ways to fail cost more than it.
fn take<T>(layout: Layout) -> *mut T {
    // SAFETY: nothing here is of size 0.
    unsafe { ALLOCATOR.alloc(layout).cast() }
}

/// Memory for the tokens of so many audiences.
fn slots_of(audiences: usize) -> Layout {
    // SAFETY: the alignment is a power of two; and nobody has names for as many audiences as there are octets.
    unsafe { Layout::from_size_align_unchecked(size_of::<Slot>() * audiences, align_of::<Slot>()) }
}

fn new_slots(audiences: usize) -> &'static mut [Slot] {
    let block: *mut Slot = take(slots_of(audiences));
    // SAFETY: the block has room for them, and each is written before the slice exists.
    unsafe {
        for at in 0..audiences {
            block.add(at).write(Slot::EMPTY);
        }
        from_raw_parts_mut(block, audiences)
    }
}

fn free_slots(slots: &'static mut [Slot]) {
    // SAFETY: they are of `new_slots`, and nobody has them any more.
    unsafe { ALLOCATOR.dealloc(slots.as_mut_ptr().cast(), slots_of(slots.len())) }
}

/// Makes a client of options that have been validated; times in milliseconds, a margin that is no number was not given.
#[export_name = "newClient"]
pub extern "C" fn new_client(refresh_margin: f64, tolerance: f64, renews: u32, is_after_login: u32) -> u32 {
    let refresh_margin = known(refresh_margin);
    let config = Config { refresh_margin, tolerance, renews: renews != 0, is_after_login: is_after_login != 0 };
    let core = ClientCore {
        session: Session::new(config, new_slots(AUDIENCES)),
        trust: LockTrust::default(),
        now: Moment { monotonic: 0.0, wall: 0.0 },
        entropy: 0.0,
    };
    let block: *mut ClientCore = take(Layout::new::<ClientCore>());
    // SAFETY: the block has room for it.
    unsafe { block.write(core) };
    block as u32
}

/// Ends a client: nobody may tell it anything any more.
#[export_name = "freeClient"]
pub extern "C" fn free_client(client: u32) {
    free_slots(at(client).session.move_to(&mut []));
    // SAFETY: it was made by `new_client`, is not used again, and nothing in it needs to be dropped.
    unsafe { ALLOCATOR.dealloc(client as *mut u8, Layout::new::<ClientCore>()) }
}

/// The client at an address.
fn at(client: u32) -> &'static mut ClientCore {
    // SAFETY: JavaScript has it from `new_client`, has not freed it, and tells one thing at a time.
    unsafe { &mut *(client as *mut ClientCore) }
}

/// What time it is when the next thing happens, in milliseconds, and a random number from 0 to 1.
#[no_mangle]
pub extern "C" fn look(client: u32, monotonic: f64, wall: f64, entropy: f64) {
    let client = at(client);
    client.now = Moment { monotonic, wall };
    client.entropy = entropy;
}

/// Somebody asks; the purposes are those of [`Purpose::ALL`].
#[no_mangle]
pub extern "C" fn ask(client: u32, audience: u32, purpose: u32) {
    let core = at(client);
    let audience = audience as usize;
    // JavaScript counts the audiences: there is one more at most.
    if audience >= core.session.room() {
        let slots = new_slots(2 * audience);
        free_slots(core.session.move_to(slots));
    }
    let purpose = Purpose::ALL.get(purpose as usize).copied().unwrap_or(Purpose::NewToken);
    handle(client, Event::Ask(audience, purpose));
}

/// A token came and was verified. Equal users and equal roles have equal numbers.
#[no_mangle]
pub extern "C" fn minted(client: u32, mint: u32, user: u32, roles: u32, iat: f64, exp: f64) {
    handle(client, Event::Minted(mint, TokenFacts { user, roles, iat, exp }));
}

/// No token came, or one that did not verify.
#[no_mangle]
pub extern "C" fn failed(client: u32, mint: u32, fault: u32, status: u32, retry_after: f64) {
    let fault = Fault::ALL.get(fault as usize).copied().unwrap_or(Fault::Internal);
    let failure = Failure { fault, status: status as u16, retry_after: known(retry_after) };
    handle(client, Event::MintFailed(mint, failure));
}

/// Something happened: 0 to 2: another tab says so; then the numbers of `happening`; anything else is the end.
#[no_mangle]
pub extern "C" fn happens(client: u32, what: u32) {
    let event = match what {
        happening::SHOWN => Event::Woke,
        happening::HIDDEN => Event::Hidden,
        happening::DUE => Event::Due,
        happening::LOGGED_OUT => Event::LoggedOut,
        _ => News::read(what).map_or(Event::Disposed, Event::Heard),
    };
    handle(client, event);
}

/// The service's time in milliseconds since the epoch; the device's, until a token has told it.
#[export_name = "serverTime"]
pub extern "C" fn server_time(client: u32, monotonic: f64, wall: f64) -> f64 {
    at(client).session.server_time(Moment { monotonic, wall }).unwrap_or(wall)
}

/// How long to wait for a lock, in milliseconds.
#[no_mangle]
pub extern "C" fn patience(client: u32, now: f64) -> f64 {
    at(client).trust.patience(now)
}

/// What came of the wait for a lock.
#[export_name = "lockEnded"]
pub extern "C" fn lock_ended(client: u32, was_had: u32, now: f64) {
    at(client).trust.ended(was_had != 0, now);
}

fn handle(client: u32, event: Event) {
    let ClientCore { session, now, entropy, .. } = at(client);
    session.handle(event, *now, *entropy, &mut Page);
}

/// Where effects are carried out.
struct Page;

impl Effects for Page {
    // Where an effect is pushed it is known which one: inlined, nothing is left but one call.
    #[inline(always)]
    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Mint(number, audience) => mint(number as i32, audience as i32, 0),
            Effect::Verify(number, audience) => mint(number as i32, audience as i32, 1),
            Effect::Keep(number, audience) => keep(number as i32, audience as i32),
            Effect::Forget(audience) => forget(audience as i32),
            Effect::Answer(audience, purpose, verdict) => {
                answer(audience as i32, purpose as i32, answered::LAST, number(verdict));
            }
            Effect::AnswerAll(audience, purpose, verdict) => {
                answer(audience as i32, purpose as i32, answered::ALL, number(verdict));
            }
            Effect::Limited(fault, status, seconds) => limited(fault as i32, status.into(), seconds),
            Effect::Publish(Status::Unknown(fault)) => publish(0, number(fault.map_or(Ok(()), Err))),
            Effect::Publish(Status::Anonymous) => publish(1, number(Ok(()))),
            Effect::Publish(Status::Authenticated) => publish(2, number(Ok(()))),
            Effect::Renewed => renewed(),
            Effect::SignedIn(cause) => note(cause as i32, 0.0),
            Effect::SignedOut => note(noted::SIGNED_OUT, 0.0),
            Effect::UserChanged => note(noted::USER_CHANGED, 0.0),
            Effect::Skewed(seconds) => note(noted::SKEWED, seconds),
            Effect::Tell(news) => tell(news as i32),
            Effect::Limit(milliseconds) => limit(milliseconds),
            Effect::Report(fault) => report(fault as i32),
            Effect::Wake(milliseconds) => wake(milliseconds),
        }
    }
}

/// A number that JavaScript may not have.
fn known(number: f64) -> Option<f64> {
    Some(number).filter(|number| !number.is_nan())
}

/// A verdict for JavaScript: the number of the row, or -1.
fn number(verdict: Verdict) -> i32 {
    verdict.map_or_else(|fault| fault as i32, |()| -1)
}

/// What an answer of the service means; the numbers are those of [`Operation::ALL`] and the bits of [`Marks`].
#[export_name = "judgeReply"]
pub extern "C" fn judge_reply(operation: u32, status: u32, marks: u32) -> i32 {
    let Some(operation) = Operation::ALL.get(operation as usize) else { return Fault::Internal as i32 };
    number(judge(*operation, Reply { status: status as u16, marks: Marks(marks) }))
}

/// What the parameters of a callback mean, each as [`Parameter::read`] has it.
#[export_name = "judgeCallback"]
pub extern "C" fn judge_callback_numbers(code: u32, state: u32, error: u32) -> i32 {
    number(judge_callback(Parameter::read(code), Parameter::read(state), Parameter::read(error)))
}

/// How many seconds are left of a limit that ends at `until`; 0: none.
#[export_name = "limitLeft"]
pub extern "C" fn limit_left_of(until: f64, now: f64) -> f64 {
    limit_left(until, now)
}

/// Room for a text that is to be judged: a return-to has 500 characters, of up to twelve octets in a path.
const ROOM: usize = 8192;

/// A text that is to be judged, in UTF-8.
fn text(number: i32, room: &mut [u8; ROOM]) -> Option<&[u8]> {
    let length = read_text(number, host::room(room), ROOM as i32);
    room.get(..usize::try_from(length).ok()?)
}

/// A short mark of text 0, a `state`.
#[export_name = "stateMark"]
pub extern "C" fn mark_of_state() -> u64 {
    text(0, &mut [0; ROOM]).map_or(0, state_mark)
}

/// Whether text 0 is a safe return-to, in the origin that is text 1, with the callback page's path that is text 2, if what the host
/// makes of it has the path that is text 3; `stays` as [`Address`] has it.
#[export_name = "isSafeReturnTo"]
pub extern "C" fn judge_return_to(stays: u32) -> u32 {
    let mut rooms = [[0; ROOM]; 4];
    let [first, second, third, fourth] = &mut rooms;
    let texts = [text(0, first), text(1, second), text(2, third), text(3, fourth)];
    let [Some(text), Some(origin), Some(callback_path), Some(path)] = texts else { return 0 };
    is_safe_return_to(text, origin, callback_path, Address { path, stays: stays != 0 }).into()
}
