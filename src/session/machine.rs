//! The state machine: what is known, and what each event means for it. `minting.rs` has the part that asks for tokens.

use super::clock::ServerClock;
use super::event::{Audience, Config, Effect, Effects, Event, Moment, Purpose, Status, OWN};
use super::slot::{Healing, Slot, NEVER};
use super::tabs::{News, Pace};
use super::token::User;
use crate::error::Fault;

/// Timers of the web overflow above this and fire at once.
const LONGEST_TIMER: f64 = 2_147_483_647.0;

/// The service may be asked at any time.
pub(super) const FREE: (f64, u16) = (f64::NEG_INFINITY, 0);

/// The session of one page. Memory is a parameter of it as time is: see [`Session::move_to`].
#[derive(Debug)]
pub struct Session<'room> {
    pub(super) config: Config,
    pub(super) status: Status,
    /// Whose session it is, as far as is known. Outlives an expired token: whoever comes back may be somebody else.
    pub(super) user: Option<User>,
    /// One for each audience that was asked for, and some to spare; the first is [`OWN`].
    pub(super) slots: &'room mut [Slot],
    pub(super) mints: u32,
    pub(super) clock: ServerClock,
    pub(super) pace: Pace,
    /// Until when the service wants no request, and the status with which it said so; 0: to another tab.
    pub(super) blocked: (f64, u16),
    /// Nothing is sent before somebody has asked for something.
    was_asked: bool,
    is_hidden: bool,
    is_disposed: bool,
}

impl<'room> Session<'room> {
    /// Nothing is known yet. There have to be as many slots, all of them empty, as there are audiences.
    pub fn new(config: Config, slots: &'room mut [Slot]) -> Self {
        Self {
            config,
            status: Status::Unknown(None),
            user: None,
            slots,
            mints: 0,
            clock: ServerClock::default(),
            pace: Pace::NEW,
            blocked: FREE,
            was_asked: false,
            is_hidden: false,
            is_disposed: false,
        }
    }

    /// For how many audiences there is room.
    #[must_use]
    pub fn room(&self) -> usize {
        self.slots.len()
    }

    /// Moves to more slots, all of them empty. Gives the old ones.
    pub fn move_to(&mut self, slots: &'room mut [Slot]) -> &'room mut [Slot] {
        for (new, old) in slots.iter_mut().zip(self.slots.iter()) {
            new.clone_from(old);
        }
        core::mem::replace(&mut self.slots, slots)
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// The service's time in milliseconds since the epoch, once a token has told it.
    #[must_use]
    pub fn server_time(&self, now: Moment) -> Option<f64> {
        self.clock.time(now)
    }

    /// Takes in what happened at `now`, and says what has to be done. `entropy` is a number from 0 to 1.
    pub fn handle(&mut self, event: Event, now: Moment, entropy: f64, effects: &mut impl Effects) {
        if self.is_disposed {
            if let Event::Ask(audience, purpose) = event {
                effects.push(Effect::Answer(audience, purpose, Err(Fault::Disposed)));
            }
            return;
        }
        match event {
            Event::Ask(audience, purpose) => {
                self.was_asked = true;
                self.notice_sleep(now);
                self.ask(audience, purpose, now.monotonic, effects);
            }
            Event::Minted(mint, facts) => self.minted(mint, facts, now, entropy, effects),
            Event::MintFailed(mint, failure) => self.mint_failed(mint, failure, now.monotonic, entropy, effects),
            Event::LoggedOut => {
                effects.push(Effect::Tell(News::SignedOut));
                self.end(Fault::SignedOut, effects);
            }
            Event::Heard(news) => self.heard(news, now.monotonic, effects),
            Event::Due => self.due(now, effects),
            Event::Woke => self.wake(now, effects),
            Event::Hidden => self.is_hidden = true,
            Event::Disposed => {
                self.is_disposed = true;
                self.forget_all(effects);
                self.answer_everybody(Fault::Disposed, effects);
            }
        }
        effects.push(Effect::Wake(self.next_look(now.monotonic)));
    }

    fn heard(&mut self, news: News, now: f64, effects: &mut impl Effects) {
        let is_known = matches!(self.status, Status::Anonymous) && news == News::SignedOut;
        if !self.was_asked || is_known {
            return;
        }
        if !self.config.renews {
            // No request that nobody asked for; but the next to ask gets no token of before.
            self.slots.iter_mut().for_each(|slot| slot.next_mint = now);
            return;
        }
        self.pace.heard(news, now);
        self.look(now, effects);
    }

    /// Looks at the service because another tab said so, if it is time.
    fn look(&mut self, now: f64, effects: &mut impl Effects) {
        if self.is_blocked(now) || now < self.pace.due {
            return;
        }
        self.pace.begin(now);
        // Also if a mint is under way: it began before the news, and what it brings may be of a session that is over.
        for audience in 0..self.slots.len() {
            if audience == OWN || self.slots.get(audience).is_some_and(|slot| slot.mint.is_some()) {
                self.begin_mint(audience, effects);
            }
        }
    }

    fn wake(&mut self, now: Moment, effects: &mut impl Effects) {
        self.is_hidden = false;
        if let Some(own) = self.slots.first_mut() {
            // The network may be back: no use in waiting for the end of a pause.
            if own.failures > 0 && own.next_mint < NEVER {
                own.next_mint = own.next_mint.min(now.monotonic);
            }
        }
        self.due(now, effects);
    }

    fn due(&mut self, now: Moment, effects: &mut impl Effects) {
        self.notice_sleep(now);
        let now = now.monotonic;
        self.drop_expired(now, effects);
        self.go_on_healing(now, effects);
        self.look(now, effects);
        let renews = self.config.renews && !self.is_hidden && !self.is_blocked(now);
        if renews && self.slots.first().is_some_and(|own| own.mint.is_none() && now >= own.next_mint) {
            self.begin_mint(OWN, effects);
        }
    }

    fn notice_sleep(&mut self, now: Moment) {
        if self.clock.has_jumped(now) {
            let slots = self.slots.iter_mut().filter(|slot| slot.has_token());
            slots.for_each(|slot| slot.next_mint = now.monotonic);
        }
    }

    fn drop_expired(&mut self, now: f64, effects: &mut impl Effects) {
        for audience in 0..self.slots.len() {
            let Some(slot) = self.slots.get_mut(audience) else { continue };
            if !slot.has_token() || slot.is_valid(now) {
                continue;
            }
            if audience == OWN {
                self.lose_token(None, effects);
            } else {
                slot.drop_token();
                effects.push(Effect::Forget(audience));
            }
        }
    }

    fn go_on_healing(&mut self, now: f64, effects: &mut impl Effects) {
        for audience in 0..self.slots.len() {
            let Some(slot) = self.slots.get_mut(audience).filter(|slot| now >= slot.heals) else { continue };
            slot.heals = NEVER;
            match (slot.healing, slot.mint) {
                (Healing::Verify, Some(mint)) => {
                    slot.healing = Healing::Verifying;
                    effects.push(Effect::Verify(mint, audience));
                }
                _ => {
                    self.begin_mint(audience, effects);
                    if let Some(slot) = self.slots.get_mut(audience) {
                        slot.healing = Healing::Minting;
                    }
                }
            }
        }
    }

    /// There is no session any more, or there was none.
    pub(super) fn end(&mut self, why: Fault, effects: &mut impl Effects) {
        let was = core::mem::replace(&mut self.status, Status::Anonymous);
        self.user = None;
        self.config.is_after_login = false;
        let is_known = matches!(was, Status::Anonymous);
        self.pace.end(!is_known);
        self.forget_all(effects);
        if !is_known {
            effects.push(Effect::Publish(self.status));
        }
        if matches!(was, Status::Authenticated) {
            effects.push(Effect::SignedOut);
        }
        self.answer_everybody(why, effects);
    }

    /// The token has expired, or never came: nothing is known. Who was signed in may still be.
    pub(super) fn lose_token(&mut self, why: Option<Fault>, effects: &mut impl Effects) {
        if self.slots.first_mut().is_some_and(Slot::drop_token) {
            effects.push(Effect::Forget(OWN));
        }
        let status = Status::Unknown(why);
        if self.status != status {
            self.status = status;
            effects.push(Effect::Publish(status));
        }
    }

    /// Forgets all tokens, and what is on its way.
    fn forget_all(&mut self, effects: &mut impl Effects) {
        for audience in 0..self.slots.len() {
            self.forget(audience, effects);
        }
    }

    pub(super) fn forget(&mut self, audience: Audience, effects: &mut impl Effects) {
        if self.slots.get_mut(audience).is_some_and(Slot::clear) {
            effects.push(Effect::Forget(audience));
        }
    }

    fn answer_everybody(&mut self, why: Fault, effects: &mut impl Effects) {
        for audience in 0..self.slots.len() {
            self.answer_all(audience, &Purpose::ALL, Some(why), effects);
        }
    }

    /// Answers who waits for one of these purposes: that there is a token, or why not.
    pub(super) fn answer_all(
        &mut self,
        audience: Audience,
        purposes: &[Purpose],
        why: Option<Fault>,
        effects: &mut impl Effects,
    ) {
        let Some(slot) = self.slots.get_mut(audience) else { return };
        for purpose in purposes {
            if *purpose == Purpose::Callback {
                slot.is_login = false;
            }
            effects.push(Effect::AnswerAll(audience, *purpose, purpose.answer(why)));
        }
    }

    fn next_look(&self, now: f64) -> f64 {
        if self.is_disposed {
            return NEVER;
        }
        let free = self.blocked.0;
        let mut next = self.slots.iter().map(|slot| slot.heals).fold(self.pace.due.max(free), f64::min);
        if let (Some(own), true) = (self.slots.first(), self.config.renews) {
            if own.has_token() {
                next = next.min(own.expires);
            }
            if own.mint.is_none() && !self.is_hidden {
                next = next.min(own.next_mint.max(free));
            }
        }
        if next < NEVER {
            (next - now).clamp(1.0, LONGEST_TIMER)
        } else {
            NEVER
        }
    }
}
