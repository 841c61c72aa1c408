//! The machine's tables; `machine_tests_users.rs` has those about who is signed in, `machine_tests_faults.rs`
//! those about faults and clocks, `machine_walks.rs` the random walks.

use super::event::{Audience, Cause, Config, Effect, Event, Moment, Purpose, Status, OWN};
use super::failure::Failure;
use super::machine::Session;
use super::slot::Slot;
use super::tabs::News;
use super::token::{TokenFacts, User};
use crate::error::Fault;
use core::ops::Deref;

pub(super) const S: f64 = 1e3;
pub(super) const HOUR: f64 = 3_600.0 * S;
/// The service's clock when the monotonic one begins.
pub(super) const EPOCH: f64 = 1e9;

/// What is asked for.
pub(super) type Wish = (Audience, Purpose);
pub(super) const START: Wish = (OWN, Purpose::Start);
pub(super) const CALLBACK: Wish = (OWN, Purpose::Callback);
pub(super) const TOKEN: Wish = (OWN, Purpose::Token);
pub(super) const FORCED: Wish = (OWN, Purpose::NewToken);
pub(super) const OTHER: Wish = (1, Purpose::Token);

pub(super) fn ask((audience, purpose): Wish) -> Event {
    Event::Ask(audience, purpose)
}

/// Whoever has just asked has it.
pub(super) fn has((audience, purpose): Wish) -> Effect {
    Effect::Answer(audience, purpose, Ok(()))
}

/// Everybody who waits for it gets it.
pub(super) fn get((audience, purpose): Wish) -> Effect {
    Effect::AnswerAll(audience, purpose, Ok(()))
}

/// Nobody who waits for it gets it.
pub(super) fn lose((audience, purpose): Wish, why: Fault) -> Effect {
    Effect::AnswerAll(audience, purpose, Err(why))
}

pub(super) const CONFIG: Config =
    Config { refresh_margin: None, tolerance: 5.0 * S, renews: true, is_after_login: false };

pub(super) const SIGNED_IN: Effect = Effect::Publish(Status::Authenticated);
pub(super) const SIGNED_OUT: Effect = Effect::Publish(Status::Anonymous);
pub(super) const NOTHING_KNOWN: Effect = Effect::Publish(Status::Unknown(None));

/// A moment on a device whose clock is right.
pub(super) fn at(now: f64) -> Moment {
    Moment { monotonic: now, wall: EPOCH * S + now }
}

pub(super) const MAYA: User = 1;
pub(super) const JONAS: User = 2;

pub(super) fn facts(user: User, iat: f64) -> TokenFacts {
    TokenFacts { user, iat, exp: iat + 600.0, roles: 1 }
}

pub(super) fn fails(mint: u32, fault: Fault) -> Event {
    Event::MintFailed(mint, Failure::new(fault))
}

pub(super) fn limited(seconds: f64) -> Failure {
    Failure { fault: Fault::RateLimited, status: 429, retry_after: Some(seconds) }
}

/// A session, and who waits for what, as page.js knows it.
pub(super) struct Page {
    session: Session<'static>,
    waiting: Vec<Wish>,
}

impl Deref for Page {
    type Target = Session<'static>;

    fn deref(&self) -> &Self::Target {
        &self.session
    }
}

impl Page {
    pub(super) fn new(config: Config) -> Self {
        Self { session: Session::new(config, vec![Slot::EMPTY; 3].leak()), waiting: vec![] }
    }

    /// What has to be done after an event, as a list without answers that nobody waits for.
    pub(super) fn told(&mut self, event: Event, now: Moment, entropy: f64) -> Vec<Effect> {
        if let Event::Ask(audience, purpose) = event {
            self.waiting.push((audience, purpose));
        }
        let mut effects = Vec::new();
        self.session.handle(event, now, entropy, &mut effects);
        effects.retain(|effect| match *effect {
            Effect::Answer(audience, purpose, _) => self.waiting.pop() == Some((audience, purpose)),
            Effect::AnswerAll(audience, purpose, _) => {
                let before = self.waiting.len();
                self.waiting.retain(|wish| *wish != (audience, purpose));
                self.waiting.len() < before
            }
            _ => true,
        });
        effects
    }
}

/// A session whose token came at 0.
pub(super) fn signed_in_with(config: Config) -> Page {
    let mut session = Page::new(config);
    session.told(ask(START), at(0.0), 0.0);
    session.told(Event::Minted(1, facts(MAYA, EPOCH)), at(0.0), 0.0);
    assert_eq!(session.status(), Status::Authenticated);
    session
}

pub(super) fn signed_in() -> Page {
    signed_in_with(CONFIG)
}

pub(super) fn asked(wish: Wish) -> Page {
    let mut session = Page::new(CONFIG);
    session.told(ask(wish), at(0.0), 0.0);
    session
}

#[track_caller]
pub(super) fn does(session: &mut Page, event: Event, now: f64, expected: &[Effect]) {
    let mut effects = session.told(event, at(now), 0.5);
    effects.retain(|effect| !matches!(effect, Effect::Wake(_)));
    assert_eq!(effects, expected);
}

/// When the machine wants to look at the time again, after this event.
fn wakes(session: &mut Page, event: Event, now: f64) -> f64 {
    let effects = session.told(event, at(now), 0.0);
    let mut pauses = effects.into_iter().filter_map(|effect| match effect {
        Effect::Wake(pause) => Some(pause),
        _ => None,
    });
    pauses.next_back().unwrap_or(f64::NAN)
}

#[test]
fn a_sign_in() {
    let mut session = Page::new(CONFIG);
    does(&mut session, ask(START), 0.0, &[Effect::Mint(1, OWN)]);
    does(&mut session, ask(TOKEN), 0.0, &[]);
    let expected = [Effect::Keep(1, OWN), SIGNED_IN, Effect::SignedIn(Cause::Restored), get(START), get(TOKEN)];
    does(&mut session, Event::Minted(1, facts(MAYA, EPOCH)), 9.0, &expected);
    does(&mut session, ask(TOKEN), 10.0, &[has(TOKEN)]);
    assert_eq!(session.server_time(at(2_009.0)), Some(EPOCH * S + 2_000.0));
}

#[test]
fn a_callback_and_a_page_after_a_login_are_sign_ins_and_other_tabs_are_told() {
    let mut session = asked(CALLBACK);
    let mut expected =
        [Effect::Keep(1, OWN), SIGNED_IN, Effect::SignedIn(Cause::Login), Effect::Tell(News::SignedIn), get(CALLBACK)];
    does(&mut session, Event::Minted(1, facts(MAYA, EPOCH)), 0.0, &expected);
    let mut session = Page::new(Config { is_after_login: true, ..CONFIG });
    session.told(ask(START), at(0.0), 0.0);
    expected[4] = get(START);
    does(&mut session, Event::Minted(1, facts(MAYA, EPOCH)), 0.0, &expected);
}

#[test]
fn no_session_is_anonymous_and_no_error_for_start() {
    let mut session = asked(START);
    session.told(ask(TOKEN), at(0.0), 0.0);
    let expected = [SIGNED_OUT, get(START), lose(TOKEN, Fault::LoginRequired)];
    does(&mut session, fails(1, Fault::LoginRequired), 0.0, &expected);
    assert_eq!(session.status(), Status::Anonymous);
    assert_eq!(wakes(&mut session, Event::Due, HOUR), f64::INFINITY, "nothing is asked again");
}

#[test]
fn a_valid_token_outlives_a_failed_renewal() {
    let mut session = signed_in();
    does(&mut session, Event::Due, 539.0 * S, &[]);
    does(&mut session, Event::Due, 541.0 * S, &[Effect::Mint(2, OWN)]);
    does(&mut session, ask(TOKEN), 541.0 * S, &[has(TOKEN)]);
    session.told(ask(FORCED), at(541.0 * S), 0.0);
    let down = Fault::ServiceUnavailable;
    does(&mut session, fails(2, down), 542.0 * S, &[Effect::Report(down), lose(FORCED, down)]);
    assert_eq!(session.status(), Status::Authenticated);
    does(&mut session, Event::Due, 601.0 * S, &[Effect::Forget(OWN), NOTHING_KNOWN, Effect::Mint(3, OWN)]);
    assert_eq!(session.status(), Status::Unknown(None));
}

#[test]
fn renewal_is_looked_at_whenever_a_token_is_used() {
    // No timer ran.
    let mut session = signed_in();
    does(&mut session, ask(TOKEN), 545.0 * S, &[Effect::Mint(2, OWN)]);
    let down = Fault::ServiceUnavailable;
    does(&mut session, fails(2, down), 546.0 * S, &[Effect::Report(down), get(TOKEN)]);
}

#[test]
fn a_hidden_page_renews_when_it_is_shown() {
    let mut session = signed_in();
    let pause = wakes(&mut session, Event::Hidden, S);
    assert_eq!(pause, 599.0 * S, "the next thing is the expiry");
    does(&mut session, Event::Due, 580.0 * S, &[]);
    does(&mut session, Event::Woke, 585.0 * S, &[Effect::Mint(2, OWN)]);
    let mut session = signed_in();
    session.told(Event::Hidden, at(S), 0.0);
    does(&mut session, Event::Due, 600.0 * S, &[Effect::Forget(OWN), NOTHING_KNOWN]);
    does(&mut session, Event::Woke, HOUR, &[Effect::Mint(2, OWN)]);
}

#[test]
fn on_demand_there_is_no_timer_and_no_request() {
    let mut session = signed_in_with(Config { renews: false, ..CONFIG });
    for (event, now) in [(Event::Due, 590.0), (Event::Woke, 595.0), (Event::Heard(News::SignedOut), 596.0)] {
        assert_eq!(session.told(event, at(now * S), 0.0), [Effect::Wake(f64::INFINITY)]);
    }
    does(&mut session, ask(TOKEN), 597.0 * S, &[Effect::Mint(2, OWN)]);
}

#[test]
fn lifetimes_from_seconds_to_a_month_neither_overflow_nor_spin() {
    for lifetime in [5.0, 60.0, 600.0, 2_592_000.0, 3e9] {
        let mut session = asked(START);
        let token = TokenFacts { exp: EPOCH + lifetime, ..facts(MAYA, EPOCH) };
        let pause = wakes(&mut session, Event::Minted(1, token), 0.0);
        assert!((lifetime * 0.8 * S).min(2_147_483_647.0) <= pause && pause <= 2_147_483_647.0, "{lifetime}: {pause}");
    }
}

#[test]
fn a_renewal_alone_publishes_nothing() {
    let mut session = signed_in();
    session.told(ask(FORCED), at(100.0 * S), 0.0);
    let expected = [Effect::Keep(2, OWN), Effect::Renewed, get(FORCED)];
    does(&mut session, Event::Minted(2, facts(MAYA, EPOCH + 100.0)), 100.0 * S, &expected);
}

#[test]
fn other_roles_are_published() {
    let mut session = signed_in();
    session.told(ask(FORCED), at(100.0 * S), 0.0);
    let expected = [Effect::Keep(2, OWN), SIGNED_IN, Effect::Renewed, get(FORCED)];
    let token = TokenFacts { roles: 2, ..facts(MAYA, EPOCH + 100.0) };
    does(&mut session, Event::Minted(2, token), 100.0 * S, &expected);
}

#[test]
fn a_callback_does_not_trust_a_mint_that_began_before_it() {
    let mut session = asked(START);
    does(&mut session, ask(CALLBACK), 0.0, &[Effect::Mint(2, OWN)]);
    does(&mut session, fails(1, Fault::LoginRequired), 0.0, &[]);
    let effects = session.told(Event::Minted(2, facts(MAYA, EPOCH)), at(0.0), 0.0);
    assert!(effects.contains(&get(START)) && effects.contains(&get(CALLBACK)));
}

#[test]
fn after_dispose_everything_is_refused() {
    let mut session = signed_in();
    session.told(ask(FORCED), at(0.0), 0.0);
    let effects = session.told(Event::Disposed, at(0.0), 0.0);
    assert_eq!(effects, [Effect::Forget(OWN), lose(FORCED, Fault::Disposed), Effect::Wake(f64::INFINITY)]);
    for (audience, purpose) in [START, CALLBACK, TOKEN, OTHER] {
        let expected = Effect::Answer(audience, purpose, Err(Fault::Disposed));
        does(&mut session, Event::Ask(audience, purpose), 0.0, &[expected]);
    }
    for event in [Event::Due, Event::Woke, Event::Heard(News::SignedIn), Event::Minted(2, facts(MAYA, EPOCH))] {
        does(&mut session, event, HOUR, &[]);
    }
}
