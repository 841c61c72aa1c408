//! Asking for tokens: who needs one, what came, and what did not.

use super::clock::ceil;
use super::event::{Audience, Cause, Effect, Effects, Moment, Purpose, Status, OWN};
use super::failure::Failure;
use super::machine::{Session, FREE};
use super::slot::NEVER;
use super::tabs::News;
use super::token::TokenFacts;
use crate::error::Fault;

impl Session<'_> {
    pub(super) fn ask(&mut self, audience: Audience, purpose: Purpose, now: f64, effects: &mut impl Effects) {
        let Some(slot) = self.slots.get_mut(audience) else { return };
        let is_valid = slot.is_valid(now);
        let is_enough = match purpose {
            Purpose::Start => is_valid,
            Purpose::Token => is_valid && now < slot.next_mint,
            Purpose::Callback | Purpose::NewToken => false,
        };
        if is_enough {
            effects.push(Effect::Answer(audience, purpose, Ok(())));
            return;
        }
        // A mint that began before the callback may have seen no session yet.
        if slot.mint.is_none() || purpose == Purpose::Callback {
            // A mint that is under way is no request to come.
            if let Some(fault) = self.refusal(now, effects) {
                let why = Some(fault).filter(|_| !(is_valid && purpose == Purpose::Token));
                effects.push(Effect::Answer(audience, purpose, purpose.answer(why)));
                return;
            }
            self.begin_mint(audience, effects);
        }
        if let (Some(slot), Purpose::Callback) = (self.slots.get_mut(audience), purpose) {
            slot.is_login = true;
        }
    }

    pub(super) fn is_blocked(&self, now: f64) -> bool {
        now < self.blocked.0
    }

    /// What the service said when it asked for patience, unless that is over.
    fn refusal(&self, now: f64, effects: &mut impl Effects) -> Option<Fault> {
        let (until, status) = self.blocked;
        if now >= until {
            return None;
        }
        let fault = if status == 503 { Fault::ServiceUnavailable } else { Fault::RateLimited };
        effects.push(Effect::Limited(fault, status, ceil((until - now) / 1e3)));
        Some(fault)
    }

    /// Asks for a token; whatever was under way for this audience is thrown away when it comes.
    pub(super) fn begin_mint(&mut self, audience: Audience, effects: &mut impl Effects) {
        self.mints = self.mints.wrapping_add(1);
        if let Some(slot) = self.slots.get_mut(audience) {
            slot.begin(Some(self.mints), NEVER);
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
        effects: &mut impl Effects,
    ) {
        let Some(audience) = self.audience_of(mint) else { return };
        if let Some(fault) = self.find_fault(facts, now) {
            return self.mint_failed(mint, Failure::new(fault), now.monotonic, entropy, effects);
        }
        let has_news = self.slots.get(audience).is_some_and(|slot| slot.next_mint < NEVER);
        if has_news && !self.config.renews {
            // Of another tab, or of a sleep, while it was under way: it may be of a session that is over.
            return match self.refusal(now.monotonic, effects) {
                None => self.begin_mint(audience, effects),
                Some(fault) => {
                    let (until, status) = self.blocked;
                    let retry_after = Some((until - now.monotonic) / 1e3);
                    self.mint_failed(mint, Failure { fault, status, retry_after }, now.monotonic, entropy, effects);
                }
            };
        }
        self.blocked = FREE;
        if let Some(seconds) = self.clock.learn(facts.iat, now, self.config.tolerance) {
            effects.push(Effect::Skewed(seconds));
        }
        let is_other_user = self.user.is_some_and(|user| user != facts.user);
        self.user = Some(facts.user);
        if is_other_user {
            self.change_user(audience, effects);
        }
        let Some(slot) = self.slots.get_mut(audience) else { return };
        let has_same_roles = slot.has_token() && slot.roles == facts.roles;
        let is_login = slot.is_login;
        slot.expires = now.monotonic + facts.lifetime();
        slot.roles = facts.roles;
        slot.failures = 0;
        slot.begin(None, now.monotonic + facts.renews(self.config.refresh_margin, entropy));
        effects.push(Effect::Keep(mint, audience));
        if audience == OWN {
            self.establish(is_other_user, has_same_roles, is_login, effects);
        }
        // What was asked for as one user is not given as another.
        let why = if is_other_user { Some(Fault::UserChanged) } else { None };
        self.answer_all(audience, &Purpose::ALL, why, effects);
    }

    /// Nothing of the old user stays, whatever it was for; `audience` is the one whose token showed it.
    fn change_user(&mut self, audience: Audience, effects: &mut impl Effects) {
        let is_login = self.slots.first().is_some_and(|own| own.is_login);
        for other in 0..self.slots.len() {
            if other != audience {
                self.forget(other, effects);
                self.answer_all(other, &Purpose::TOKENS, Some(Fault::UserChanged), effects);
            }
        }
        if audience != OWN || !is_login {
            // Nobody here asked for another user: what is shown is of nobody for a moment.
            self.lose_token(None, effects);
        }
        if audience != OWN {
            // Whose session it is, is known; the token that says so is not there yet.
            effects.push(Effect::UserChanged);
            self.begin_mint(OWN, effects);
        }
    }

    /// The token that decides the status has come.
    fn establish(&mut self, is_other_user: bool, has_same_roles: bool, is_login: bool, effects: &mut impl Effects) {
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
    fn find_fault(&self, facts: TokenFacts, now: Moment) -> Option<Fault> {
        // Also if one is no number.
        if facts.exp.partial_cmp(&facts.iat) != Some(core::cmp::Ordering::Greater) {
            return Some(Fault::Expired);
        }
        match self.server_time(now) {
            // Handed out before the last one: somebody kept it.
            Some(time) if facts.iat * 1e3 < time - self.config.tolerance - 1e3 => Some(Fault::TooOld),
            _ => None,
        }
    }

    pub(super) fn mint_failed(
        &mut self,
        mint: u32,
        failure: Failure,
        now: f64,
        entropy: f64,
        effects: &mut impl Effects,
    ) {
        let fault = failure.fault;
        let Some(audience) = self.audience_of(mint) else { return };
        if fault == Fault::LoginRequired {
            return self.no_session(effects);
        }
        let Some(slot) = self.slots.get_mut(audience) else { return };
        if fault == Fault::KeyNotFound && slot.heal(now) {
            return;
        }
        let pause = slot.back_off(entropy);
        let is_valid = slot.is_valid(now);
        let wait = self.respect(failure, pause, now, effects);
        if let Some(slot) = self.slots.get_mut(audience) {
            slot.begin(None, now + wait + pause);
        }
        if audience == OWN {
            if !is_valid {
                self.lose_token(Some(fault), effects);
            }
            self.pace.end(false);
            effects.push(Effect::Report(fault));
        }
        if is_valid {
            // A token that is still valid outlives it.
            self.answer_all(audience, &[Purpose::Token], None, effects);
        }
        self.answer_all(audience, &Purpose::ALL, Some(fault), effects);
    }

    /// The service has said so.
    fn no_session(&mut self, effects: &mut impl Effects) {
        let mut why = Fault::LoginRequired;
        if matches!(self.status, Status::Authenticated) {
            if self.pace.heard_sign_out {
                // In another tab: what was asked for before ends as it does in that one.
                why = Fault::SignedOut;
            } else if !self.pace.is_looking {
                effects.push(Effect::Tell(News::SignedOut));
            }
        }
        self.end(why, effects);
    }

    /// Keeps to what the service said about when to come again; how long that is.
    fn respect(&mut self, failure: Failure, pause: f64, now: f64, effects: &mut impl Effects) -> f64 {
        let is_limit = failure.fault == Fault::RateLimited;
        let wait = match failure.retry_after {
            Some(seconds) if is_limit || failure.fault == Fault::ServiceUnavailable => seconds * 1e3,
            None if is_limit => pause,
            _ => return 0.0,
        };
        self.blocked = (now + wait, if is_limit { failure.status } else { 503 });
        // Without a status it was another tab that was told, and that tab has passed it on.
        if failure.status != 0 {
            effects.push(Effect::Limit(wait));
        }
        wait
    }
}
