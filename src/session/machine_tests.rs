//! The machine's tables; `machine_tests_users.rs` has those about who is signed in, `machine_tests_faults.rs`
//! those about faults and clocks, `machine_walks.rs` the random walks.

use super::event::{Cause, Config, Effect, Event, Moment, Purpose, Status, OWN};
use super::failure::Failure;
use super::machine::Session;
use super::tabs::News;
use super::token::{TokenFacts, User};
use crate::error::Fault;

pub(super) const S: f64 = 1e3;
pub(super) const HOUR: f64 = 3_600.0 * S;
/// The service's clock when the monotonic one begins.
pub(super) const EPOCH: f64 = 1e9;
pub(super) const TOKEN: Purpose = Purpose::Token { force: false, audience: OWN };
pub(super) const FORCED: Purpose = Purpose::Token { force: true, audience: OWN };
pub(super) const OTHER: Purpose = Purpose::Token { force: false, audience: 1 };

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

pub(super) fn no_session() -> Failure {
    Failure::new(Fault::LoginRequired)
}

pub(super) fn limited(seconds: u32) -> Failure {
    Failure { fault: Fault::RateLimited, status: 429, retry_after: Some(seconds) }
}

pub(super) fn down() -> Failure {
    Failure { fault: Fault::ServiceUnavailable, status: 500, retry_after: None }
}

/// A session whose token came at 0.
pub(super) fn signed_in_with(config: Config) -> Session {
    let mut session = Session::new(config);
    session.told(Event::Ask(1, Purpose::Start), at(0.0), 0.0);
    session.told(Event::Minted(1, facts(MAYA, EPOCH)), at(0.0), 0.0);
    assert_eq!(session.status(), Status::Authenticated);
    session
}

pub(super) fn signed_in() -> Session {
    signed_in_with(CONFIG)
}

pub(super) fn asked(purpose: Purpose) -> Session {
    let mut session = Session::new(CONFIG);
    session.told(Event::Ask(1, purpose), at(0.0), 0.0);
    session
}

impl Session {
    /// What has to be done after an event, as a list.
    pub(super) fn told(&mut self, event: Event, now: Moment, entropy: f64) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.handle(event, now, entropy, &mut effects);
        effects
    }
}

#[track_caller]
pub(super) fn does(session: &mut Session, event: Event, now: f64, expected: &[Effect]) {
    let mut effects = session.told(event, at(now), 0.5);
    effects.retain(|effect| !matches!(effect, Effect::Wake(_)));
    assert_eq!(effects, expected);
}

/// When the machine wants to look at the time again, after this event.
fn wakes(session: &mut Session, event: Event, now: f64) -> f64 {
    let effects = session.told(event, at(now), 0.0);
    let mut pauses = effects.into_iter().filter_map(|effect| match effect {
        Effect::Wake(pause) => Some(pause),
        _ => None,
    });
    pauses.next_back().unwrap_or(f64::NAN)
}

#[test]
fn a_sign_in() {
    let mut session = Session::new(CONFIG);
    does(&mut session, Event::Ask(1, Purpose::Start), 0.0, &[Effect::Mint(1, OWN)]);
    does(&mut session, Event::Ask(2, TOKEN), 0.0, &[]);
    let expected = [
        Effect::Keep(1, OWN),
        SIGNED_IN,
        Effect::SignedIn(Cause::Restored),
        Effect::Answer(1, Ok(())),
        Effect::Answer(2, Ok(())),
    ];
    does(&mut session, Event::Minted(1, facts(MAYA, EPOCH)), 9.0, &expected);
    does(&mut session, Event::Ask(3, TOKEN), 10.0, &[Effect::Answer(3, Ok(()))]);
    assert_eq!(session.server_time(at(2_009.0)), Some(EPOCH * S + 2_000.0));
}

#[test]
fn a_callback_and_a_page_after_a_login_are_sign_ins_and_other_tabs_are_told() {
    let mut session = asked(Purpose::Callback);
    let expected = [
        Effect::Keep(1, OWN),
        SIGNED_IN,
        Effect::SignedIn(Cause::Login),
        Effect::Tell(News::SignedIn),
        Effect::Answer(1, Ok(())),
    ];
    does(&mut session, Event::Minted(1, facts(MAYA, EPOCH)), 0.0, &expected);
    let mut session = Session::new(Config { is_after_login: true, ..CONFIG });
    session.told(Event::Ask(1, Purpose::Start), at(0.0), 0.0);
    does(&mut session, Event::Minted(1, facts(MAYA, EPOCH)), 0.0, &expected);
}

#[test]
fn no_session_is_anonymous_and_no_error_for_start() {
    let mut session = asked(Purpose::Start);
    session.told(Event::Ask(2, TOKEN), at(0.0), 0.0);
    let expected = [SIGNED_OUT, Effect::Answer(1, Ok(())), Effect::Answer(2, Err(no_session()))];
    does(&mut session, Event::MintFailed(1, no_session()), 0.0, &expected);
    assert_eq!(session.status(), Status::Anonymous);
    assert_eq!(wakes(&mut session, Event::Due, HOUR), f64::INFINITY, "nothing is asked again");
}

#[test]
fn a_valid_token_outlives_a_failed_renewal() {
    let mut session = signed_in();
    does(&mut session, Event::Due, 539.0 * S, &[]);
    does(&mut session, Event::Due, 541.0 * S, &[Effect::Mint(2, OWN)]);
    does(&mut session, Event::Ask(2, TOKEN), 541.0 * S, &[Effect::Answer(2, Ok(()))]);
    session.told(Event::Ask(3, FORCED), at(541.0 * S), 0.0);
    does(
        &mut session,
        Event::MintFailed(2, down()),
        542.0 * S,
        &[Effect::Report(down()), Effect::Answer(3, Err(down()))],
    );
    assert_eq!(session.status(), Status::Authenticated);
    does(&mut session, Event::Due, 601.0 * S, &[Effect::Forget(OWN), NOTHING_KNOWN, Effect::Mint(3, OWN)]);
    assert_eq!(session.status(), Status::Unknown(None));
}

#[test]
fn renewal_is_looked_at_whenever_a_token_is_used() {
    // No timer ran.
    let mut session = signed_in();
    does(&mut session, Event::Ask(2, TOKEN), 545.0 * S, &[Effect::Mint(2, OWN)]);
    does(&mut session, Event::MintFailed(2, down()), 546.0 * S, &[Effect::Report(down()), Effect::Answer(2, Ok(()))]);
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
    does(&mut session, Event::Ask(2, TOKEN), 597.0 * S, &[Effect::Mint(2, OWN)]);
}

#[test]
fn lifetimes_from_seconds_to_a_month_neither_overflow_nor_spin() {
    for lifetime in [5.0, 60.0, 600.0, 2_592_000.0, 3e9] {
        let mut session = asked(Purpose::Start);
        let token = TokenFacts { exp: EPOCH + lifetime, ..facts(MAYA, EPOCH) };
        let pause = wakes(&mut session, Event::Minted(1, token), 0.0);
        assert!((lifetime * 0.8 * S).min(2_147_483_647.0) <= pause && pause <= 2_147_483_647.0, "{lifetime}: {pause}");
    }
}

#[test]
fn a_renewal_alone_publishes_nothing() {
    let mut session = signed_in();
    session.told(Event::Ask(2, FORCED), at(100.0 * S), 0.0);
    let expected = [Effect::Keep(2, OWN), Effect::Renewed, Effect::Answer(2, Ok(()))];
    does(&mut session, Event::Minted(2, facts(MAYA, EPOCH + 100.0)), 100.0 * S, &expected);
}

#[test]
fn other_roles_are_published() {
    let mut session = signed_in();
    session.told(Event::Ask(2, FORCED), at(100.0 * S), 0.0);
    let expected = [Effect::Keep(2, OWN), SIGNED_IN, Effect::Renewed, Effect::Answer(2, Ok(()))];
    let token = TokenFacts { roles: 2, ..facts(MAYA, EPOCH + 100.0) };
    does(&mut session, Event::Minted(2, token), 100.0 * S, &expected);
}

#[test]
fn a_callback_does_not_trust_a_mint_that_began_before_it() {
    let mut session = asked(Purpose::Start);
    does(&mut session, Event::Ask(2, Purpose::Callback), 0.0, &[Effect::Mint(2, OWN)]);
    does(&mut session, Event::MintFailed(1, no_session()), 0.0, &[]);
    let effects = session.told(Event::Minted(2, facts(MAYA, EPOCH)), at(0.0), 0.0);
    assert!(effects.contains(&Effect::Answer(1, Ok(()))) && effects.contains(&Effect::Answer(2, Ok(()))));
}

#[test]
fn after_dispose_everything_is_refused() {
    let mut session = signed_in();
    session.told(Event::Ask(2, FORCED), at(0.0), 0.0);
    let effects = session.told(Event::Disposed, at(0.0), 0.0);
    let disposed = || Err(Failure::new(Fault::Disposed));
    assert_eq!(effects, [Effect::Answer(2, disposed()), Effect::Forget(OWN), Effect::Wake(f64::INFINITY)]);
    does(&mut session, Event::Ask(3, TOKEN), 0.0, &[Effect::Answer(3, disposed())]);
    for event in [Event::Due, Event::Woke, Event::Heard(News::SignedIn), Event::Minted(2, facts(MAYA, EPOCH))] {
        does(&mut session, event, HOUR, &[]);
    }
}
