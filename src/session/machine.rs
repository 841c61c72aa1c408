//! The state machine.

use super::token::{Issued, TokenFacts};
use crate::error::{Error, Fault, Refusal};

/// What the machine was configured to do. Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// How long before its expiry a token is renewed; `None`: a minute or a tenth of its lifetime.
    pub refresh_margin: Option<f64>,
    /// How far clocks may differ.
    pub tolerance: f64,
}

/// Three answers, never two.
#[derive(Debug, Clone, PartialEq)]
pub enum Status {
    /// Not asked yet, or no answer that could be believed.
    Unknown(Option<Error>),
    /// The service said: no session.
    Anonymous,
    /// A verified token is at hand.
    Authenticated,
}

/// Somebody who waits, by number. Everybody gets exactly one answer.
pub type Waiter = u32;

/// What somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To know whether there is a session; any state is an answer.
    Start,
    /// A valid token; with `force` a new one.
    Token {
        /// Whether the one at hand will not do.
        force: bool,
    },
    /// The token of a session that has just begun.
    Callback,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Somebody asks.
    Ask(Waiter, Purpose),
    /// A mint brought a token, and it verified.
    Minted(u32, TokenFacts),
    /// A mint brought none, or one that did not verify.
    MintFailed(u32, Error),
    /// The service has ended the session.
    LoggedOut,
    /// The timer rang, or the page woke up: look at the time.
    Due,
    /// The client is disposed of.
    Disposed,
}

/// What has to be done now.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask the service for a token and verify it; answer with its number.
    Mint(u32),
    /// The token of this mint is the one in use.
    Keep(u32),
    /// There is no token in use any more.
    Forget,
    /// Answer somebody.
    Answer(Waiter, Result<(), Error>),
    /// The status is another one: tell the listeners.
    Publish,
    /// The token was renewed and nothing else changed.
    Renewed,
    /// The service knows the user now, who was not known before.
    SignedIn,
    /// The user, who was known, is so no more.
    SignedOut,
    /// Another user is signed in.
    UserChanged,
    /// Something went wrong that nobody asked for.
    Report(Error),
    /// Send [`Event::Due`] after so many milliseconds, instead of what was said before; infinite: never.
    Wake(f64),
}

/// Timers of the web overflow above this and fire at once.
const LONGEST_TIMER: f64 = 2_147_483_647.0;
/// The first pause after a failure; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: f64 = 1e3;
const LONGEST_PAUSE: f64 = 60e3;

/// The session of one page.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    config: Config,
    status: Status,
    token: Option<Issued>,
    /// The mint under way. What an earlier one brings is thrown away.
    mint: Option<u32>,
    mints: u32,
    waiters: Vec<(Waiter, Purpose)>,
    /// When to mint without being asked.
    next_mint: Option<f64>,
    /// Before this the service wants no request.
    not_before: f64,
    failures: u32,
    /// Whether the last mint failed because its key was unknown.
    is_healing: bool,
    is_disposed: bool,
}

impl Session {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            config,
            status: Status::Unknown(None),
            token: None,
            mint: None,
            mints: 0,
            waiters: Vec::new(),
            next_mint: None,
            not_before: f64::NEG_INFINITY,
            failures: 0,
            is_healing: false,
            is_disposed: false,
        }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The server's time in milliseconds since the epoch, once a token has told it.
    #[must_use]
    pub fn server_time(&self, now: f64) -> Option<f64> {
        self.token.as_ref().map(|token| token.facts.iat * 1e3 + (now - token.at))
    }

    /// Takes in what happened at `now` (milliseconds of a monotonic clock). `entropy` is a number from 0 to 1.
    pub fn handle(&mut self, event: Event, now: f64, entropy: f64) -> Vec<Effect> {
        let mut effects = Vec::new();
        match event {
            Event::Ask(waiter, _) if self.is_disposed => {
                effects.push(Effect::Answer(waiter, Err(Error::new(Fault::Disposed))))
            }
            _ if self.is_disposed => return effects,
            Event::Ask(waiter, purpose) => self.ask(waiter, purpose, now, &mut effects),
            Event::Minted(mint, facts) if self.mint == Some(mint) => {
                self.minted(mint, facts, now, entropy, &mut effects)
            }
            Event::MintFailed(mint, error) if self.mint == Some(mint) => {
                self.mint_failed(error, now, entropy, &mut effects)
            }
            // A mint that a logout, a callback or a later mint has overtaken.
            Event::Minted(..) | Event::MintFailed(..) => return effects,
            Event::LoggedOut => self.end(&Error::new(Fault::SignedOut), &mut effects),
            Event::Due => self.due(now, &mut effects),
            Event::Disposed => {
                self.is_disposed = true;
                self.mint = None;
                self.answer_all(&mut effects, |_| Err(Error::new(Fault::Disposed)));
                effects.push(Effect::Forget);
            }
        }
        effects.push(Effect::Wake(self.next_look(now)));
        effects
    }

    fn ask(&mut self, waiter: Waiter, purpose: Purpose, now: f64, effects: &mut Vec<Effect>) {
        let is_valid = self.is_valid(now);
        let is_renewal_due = self.next_mint.is_some_and(|at| now >= at);
        let is_enough = match purpose {
            Purpose::Start => is_valid,
            Purpose::Token { force } => is_valid && !force && !is_renewal_due,
            Purpose::Callback => false,
        };
        if is_enough {
            effects.push(Effect::Answer(waiter, Ok(())));
            return;
        }
        if now < self.not_before {
            let error = Error::refused(
                Fault::RateLimited,
                Refusal {
                    status: 429,
                    retry_after: Some(((self.not_before - now) / 1e3).ceil()),
                    ..Refusal::default()
                },
            );
            effects.push(Effect::Answer(waiter, answer(purpose, is_valid, &error)));
            return;
        }
        self.waiters.push((waiter, purpose));
        // A mint that began before the callback may have seen no session yet.
        if self.mint.is_none() || purpose == Purpose::Callback {
            self.begin_mint(effects);
        }
    }

    fn begin_mint(&mut self, effects: &mut Vec<Effect>) {
        self.mints = self.mints.wrapping_add(1);
        self.mint = Some(self.mints);
        self.next_mint = None;
        effects.push(Effect::Mint(self.mints));
    }

    fn minted(&mut self, mint: u32, facts: TokenFacts, now: f64, entropy: f64, effects: &mut Vec<Effect>) {
        if let Some(error) = self.find_fault(&facts, now) {
            return self.mint_failed(error, now, entropy, effects);
        }
        let issued = Issued { facts, at: now };
        let before = self.token.replace(issued.clone()).map(|token| token.facts);
        let is_other_user = before.as_ref().is_some_and(|before| before.sub != issued.facts.sub);
        let is_renewal =
            before.is_some_and(|before| before.sub == issued.facts.sub && before.roles == issued.facts.roles);
        let was_authenticated = self.status == Status::Authenticated;
        self.mint = None;
        self.failures = 0;
        self.is_healing = false;
        self.not_before = f64::NEG_INFINITY;
        self.next_mint = Some(issued.renews(self.config.refresh_margin, entropy));
        self.status = Status::Authenticated;
        effects.push(Effect::Keep(mint));
        if was_authenticated && is_renewal {
            effects.push(Effect::Renewed);
        } else {
            effects.push(Effect::Publish);
            effects.push(match (is_other_user, was_authenticated) {
                (true, _) => Effect::UserChanged,
                (false, true) => Effect::Renewed,
                (false, false) => Effect::SignedIn,
            });
        }
        // What was asked for as one user is not given as another.
        self.answer_all(effects, |purpose| match purpose {
            Purpose::Token { .. } if is_other_user => Err(Error::new(Fault::UserChanged)),
            _ => Ok(()),
        });
    }

    /// What only the machine can see to be wrong with a token that verified.
    fn find_fault(&self, facts: &TokenFacts, now: f64) -> Option<Error> {
        if facts.exp <= facts.iat {
            return Some(Error::new(Fault::Expired));
        }
        match self.server_time(now) {
            // Handed out before the last one: somebody kept it.
            Some(time) if facts.iat * 1e3 < time - self.config.tolerance - 1e3 => Some(Error::new(Fault::TooOld)),
            _ => None,
        }
    }

    fn mint_failed(&mut self, error: Error, now: f64, entropy: f64, effects: &mut Vec<Effect>) {
        self.mint = None;
        if error.is(Fault::LoginRequired) {
            return self.end(&error, effects);
        }
        // The service may have been restarted, or another replica has the key: once more, with a new token.
        if error.is(Fault::KeyNotFound) && !self.is_healing {
            self.is_healing = true;
            self.next_mint = Some(now + FIRST_PAUSE);
            return;
        }
        self.is_healing = false;
        let pause = (FIRST_PAUSE * f64::from(1_u32 << self.failures.min(16))).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        if let Some(refusal) = error.refusal() {
            self.not_before = refusal.retry_after.map_or(f64::NEG_INFINITY, |seconds| now + seconds * 1e3);
        }
        // Full jitter, so that a service that comes back is not met by everybody at once.
        self.next_mint = Some((now + pause * entropy.clamp(0.05, 1.0)).max(self.not_before));
        let is_valid = self.is_valid(now);
        if !is_valid {
            self.lose_token(Some(error.clone()), effects);
        }
        effects.push(Effect::Report(error.clone()));
        self.answer_all(effects, |purpose| answer(purpose, is_valid, &error));
    }

    /// There is no session any more, or there was none.
    fn end(&mut self, error: &Error, effects: &mut Vec<Effect>) {
        let was = core::mem::replace(&mut self.status, Status::Anonymous);
        self.mint = None;
        self.token = None;
        self.next_mint = None;
        self.failures = 0;
        self.is_healing = false;
        effects.push(Effect::Forget);
        if was != Status::Anonymous {
            effects.push(Effect::Publish);
        }
        if was == Status::Authenticated {
            effects.push(Effect::SignedOut);
        }
        self.answer_all(effects, |purpose| answer(purpose, false, error));
    }

    fn due(&mut self, now: f64, effects: &mut Vec<Effect>) {
        if self.token.is_some() && !self.is_valid(now) {
            self.lose_token(None, effects);
        }
        if self.mint.is_none() && self.next_mint.is_some_and(|at| now >= at) {
            self.begin_mint(effects);
        }
    }

    /// The token has expired, or never came: nothing is known. Who was signed in may still be.
    fn lose_token(&mut self, error: Option<Error>, effects: &mut Vec<Effect>) {
        if self.token.take().is_some() {
            effects.push(Effect::Forget);
        }
        let status = Status::Unknown(error);
        if self.status != status {
            self.status = status;
            effects.push(Effect::Publish);
        }
    }

    fn answer_all(&mut self, effects: &mut Vec<Effect>, answer: impl Fn(Purpose) -> Result<(), Error>) {
        effects.extend(self.waiters.drain(..).map(|(waiter, purpose)| Effect::Answer(waiter, answer(purpose))));
    }

    fn is_valid(&self, now: f64) -> bool {
        self.token.as_ref().is_some_and(|token| now < token.expires())
    }

    fn next_look(&self, now: f64) -> f64 {
        if self.is_disposed {
            return f64::INFINITY;
        }
        let expires = self.token.as_ref().map_or(f64::INFINITY, Issued::expires);
        let at = self.next_mint.unwrap_or(f64::INFINITY).min(expires);
        if at.is_finite() {
            (at - now).clamp(1.0, LONGEST_TIMER)
        } else {
            f64::INFINITY
        }
    }
}

/// What a failure means for somebody who waits: a token that is still valid outlives it.
fn answer(purpose: Purpose, is_valid: bool, error: &Error) -> Result<(), Error> {
    match purpose {
        Purpose::Start => Ok(()),
        Purpose::Token { force: false } if is_valid => Ok(()),
        Purpose::Token { .. } | Purpose::Callback => Err(error.clone()),
    }
}
