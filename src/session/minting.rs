//! Asking for tokens: who needs one, what came, and what did not.

use super::clock::ceil;
use super::event::{Audience, Cause, Effect, Effects, Moment, Purpose, Status, Waiter, OWN};
use super::failure::Failure;
use super::machine::{answer, Session, FREE};
use super::slot::{Healing, Slot};
use super::tabs::News;
use super::token::{Issued, TokenFacts};
use crate::error::Fault;

impl Session {
    pub(super) fn ask(&mut self, waiter: Waiter, purpose: Purpose, now: f64, effects: &mut dyn Effects) {
        let audience = purpose.audience();
        if self.slots.len() <= audience {
            self.slots.resize(audience + 1, Slot::EMPTY);
        }
        let Some(slot) = self.slots.get_mut(audience) else { return };
        let is_valid = slot.is_valid(now);
        let is_renewal_due = slot.next_mint.is_some_and(|at| now >= at);
        let is_enough = match purpose {
            Purpose::Start => is_valid,
            Purpose::Token { force, .. } => is_valid && !force && !is_renewal_due,
            Purpose::Callback => false,
        };
        if is_enough {
            effects.push(Effect::Answer(waiter, Ok(())));
            return;
        }
        // A mint that is under way is no request to come.
        if slot.mint.is_none() || purpose == Purpose::Callback {
            if let Some(error) = self.refusal_until(now) {
                effects.push(Effect::Answer(waiter, answer(purpose, is_valid, error)));
                return;
            }
        }
        let Some(slot) = self.slots.get_mut(audience) else { return };
        slot.waiters.push((waiter, purpose));
        // A mint that began before the callback may have seen no session yet.
        if slot.mint.is_none() || purpose == Purpose::Callback {
            self.begin_mint(audience, effects);
        }
    }

    pub(super) fn is_blocked(&self, now: f64) -> bool {
        now < self.blocked.0
    }

    /// What the service said when it asked for patience, with the time that is left.
    fn refusal_until(&self, now: f64) -> Option<Failure> {
        let (until, status) = self.blocked;
        if now >= until {
            return None;
        }
        let fault = if status == 503 { Fault::ServiceUnavailable } else { Fault::RateLimited };
        let retry_after = Some(ceil((until - now) / 1e3) as u32);
        Some(Failure { fault, status, retry_after })
    }

    /// Asks for a token; whatever was under way for this audience is thrown away when it comes.
    pub(super) fn begin_mint(&mut self, audience: Audience, effects: &mut dyn Effects) {
        self.mints = self.mints.wrapping_add(1);
        if let Some(slot) = self.slots.get_mut(audience) {
            slot.mint = Some(self.mints);
            slot.healing = Healing::No;
            slot.next_mint = None;
            effects.push(Effect::Mint(self.mints, audience));
        }
    }

    /// The audience of a mint; `None` if a logout, a callback or a later mint has overtaken it.
    fn audience_of(&self, mint: u32) -> Option<Audience> {
        self.slots.iter().position(|slot| slot.mint == Some(mint))
    }

    pub(super) fn minted(
        &mut self,
        mint: u32,
        facts: TokenFacts,
        now: Moment,
        entropy: f64,
        effects: &mut dyn Effects,
    ) {
        let Some(audience) = self.audience_of(mint) else { return };
        if let Some(error) = self.find_fault(facts, now) {
            return self.mint_failed(mint, error, now.monotonic, entropy, effects);
        }
        self.blocked = FREE;
        let has_news = self.slots.get(audience).is_some_and(|slot| slot.next_mint.is_some());
        if has_news && !self.config.renews {
            // Of another tab, or of a sleep, while it was under way: it may be of a session that is over.
            return self.begin_mint(audience, effects);
        }
        if let Some(seconds) = self.clock.learn(facts.iat, now, self.config.tolerance) {
            effects.push(Effect::Skewed(seconds));
        }
        let is_other_user = self.user.is_some_and(|user| user != facts.user);
        self.user = Some(facts.user);
        if is_other_user {
            self.change_user(audience, effects);
        }
        let issued = Issued { facts, at: now.monotonic };
        let next_mint = issued.renews(self.config.refresh_margin, entropy);
        let Some(slot) = self.slots.get_mut(audience) else { return };
        let has_same_roles = slot.token.replace(issued).is_some_and(|before| before.facts.roles == facts.roles);
        slot.mint = None;
        slot.healing = Healing::No;
        slot.failures = 0;
        slot.next_mint = Some(next_mint);
        let waiters = core::mem::take(&mut slot.waiters);
        effects.push(Effect::Keep(mint, audience));
        if audience == OWN {
            let is_login = waiters.iter().any(|(_, purpose)| *purpose == Purpose::Callback);
            self.establish(is_other_user, has_same_roles, is_login, effects);
        }
        // What was asked for as one user is not given as another.
        for (waiter, purpose) in waiters {
            let is_token = matches!(purpose, Purpose::Token { .. });
            let answer = if is_token && is_other_user { Err(Failure::new(Fault::UserChanged)) } else { Ok(()) };
            effects.push(Effect::Answer(waiter, answer));
        }
    }

    /// Nothing of the old user stays, whatever it was for; `audience` is the one whose token showed it.
    fn change_user(&mut self, audience: Audience, effects: &mut dyn Effects) {
        let is_login = |slot: &Slot| slot.waiters.iter().any(|(_, purpose)| *purpose == Purpose::Callback);
        if audience != OWN || !self.slots.first().is_some_and(is_login) {
            // Nobody here asked for another user: what is shown is of nobody for a moment.
            self.lose_token(None, effects);
        }
        for other in (0..self.slots.len()).filter(|other| *other != audience) {
            self.clear(other..other + 1, effects);
            let Some(slot) = self.slots.get_mut(other) else { continue };
            slot.waiters.retain(|(waiter, purpose)| {
                let is_token = matches!(purpose, Purpose::Token { .. });
                if is_token {
                    effects.push(Effect::Answer(*waiter, Err(Failure::new(Fault::UserChanged))));
                }
                !is_token
            });
        }
        if audience != OWN {
            // Whose session it is, is known; the token that says so is not there yet.
            effects.push(Effect::UserChanged);
            self.begin_mint(OWN, effects);
        }
    }

    /// The token that decides the status has come.
    fn establish(&mut self, is_other_user: bool, has_same_roles: bool, is_login: bool, effects: &mut dyn Effects) {
        let was_authenticated = matches!(self.status, Status::Authenticated);
        let is_login = is_login || core::mem::take(&mut self.config.is_after_login);
        let cause = match (is_login, self.pace.is_looking) {
            (true, _) => Cause::Login,
            (false, true) => Cause::OtherTab,
            (false, false) => Cause::Restored,
        };
        self.status = Status::Authenticated;
        self.pace.end(is_other_user || !was_authenticated);
        if was_authenticated && has_same_roles && !is_other_user {
            effects.push(Effect::Renewed);
        } else {
            effects.push(Effect::Publish(self.status));
            effects.push(match (is_other_user, was_authenticated) {
                (true, _) => Effect::UserChanged,
                (false, true) => Effect::Renewed,
                (false, false) => Effect::SignedIn(cause),
            });
        }
        if is_login {
            effects.push(Effect::Tell(if is_other_user { News::UserChanged } else { News::SignedIn }));
        }
    }

    /// What only the machine can see to be wrong with a token that verified.
    fn find_fault(&self, facts: TokenFacts, now: Moment) -> Option<Failure> {
        // Also if one is no number.
        if facts.exp.partial_cmp(&facts.iat) != Some(core::cmp::Ordering::Greater) {
            return Some(Failure::new(Fault::Expired));
        }
        match self.server_time(now) {
            // Handed out before the last one: somebody kept it.
            Some(time) if facts.iat * 1e3 < time - self.config.tolerance - 1e3 => Some(Failure::new(Fault::TooOld)),
            _ => None,
        }
    }

    pub(super) fn mint_failed(&mut self, mint: u32, error: Failure, now: f64, entropy: f64, effects: &mut dyn Effects) {
        let Some(audience) = self.audience_of(mint) else { return };
        if error.fault == Fault::LoginRequired {
            return self.no_session(error, effects);
        }
        let Some(slot) = self.slots.get_mut(audience) else { return };
        if error.fault == Fault::KeyNotFound && slot.heal(now) {
            return;
        }
        slot.mint = None;
        slot.healing = Healing::No;
        let pause = slot.back_off(entropy);
        let is_valid = slot.is_valid(now);
        let waiters = core::mem::take(&mut slot.waiters);
        let wait = self.respect(error, pause, now, effects);
        if let Some(slot) = self.slots.get_mut(audience) {
            slot.next_mint = Some(now + wait + pause);
        }
        if audience == OWN {
            if !is_valid {
                self.lose_token(Some(error), effects);
            }
            self.pace.end(false);
            effects.push(Effect::Report(error));
        }
        for (waiter, purpose) in waiters {
            effects.push(Effect::Answer(waiter, answer(purpose, is_valid, error)));
        }
    }

    /// The service has said so.
    fn no_session(&mut self, error: Failure, effects: &mut dyn Effects) {
        let was_authenticated = matches!(self.status, Status::Authenticated);
        if was_authenticated && self.pace.heard_sign_out {
            // In another tab: what was asked for before ends as it does in that one.
            return self.end(Failure::new(Fault::SignedOut), effects);
        }
        if was_authenticated && !self.pace.is_looking {
            effects.push(Effect::Tell(News::SignedOut));
        }
        self.end(error, effects);
    }

    /// Keeps to what the service said about when to come again; how long that is.
    fn respect(&mut self, error: Failure, pause: f64, now: f64, effects: &mut dyn Effects) -> f64 {
        let is_limit = error.fault == Fault::RateLimited;
        let wait = match error.retry_after {
            Some(seconds) if is_limit || error.fault == Fault::ServiceUnavailable => f64::from(seconds) * 1e3,
            None if is_limit => pause,
            _ => return 0.0,
        };
        self.blocked = (now + wait, if is_limit { error.status } else { 503 });
        // Without a status it was another tab that was told, and that tab has passed it on.
        if error.status != 0 {
            effects.push(Effect::Limit(wait));
        }
        wait
    }
}
