//! The state machine: what is known, and what each event means for it. `minting.rs` has the part that asks for tokens.

use super::clock::ServerClock;
use super::event::{Audience, Config, Effect, Effects, Event, Moment, Purpose, Status, OWN};
use super::failure::Failure;
use super::slot::{Healing, Slot};
use super::tabs::{News, Pace};
use super::token::User;
use crate::error::Fault;
use alloc::vec;
use alloc::vec::Vec;

/// Timers of the web overflow above this and fire at once.
const LONGEST_TIMER: f64 = 2_147_483_647.0;

/// The service may be asked at any time.
pub(super) const FREE: (f64, u16) = (f64::NEG_INFINITY, 0);

/// The session of one page.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    pub(super) config: Config,
    pub(super) status: Status,
    /// Whose session it is, as far as is known. Outlives an expired token: whoever comes back may be somebody else.
    pub(super) user: Option<User>,
    /// One for each audience that was asked for; the first is [`OWN`].
    pub(super) slots: Vec<Slot>,
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

impl Session {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            status: Status::Unknown(None),
            user: None,
            slots: vec![Slot::EMPTY],
            mints: 0,
            clock: ServerClock::default(),
            pace: Pace::NEW,
            blocked: FREE,
            was_asked: false,
            is_hidden: false,
            is_disposed: false,
        }
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
    pub fn handle(&mut self, event: Event, now: Moment, entropy: f64, effects: &mut dyn Effects) {
        if self.is_disposed {
            if let Event::Ask(waiter, _) = event {
                effects.push(Effect::Answer(waiter, Err(Failure::new(Fault::Disposed))));
            }
            return;
        }
        match event {
            Event::Ask(waiter, purpose) => {
                self.was_asked = true;
                self.notice_sleep(now);
                self.ask(waiter, purpose, now.monotonic, effects);
            }
            Event::Minted(mint, facts) => self.minted(mint, facts, now, entropy, effects),
            Event::MintFailed(mint, error) => self.mint_failed(mint, error, now.monotonic, entropy, effects),
            Event::LoggedOut => {
                effects.push(Effect::Tell(News::SignedOut));
                self.end(Failure::new(Fault::SignedOut), effects);
            }
            Event::Heard(news) => self.heard(news, now.monotonic, effects),
            Event::Due => self.due(now, effects),
            Event::Woke => self.wake(now, effects),
            Event::Hidden => self.is_hidden = true,
            Event::Disposed => self.dispose(effects),
        }
        effects.push(Effect::Wake(self.next_look(now.monotonic)));
    }

    fn heard(&mut self, news: News, now: f64, effects: &mut dyn Effects) {
        let is_known = matches!(self.status, Status::Anonymous) && news == News::SignedOut;
        if !self.was_asked || is_known {
            return;
        }
        if !self.config.renews {
            // No request that nobody asked for; but the next to ask gets no token of before.
            self.slots.iter_mut().for_each(|slot| slot.next_mint = Some(now));
            return;
        }
        self.pace.heard(news, now);
        self.look(now, effects);
    }

    /// Looks at the service because another tab said so, if it is time.
    fn look(&mut self, now: f64, effects: &mut dyn Effects) {
        if self.is_blocked(now) || !self.pace.due().is_some_and(|at| now >= at) {
            return;
        }
        self.pace.begin(now);
        // Also if a mint is under way: it began before the news, and what it brings may be of a session that is over.
        self.begin_mint(OWN, effects);
        for audience in 1..self.slots.len() {
            if self.slots.get(audience).is_some_and(|slot| slot.mint.is_some()) {
                self.begin_mint(audience, effects);
            }
        }
    }

    fn wake(&mut self, now: Moment, effects: &mut dyn Effects) {
        self.is_hidden = false;
        if let Some(own) = self.slots.first_mut() {
            // The network may be back: no use in waiting for the end of a pause.
            if own.failures > 0 {
                own.next_mint = own.next_mint.map(|at| at.min(now.monotonic));
            }
        }
        self.due(now, effects);
    }

    fn due(&mut self, now: Moment, effects: &mut dyn Effects) {
        self.notice_sleep(now);
        let now = now.monotonic;
        self.drop_expired(now, effects);
        self.go_on_healing(now, effects);
        self.look(now, effects);
        if self.renews_now() && !self.is_blocked(now) && self.slots.first().is_some_and(|own| own.is_mint_due(now)) {
            self.begin_mint(OWN, effects);
        }
    }

    /// A hidden page is renewed when it is shown; a client on demand when somebody asks.
    fn renews_now(&self) -> bool {
        self.config.renews && !self.is_hidden
    }

    fn notice_sleep(&mut self, now: Moment) {
        if self.clock.has_jumped(now) {
            let slots = self.slots.iter_mut().filter(|slot| slot.token.is_some());
            slots.for_each(|slot| slot.next_mint = Some(now.monotonic));
        }
    }

    fn drop_expired(&mut self, now: f64, effects: &mut dyn Effects) {
        for audience in 0..self.slots.len() {
            let Some(slot) = self.slots.get_mut(audience) else { continue };
            if slot.token.is_none() || slot.is_valid(now) {
                continue;
            }
            if audience == OWN {
                self.lose_token(None, effects);
            } else {
                slot.token = None;
                effects.push(Effect::Forget(audience));
            }
        }
    }

    fn go_on_healing(&mut self, now: f64, effects: &mut dyn Effects) {
        for audience in 0..self.slots.len() {
            let Some(slot) = self.slots.get_mut(audience).filter(|slot| slot.heals().is_some_and(|at| now >= at))
            else {
                continue;
            };
            match (slot.healing, slot.mint) {
                (Healing::Verify(_), Some(mint)) => {
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
    pub(super) fn end(&mut self, error: Failure, effects: &mut dyn Effects) {
        let was = core::mem::replace(&mut self.status, Status::Anonymous);
        self.user = None;
        self.config.is_after_login = false;
        self.clear(OWN..self.slots.len(), effects);
        if !matches!(was, Status::Anonymous) {
            effects.push(Effect::Publish(self.status));
        }
        if matches!(was, Status::Authenticated) {
            effects.push(Effect::SignedOut);
        }
        self.pace.end(!matches!(was, Status::Anonymous));
        self.answer_all(effects, |purpose| answer(purpose, false, error));
    }

    /// Forgets the tokens for some audiences, and what is on its way for them.
    pub(super) fn clear(&mut self, audiences: core::ops::Range<Audience>, effects: &mut dyn Effects) {
        for audience in audiences {
            if self.slots.get_mut(audience).is_some_and(Slot::clear) {
                effects.push(Effect::Forget(audience));
            }
        }
    }

    /// The token has expired, or never came: nothing is known. Who was signed in may still be.
    pub(super) fn lose_token(&mut self, error: Option<Failure>, effects: &mut dyn Effects) {
        if self.slots.first_mut().and_then(|own| own.token.take()).is_some() {
            effects.push(Effect::Forget(OWN));
        }
        let fault = |error: Option<Failure>| error.map(|error| error.fault);
        let is_known = matches!(self.status, Status::Unknown(before) if fault(before) == fault(error));
        if !is_known {
            self.status = Status::Unknown(error);
            effects.push(Effect::Publish(self.status));
        }
    }

    pub(super) fn answer_all(&mut self, effects: &mut dyn Effects, answer: impl Fn(Purpose) -> Result<(), Failure>) {
        for slot in &mut self.slots {
            for (waiter, purpose) in core::mem::take(&mut slot.waiters) {
                effects.push(Effect::Answer(waiter, answer(purpose)));
            }
        }
    }

    fn dispose(&mut self, effects: &mut dyn Effects) {
        self.is_disposed = true;
        self.answer_all(effects, |_| Err(Failure::new(Fault::Disposed)));
        self.clear(OWN..self.slots.len(), effects);
    }

    fn next_look(&self, now: f64) -> f64 {
        if self.is_disposed {
            return f64::INFINITY;
        }
        let at = |moment: Option<f64>| moment.unwrap_or(f64::INFINITY);
        let free = self.blocked.0;
        let mut next = self.slots.iter().map(|slot| at(slot.heals())).fold(at(self.pace.due()).max(free), f64::min);
        if let (Some(own), true) = (self.slots.first(), self.config.renews) {
            next = next.min(at(own.token.map(|token| token.expires())));
            if own.mint.is_none() && !self.is_hidden {
                next = next.min(at(own.next_mint).max(free));
            }
        }
        if next.is_finite() {
            (next - now).clamp(1.0, LONGEST_TIMER)
        } else {
            f64::INFINITY
        }
    }
}

/// What a failure means for somebody who waits: a token that is still valid outlives it.
pub(super) fn answer(purpose: Purpose, is_valid: bool, error: Failure) -> Result<(), Failure> {
    match purpose {
        // Any state is an answer, but for a page where no token can ever be verified.
        Purpose::Start if error.fault == Fault::NoEngine => Err(error),
        Purpose::Start => Ok(()),
        Purpose::Token { force: false, .. } if is_valid => Ok(()),
        Purpose::Token { .. } | Purpose::Callback => Err(error),
    }
}
