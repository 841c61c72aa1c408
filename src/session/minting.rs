//! Asking for tokens: who needs one, what came, and what did not.

use super::event::{Audience, Cause, Effect, Moment, Purpose, Status, Waiter, OWN};
use super::machine::{answer, Session, FREE};
use super::slot::{Healing, Slot};
use super::tabs::News;
use super::token::{Issued, TokenFacts};
use crate::error::{Error, Fault, Refusal};

impl Session {
    pub(super) fn ask(&mut self, waiter: Waiter, purpose: Purpose, now: f64, effects: &mut Vec<Effect>) {
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
                effects.push(Effect::Answer(waiter, answer(purpose, is_valid, &error)));
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
    fn refusal_until(&self, now: f64) -> Option<Error> {
        let (until, status) = self.blocked;
        if now >= until {
            return None;
        }
        let fault = if status == 503 { Fault::ServiceUnavailable } else { Fault::RateLimited };
        let retry_after = Some(((until - now) / 1e3).ceil());
        Some(Error::refused(fault, Refusal { status, retry_after, ..Refusal::default() }))
    }

    /// Asks for a token; whatever was under way for this audience is thrown away when it comes.
    pub(super) fn begin_mint(&mut self, audience: Audience, effects: &mut Vec<Effect>) {
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
        effects: &mut Vec<Effect>,
    ) {
        let Some(audience) = self.audience_of(mint) else { return };
        if let Some(error) = self.find_fault(&facts, now) {
            return self.mint_failed(mint, error, now.monotonic, entropy, effects);
        }
        self.blocked = FREE;
        if let Some(seconds) = self.clock.learn(facts.iat, now, self.config.tolerance) {
            effects.push(Effect::Skewed(seconds));
        }
        let is_other_user = self.user.as_ref().is_some_and(|user| *user != facts.sub);
        self.user = Some(facts.sub.clone());
        if is_other_user {
            self.change_user(audience, effects);
        }
        let issued = Issued { facts, at: now.monotonic };
        let next_mint = issued.renews(self.config.refresh_margin, entropy);
        let Some(slot) = self.slots.get_mut(audience) else { return };
        let before = slot.token.replace(issued);
        let has_same_roles = before.is_some_and(|before| slot.has_roles_of(&before));
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
        effects.extend(waiters.into_iter().map(|(waiter, purpose)| match purpose {
            Purpose::Token { .. } if is_other_user => Effect::Answer(waiter, Err(Error::new(Fault::UserChanged))),
            _ => Effect::Answer(waiter, Ok(())),
        }));
    }

    /// Nothing of the old user stays, whatever it was for; `audience` is the one whose token showed it.
    fn change_user(&mut self, audience: Audience, effects: &mut Vec<Effect>) {
        let is_login = |slot: &Slot| slot.waiters.iter().any(|(_, purpose)| *purpose == Purpose::Callback);
        if audience != OWN || !self.slots.first().is_some_and(is_login) {
            // Nobody here asked for another user: what is shown is of nobody for a moment.
            self.lose_token(None, effects);
        }
        for other in (0..self.slots.len()).filter(|other| *other != audience) {
            self.clear(other..other + 1, effects);
            let Some(slot) = self.slots.get_mut(other) else { continue };
            let (starting, tokens): (Vec<_>, Vec<_>) =
                slot.waiters.drain(..).partition(|(_, purpose)| !matches!(purpose, Purpose::Token { .. }));
            slot.waiters = starting;
            effects.extend(
                tokens.into_iter().map(|(waiter, _)| Effect::Answer(waiter, Err(Error::new(Fault::UserChanged)))),
            );
        }
        if audience != OWN {
            // Whose session it is, is known; the token that says so is not there yet.
            effects.push(Effect::UserChanged);
            self.begin_mint(OWN, effects);
        }
    }

    /// The token that decides the status has come.
    fn establish(&mut self, is_other_user: bool, has_same_roles: bool, is_login: bool, effects: &mut Vec<Effect>) {
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
            effects.push(Effect::Publish(self.status.clone()));
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
    fn find_fault(&self, facts: &TokenFacts, now: Moment) -> Option<Error> {
        // Also if one is no number.
        if facts.exp.partial_cmp(&facts.iat) != Some(core::cmp::Ordering::Greater) {
            return Some(Error::new(Fault::Expired));
        }
        match self.server_time(now) {
            // Handed out before the last one: somebody kept it.
            Some(time) if facts.iat * 1e3 < time - self.config.tolerance - 1e3 => Some(Error::new(Fault::TooOld)),
            _ => None,
        }
    }

    pub(super) fn mint_failed(&mut self, mint: u32, error: Error, now: f64, entropy: f64, effects: &mut Vec<Effect>) {
        let Some(audience) = self.audience_of(mint) else { return };
        if error.is(Fault::LoginRequired) {
            return self.no_session(&error, effects);
        }
        let Some(slot) = self.slots.get_mut(audience) else { return };
        if error.is(Fault::KeyNotFound) && slot.heal(now) {
            return;
        }
        slot.mint = None;
        slot.healing = Healing::No;
        let pause = slot.back_off(entropy);
        let is_valid = slot.is_valid(now);
        let waiters = core::mem::take(&mut slot.waiters);
        let wait = self.respect(&error, pause, now, effects);
        if let Some(slot) = self.slots.get_mut(audience) {
            slot.next_mint = Some(now + wait + pause);
        }
        if audience == OWN {
            if !is_valid {
                self.lose_token(Some(error.clone()), effects);
            }
            self.pace.end(false);
            effects.push(Effect::Report(error.clone()));
        }
        let answers = waiters.into_iter().map(|(waiter, purpose)| (waiter, answer(purpose, is_valid, &error)));
        effects.extend(answers.map(|(waiter, answer)| Effect::Answer(waiter, answer)));
    }

    /// The service has said so.
    fn no_session(&mut self, error: &Error, effects: &mut Vec<Effect>) {
        let was_authenticated = matches!(self.status, Status::Authenticated);
        if was_authenticated && self.pace.heard_sign_out {
            // In another tab: what was asked for before ends as it does in that one.
            return self.end(&Error::new(Fault::SignedOut), effects);
        }
        if was_authenticated && !self.pace.is_looking {
            effects.push(Effect::Tell(News::SignedOut));
        }
        self.end(error, effects);
    }

    /// Keeps to what the service said about when to come again; how long that is.
    fn respect(&mut self, error: &Error, pause: f64, now: f64, effects: &mut Vec<Effect>) -> f64 {
        let is_limit = error.is(Fault::RateLimited);
        let Some(refusal) = error.refusal().filter(|_| is_limit || error.is(Fault::ServiceUnavailable)) else {
            return 0.0;
        };
        let wait = match refusal.retry_after {
            Some(seconds) => seconds * 1e3,
            None if is_limit => pause,
            None => return 0.0,
        };
        self.blocked = (now + wait, if is_limit { refusal.status } else { 503 });
        // Without a status it was another tab that was told, and that tab has passed it on.
        if refusal.status != 0 {
            effects.push(Effect::Limit(wait));
        }
        wait
    }
}

impl Slot {
    fn has_roles_of(&self, before: &Issued) -> bool {
        self.token.as_ref().is_some_and(|token| token.facts.roles == before.facts.roles)
    }
}
