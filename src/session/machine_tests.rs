//! The machine's tables. `machine_walks.rs` has its random walks.

use super::event::{Cause, Config, Effect, Event, Moment, Purpose, Status, OWN};
use super::machine::Session;
use super::tabs::News;
use super::token::TokenFacts;
use crate::error::{Error, Fault, Refusal};

pub(super) const S: f64 = 1e3;
pub(super) const HOUR: f64 = 3_600.0 * S;
/// The service's clock when the monotonic one begins.
pub(super) const EPOCH: f64 = 1e9;
pub(super) const TOKEN: Purpose = Purpose::Token { force: false, audience: OWN };
pub(super) const FORCED: Purpose = Purpose::Token { force: true, audience: OWN };
pub(super) const OTHER: Purpose = Purpose::Token { force: false, audience: 1 };

pub(super) const CONFIG: Config =
    Config { refresh_margin: None, tolerance: 5.0 * S, renews: true, is_after_login: false };

const SIGNED_IN: Effect = Effect::Publish(Status::Authenticated);
const SIGNED_OUT: Effect = Effect::Publish(Status::Anonymous);
const NOTHING_KNOWN: Effect = Effect::Publish(Status::Unknown(None));

/// A moment on a device whose clock is right.
pub(super) fn at(now: f64) -> Moment {
    Moment { monotonic: now, wall: EPOCH * S + now }
}

pub(super) fn facts(sub: &str, iat: f64) -> TokenFacts {
    TokenFacts { sub: sub.into(), iat, exp: iat + 600.0, roles: vec!["user".into()] }
}

pub(super) fn no_session() -> Error {
    Error::refused(Fault::LoginRequired, Refusal::default())
}

pub(super) fn limited(seconds: f64) -> Error {
    Error::refused(Fault::RateLimited, Refusal { status: 429, retry_after: Some(seconds), ..Refusal::default() })
}

fn down() -> Error {
    Error::refused(Fault::ServiceUnavailable, Refusal { status: 500, ..Refusal::default() })
}

/// A session whose token came at 0.
fn signed_in_with(config: Config) -> Session {
    let mut session = Session::new(config);
    session.handle(Event::Ask(1, Purpose::Start), at(0.0), 0.0);
    session.handle(Event::Minted(1, facts("maya", EPOCH)), at(0.0), 0.0);
    assert_eq!(session.status(), &Status::Authenticated);
    session
}

fn signed_in() -> Session {
    signed_in_with(CONFIG)
}

fn asked(purpose: Purpose) -> Session {
    let mut session = Session::new(CONFIG);
    session.handle(Event::Ask(1, purpose), at(0.0), 0.0);
    session
}

#[track_caller]
fn does(session: &mut Session, event: Event, now: f64, expected: &[Effect]) {
    let mut effects = session.handle(event, at(now), 0.5);
    effects.retain(|effect| !matches!(effect, Effect::Wake(_)));
    assert_eq!(effects, expected);
}

/// When the machine wants to look at the time again, after this event.
fn wakes(session: &mut Session, event: Event, now: f64) -> f64 {
    let effects = session.handle(event, at(now), 0.0);
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
    does(&mut session, Event::Minted(1, facts("maya", EPOCH)), 9.0, &expected);
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
    does(&mut session, Event::Minted(1, facts("maya", EPOCH)), 0.0, &expected);
    let mut session = Session::new(Config { is_after_login: true, ..CONFIG });
    session.handle(Event::Ask(1, Purpose::Start), at(0.0), 0.0);
    does(&mut session, Event::Minted(1, facts("maya", EPOCH)), 0.0, &expected);
}

#[test]
fn no_session_is_anonymous_and_no_error_for_start() {
    let mut session = asked(Purpose::Start);
    session.handle(Event::Ask(2, TOKEN), at(0.0), 0.0);
    let expected = [SIGNED_OUT, Effect::Answer(1, Ok(())), Effect::Answer(2, Err(no_session()))];
    does(&mut session, Event::MintFailed(1, no_session()), 0.0, &expected);
    assert_eq!(session.status(), &Status::Anonymous);
    assert_eq!(wakes(&mut session, Event::Due, HOUR), f64::INFINITY, "nothing is asked again");
}

#[test]
fn an_unreachable_service_is_unknown_and_asked_again() {
    let mut session = asked(Purpose::Start);
    let effects = session.handle(Event::MintFailed(1, Error::new(Fault::NetworkError)), at(0.0), 1.0);
    assert_eq!(session.status(), &Status::Unknown(Some(Error::new(Fault::NetworkError))));
    assert!(effects.contains(&Effect::Answer(1, Ok(()))) && effects.contains(&Effect::Wake(S)), "{effects:?}");
    does(&mut session, Event::Due, S, &[Effect::Mint(2, OWN)]);
    // Pauses double, up to a minute.
    let mut pauses = Vec::new();
    let mut now = S;
    for mint in 2..12 {
        let effects = session.handle(Event::MintFailed(mint, Error::new(Fault::Timeout)), at(now), 1.0);
        let Some(Effect::Wake(pause)) = effects.last() else { panic!("{effects:?}") };
        pauses.push(*pause / S);
        now += pause;
        session.handle(Event::Due, at(now), 1.0);
    }
    assert_eq!(pauses, [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0, 60.0]);
}

#[test]
fn a_network_that_is_back_ends_the_pause() {
    let mut session = asked(Purpose::Start);
    session.handle(Event::MintFailed(1, Error::new(Fault::NetworkError)), at(0.0), 1.0);
    does(&mut session, Event::Woke, 0.1 * S, &[Effect::Mint(2, OWN)]);
}

#[test]
fn a_valid_token_outlives_a_failed_renewal() {
    let mut session = signed_in();
    does(&mut session, Event::Due, 539.0 * S, &[]);
    does(&mut session, Event::Due, 541.0 * S, &[Effect::Mint(2, OWN)]);
    does(&mut session, Event::Ask(2, TOKEN), 541.0 * S, &[Effect::Answer(2, Ok(()))]);
    session.handle(Event::Ask(3, FORCED), at(541.0 * S), 0.0);
    does(
        &mut session,
        Event::MintFailed(2, down()),
        542.0 * S,
        &[Effect::Report(down()), Effect::Answer(3, Err(down()))],
    );
    assert_eq!(session.status(), &Status::Authenticated);
    does(&mut session, Event::Due, 601.0 * S, &[Effect::Forget(OWN), NOTHING_KNOWN, Effect::Mint(3, OWN)]);
    assert_eq!(session.status(), &Status::Unknown(None));
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
    session.handle(Event::Hidden, at(S), 0.0);
    does(&mut session, Event::Due, 600.0 * S, &[Effect::Forget(OWN), NOTHING_KNOWN]);
    does(&mut session, Event::Woke, HOUR, &[Effect::Mint(2, OWN)]);
}

#[test]
fn on_demand_there_is_no_timer_and_no_request() {
    let mut session = signed_in_with(Config { renews: false, ..CONFIG });
    for (event, now) in [(Event::Due, 590.0), (Event::Woke, 595.0), (Event::Heard(News::SignedOut), 596.0)] {
        assert_eq!(session.handle(event, at(now * S), 0.0), [Effect::Wake(f64::INFINITY)]);
    }
    does(&mut session, Event::Ask(2, TOKEN), 597.0 * S, &[Effect::Mint(2, OWN)]);
}

#[test]
fn lifetimes_from_seconds_to_a_month_neither_overflow_nor_spin() {
    for lifetime in [5.0, 60.0, 600.0, 2_592_000.0, 3e9] {
        let mut session = asked(Purpose::Start);
        let token = TokenFacts { exp: EPOCH + lifetime, ..facts("maya", EPOCH) };
        let pause = wakes(&mut session, Event::Minted(1, token), 0.0);
        assert!((lifetime * 0.8 * S).min(2_147_483_647.0) <= pause && pause <= 2_147_483_647.0, "{lifetime}: {pause}");
    }
}

#[test]
fn a_renewal_alone_publishes_nothing() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), at(100.0 * S), 0.0);
    let expected = [Effect::Keep(2, OWN), Effect::Renewed, Effect::Answer(2, Ok(()))];
    does(&mut session, Event::Minted(2, facts("maya", EPOCH + 100.0)), 100.0 * S, &expected);
}

#[test]
fn other_roles_are_published() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), at(100.0 * S), 0.0);
    let expected = [Effect::Keep(2, OWN), SIGNED_IN, Effect::Renewed, Effect::Answer(2, Ok(()))];
    let token = TokenFacts { roles: vec!["admin".into()], ..facts("maya", EPOCH + 100.0) };
    does(&mut session, Event::Minted(2, token), 100.0 * S, &expected);
}

#[test]
fn logout_wins() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), at(0.0), 0.0);
    let expected = [
        Effect::Tell(News::SignedOut),
        Effect::Forget(OWN),
        SIGNED_OUT,
        Effect::SignedOut,
        Effect::Answer(2, Err(Error::new(Fault::SignedOut))),
    ];
    does(&mut session, Event::LoggedOut, 1.0, &expected);
    does(&mut session, Event::Minted(2, facts("maya", EPOCH)), 2.0, &[]);
    assert_eq!(session.status(), &Status::Anonymous);
}

#[test]
fn a_logout_in_another_tab_wins_as_well() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), at(S), 0.0);
    does(&mut session, Event::Heard(News::SignedOut), 1.1 * S, &[Effect::Mint(3, OWN)]);
    // What was asked for before is dropped; the service decides.
    does(&mut session, Event::Minted(2, facts("maya", EPOCH + 1.0)), 1.2 * S, &[]);
    let expected =
        [Effect::Forget(OWN), SIGNED_OUT, Effect::SignedOut, Effect::Answer(2, Err(Error::new(Fault::SignedOut)))];
    does(&mut session, Event::MintFailed(3, no_session()), 1.3 * S, &expected);
    does(&mut session, Event::Heard(News::SignedOut), 2.0 * S, &[]);
}

#[test]
fn a_lie_about_a_logout_changes_nothing() {
    let mut session = signed_in();
    does(&mut session, Event::Heard(News::SignedOut), S, &[Effect::Mint(2, OWN)]);
    does(&mut session, Event::Ask(2, TOKEN), S, &[Effect::Answer(2, Ok(()))]);
    let expected = [Effect::Keep(2, OWN), Effect::Renewed];
    does(&mut session, Event::Minted(2, facts("maya", EPOCH + 1.0)), S, &expected);
    // The same lie again is not believed as soon.
    does(&mut session, Event::Heard(News::SignedOut), 1.2 * S, &[]);
    does(&mut session, Event::Due, 1.25 * S, &[Effect::Mint(3, OWN)]);
}

#[test]
fn a_sign_in_of_another_tab_arrives() {
    let mut session = asked(Purpose::Start);
    session.handle(Event::MintFailed(1, no_session()), at(0.0), 0.0);
    does(&mut session, Event::Heard(News::SignedIn), S, &[Effect::Mint(2, OWN)]);
    let expected = [Effect::Keep(2, OWN), SIGNED_IN, Effect::SignedIn(Cause::OtherTab)];
    does(&mut session, Event::Minted(2, facts("maya", EPOCH + 1.0)), S, &expected);
    let mut silent = Session::new(CONFIG);
    does(&mut silent, Event::Heard(News::SignedIn), S, &[]);
}

#[test]
fn a_session_that_is_over_is_told_to_other_tabs_once() {
    let mut session = signed_in();
    session.handle(Event::Due, at(545.0 * S), 0.0);
    let expected = [Effect::Tell(News::SignedOut), Effect::Forget(OWN), SIGNED_OUT, Effect::SignedOut];
    does(&mut session, Event::MintFailed(2, no_session()), 545.0 * S, &expected);
}

#[test]
fn another_user_gets_nothing_that_was_asked_for_before() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), at(0.0), 0.0);
    session.handle(Event::Ask(3, Purpose::Callback), at(0.0), 0.0);
    let expected = [
        Effect::Keep(3, OWN),
        SIGNED_IN,
        Effect::UserChanged,
        Effect::Tell(News::UserChanged),
        Effect::Answer(2, Err(Error::new(Fault::UserChanged))),
        Effect::Answer(3, Ok(())),
    ];
    does(&mut session, Event::Minted(3, facts("jonas", EPOCH)), 0.0, &expected);
}

#[test]
fn another_user_that_nobody_here_asked_for_is_seen_as_nobody_first() {
    let mut session = signed_in();
    session.handle(Event::Heard(News::UserChanged), at(S), 0.0);
    let expected = [Effect::Forget(OWN), NOTHING_KNOWN, Effect::Keep(2, OWN), SIGNED_IN, Effect::UserChanged];
    does(&mut session, Event::Minted(2, facts("jonas", EPOCH + 1.0)), S, &expected);
}

#[test]
fn a_token_for_somebody_else_shows_another_user_too() {
    let mut session = signed_in();
    does(&mut session, Event::Ask(2, OTHER), S, &[Effect::Mint(2, 1)]);
    let effects = session.handle(Event::Minted(2, facts("jonas", EPOCH + 1.0)), at(S), 0.0);
    for expected in [
        Effect::Forget(OWN),
        Effect::UserChanged,
        Effect::Mint(3, OWN),
        Effect::Keep(2, 1),
        Effect::Answer(2, Err(Error::new(Fault::UserChanged))),
    ] {
        assert!(effects.contains(&expected), "{effects:?}");
    }
    assert_eq!(session.status(), &Status::Unknown(None));
}

#[test]
fn every_audience_has_its_own_token() {
    let mut session = signed_in();
    does(&mut session, Event::Ask(2, OTHER), S, &[Effect::Mint(2, 1)]);
    does(&mut session, Event::Ask(3, TOKEN), S, &[Effect::Answer(3, Ok(()))]);
    does(
        &mut session,
        Event::Minted(2, facts("maya", EPOCH + 1.0)),
        S,
        &[Effect::Keep(2, 1), Effect::Answer(2, Ok(()))],
    );
    does(&mut session, Event::Ask(4, OTHER), S, &[Effect::Answer(4, Ok(()))]);
    // One that cannot be had does no harm to the others.
    let third = Purpose::Token { force: false, audience: 2 };
    does(&mut session, Event::Ask(5, third), S, &[Effect::Mint(3, 2)]);
    does(&mut session, Event::MintFailed(3, down()), S, &[Effect::Answer(5, Err(down()))]);
    assert_eq!(session.status(), &Status::Authenticated);
    let effects = session.handle(Event::LoggedOut, at(S), 0.0);
    assert!(effects.contains(&Effect::Forget(OWN)) && effects.contains(&Effect::Forget(1)), "{effects:?}");
}

#[test]
fn a_callback_does_not_trust_a_mint_that_began_before_it() {
    let mut session = asked(Purpose::Start);
    does(&mut session, Event::Ask(2, Purpose::Callback), 0.0, &[Effect::Mint(2, OWN)]);
    does(&mut session, Event::MintFailed(1, no_session()), 0.0, &[]);
    let effects = session.handle(Event::Minted(2, facts("maya", EPOCH)), at(0.0), 0.0);
    assert!(effects.contains(&Effect::Answer(1, Ok(()))) && effects.contains(&Effect::Answer(2, Ok(()))));
}

#[test]
fn an_unknown_key_is_healed_but_not_for_ever() {
    let unknown = || Error::new(Fault::KeyNotFound);
    let mut session = asked(TOKEN);
    assert_eq!(session.handle(Event::MintFailed(1, unknown()), at(0.0), 0.0), [Effect::Wake(S)]);
    does(&mut session, Event::Due, S, &[Effect::Verify(1, OWN)]);
    does(&mut session, Event::MintFailed(1, unknown()), S, &[]);
    does(&mut session, Event::Due, 2.0 * S, &[Effect::Mint(2, OWN)]);
    let expected = [
        Effect::Publish(Status::Unknown(Some(unknown()))),
        Effect::Report(unknown()),
        Effect::Answer(1, Err(unknown())),
    ];
    does(&mut session, Event::MintFailed(2, unknown()), 2.0 * S, &expected);
    // The second replica knows it.
    let mut session = asked(TOKEN);
    session.handle(Event::MintFailed(1, unknown()), at(0.0), 0.0);
    session.handle(Event::Due, at(S), 0.0);
    let effects = session.handle(Event::Minted(1, facts("maya", EPOCH)), at(S), 0.0);
    assert!(effects.contains(&Effect::Answer(1, Ok(()))));
}

#[test]
fn a_rate_limit_is_respected() {
    let mut session = asked(TOKEN);
    let effects = session.handle(Event::MintFailed(1, limited(30.0)), at(0.0), 0.0);
    assert!(effects.contains(&Effect::Limit(30.0 * S)), "{effects:?}");
    does(&mut session, Event::Ask(2, TOKEN), 10.0 * S, &[Effect::Answer(2, Err(limited(20.0)))]);
    for event in [Event::Due, Event::Woke, Event::Heard(News::SignedIn)] {
        does(&mut session, event, 29.0 * S, &[]);
    }
    does(&mut session, Event::Due, 31.0 * S, &[Effect::Mint(2, OWN)]);
    // Of another tab: not passed on, or it would never end.
    let mut session = asked(TOKEN);
    let told = Error::refused(Fault::RateLimited, Refusal { retry_after: Some(3.0), ..Refusal::default() });
    let effects = session.handle(Event::MintFailed(1, told.clone()), at(0.0), 0.0);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Limit(_))), "{effects:?}");
    does(&mut session, Event::Ask(2, TOKEN), 0.0, &[Effect::Answer(2, Err(told))]);
}

#[test]
fn a_valid_token_outlives_a_rate_limit() {
    let mut session = signed_in();
    session.handle(Event::Due, at(545.0 * S), 0.0);
    session.handle(Event::MintFailed(2, limited(30.0)), at(545.0 * S), 0.0);
    does(&mut session, Event::Ask(2, TOKEN), 546.0 * S, &[Effect::Answer(2, Ok(()))]);
    does(&mut session, Event::Ask(3, FORCED), 546.0 * S, &[Effect::Answer(3, Err(limited(29.0)))]);
}

#[test]
fn a_clock_that_is_an_hour_off_is_told_once_and_harms_nobody() {
    for wall in [-HOUR, HOUR] {
        let here = |now: f64| Moment { monotonic: now, wall: EPOCH * S + wall + now };
        let mut session = Session::new(CONFIG);
        session.handle(Event::Ask(1, Purpose::Start), here(0.0), 0.0);
        let effects = session.handle(Event::Minted(1, facts("maya", EPOCH)), here(0.0), 0.0);
        assert!(effects.contains(&Effect::Skewed(wall / S)), "{effects:?}");
        let effects = session.handle(Event::Ask(2, TOKEN), here(500.0 * S), 0.0);
        assert!(effects.contains(&Effect::Answer(2, Ok(()))));
        let effects = session.handle(Event::Due, here(541.0 * S), 0.0);
        assert!(effects.contains(&Effect::Mint(2, OWN)));
        let effects = session.handle(Event::Minted(2, facts("maya", EPOCH + 541.0)), here(541.0 * S), 0.0);
        assert!(effects.contains(&Effect::Renewed) && !effects.iter().any(|one| matches!(one, Effect::Skewed(_))));
    }
}

#[test]
fn after_a_sleep_that_the_clock_did_not_see_the_next_use_asks_anew() {
    let mut session = signed_in();
    let slept = Moment { monotonic: 10.0 * S, wall: EPOCH * S + 10.0 * S + HOUR };
    let effects = session.handle(Event::Ask(2, TOKEN), slept, 0.0);
    assert!(effects.contains(&Effect::Mint(2, OWN)), "{effects:?}");
}

#[test]
fn a_token_that_makes_no_sense_is_not_used() {
    let refused = |effects: &[Effect], waiter| {
        effects.iter().any(
            |effect| matches!(effect, Effect::Answer(one, Err(error)) if *one == waiter && error.is(Fault::Expired)),
        )
    };
    for exp in [EPOCH, EPOCH - 1.0, f64::NAN] {
        let mut session = asked(TOKEN);
        let backwards = TokenFacts { exp, ..facts("maya", EPOCH) };
        assert!(refused(&session.handle(Event::Minted(1, backwards), at(0.0), 0.0), 1));
    }
    // One that was handed out long ago.
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), at(100.0 * S), 0.0);
    assert!(refused(&session.handle(Event::Minted(2, facts("maya", EPOCH)), at(100.0 * S), 0.0), 2));
}

#[test]
fn after_dispose_everything_is_refused() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), at(0.0), 0.0);
    let effects = session.handle(Event::Disposed, at(0.0), 0.0);
    let disposed = || Err(Error::new(Fault::Disposed));
    assert_eq!(effects, [Effect::Answer(2, disposed()), Effect::Forget(OWN), Effect::Wake(f64::INFINITY)]);
    does(&mut session, Event::Ask(3, TOKEN), 0.0, &[Effect::Answer(3, disposed())]);
    for event in [Event::Due, Event::Woke, Event::Heard(News::SignedIn), Event::Minted(2, facts("maya", EPOCH))] {
        does(&mut session, event, HOUR, &[]);
    }
}
