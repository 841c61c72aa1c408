//! The machine's tables and random walks.

use super::machine::{Config, Effect, Event, Purpose, Session, Status};
use super::token::TokenFacts;
use crate::error::{Error, Fault, Refusal};
use proptest::prelude::*;

const S: f64 = 1e3;
const TOKEN: Purpose = Purpose::Token { force: false };
const FORCED: Purpose = Purpose::Token { force: true };

fn session() -> Session {
    Session::new(Config { refresh_margin: None, tolerance: 5.0 * S })
}

fn facts(sub: &str, iat: f64) -> TokenFacts {
    TokenFacts { sub: sub.into(), iat, exp: iat + 600.0, roles: vec!["user".into()] }
}

fn no_session() -> Error {
    Error::refused(Fault::LoginRequired, Refusal::default())
}

fn limited(seconds: f64) -> Error {
    Error::refused(Fault::RateLimited, Refusal { status: 429, retry_after: Some(seconds), ..Refusal::default() })
}

/// A session whose token came at 0.
fn signed_in() -> Session {
    let mut session = session();
    session.handle(Event::Ask(1, Purpose::Start), 0.0, 0.0);
    session.handle(Event::Minted(1, facts("maya", 1e9)), 0.0, 0.0);
    assert_eq!(session.status(), &Status::Authenticated);
    session
}

fn without_wake(effects: Vec<Effect>) -> Vec<Effect> {
    effects.into_iter().filter(|effect| !matches!(effect, Effect::Wake(_))).collect()
}

#[track_caller]
fn does(session: &mut Session, event: Event, now: f64, expected: &[Effect]) {
    assert_eq!(without_wake(session.handle(event, now, 0.5)), expected);
}

#[test]
fn a_sign_in() {
    let mut session = session();
    does(&mut session, Event::Ask(1, Purpose::Start), 0.0, &[Effect::Mint(1)]);
    does(&mut session, Event::Ask(2, TOKEN), 0.0, &[]);
    let expected =
        [Effect::Keep(1), Effect::Publish, Effect::SignedIn, Effect::Answer(1, Ok(())), Effect::Answer(2, Ok(()))];
    does(&mut session, Event::Minted(1, facts("maya", 1e9)), 9.0, &expected);
    does(&mut session, Event::Ask(3, TOKEN), 10.0, &[Effect::Answer(3, Ok(()))]);
    assert_eq!(session.server_time(2_009.0), Some(1e12 + 2_000.0));
}

#[test]
fn no_session_is_anonymous_and_no_error_for_start() {
    let mut session = session();
    session.handle(Event::Ask(1, Purpose::Start), 0.0, 0.0);
    session.handle(Event::Ask(2, TOKEN), 0.0, 0.0);
    let expected = [Effect::Forget, Effect::Publish, Effect::Answer(1, Ok(())), Effect::Answer(2, Err(no_session()))];
    does(&mut session, Event::MintFailed(1, no_session()), 0.0, &expected);
    assert_eq!(session.status(), &Status::Anonymous);
}

#[test]
fn an_unreachable_service_is_unknown_and_asked_again() {
    let mut session = session();
    session.handle(Event::Ask(1, Purpose::Start), 0.0, 0.0);
    let effects = session.handle(Event::MintFailed(1, Error::new(Fault::NetworkError)), 0.0, 1.0);
    assert_eq!(session.status(), &Status::Unknown(Some(Error::new(Fault::NetworkError))));
    assert!(effects.contains(&Effect::Answer(1, Ok(()))) && effects.contains(&Effect::Wake(S)));
    does(&mut session, Event::Due, S, &[Effect::Mint(2)]);
}

#[test]
fn a_valid_token_outlives_a_failed_renewal() {
    let mut session = signed_in();
    does(&mut session, Event::Due, 541.0 * S, &[Effect::Mint(2)]);
    does(&mut session, Event::Ask(2, TOKEN), 541.0 * S, &[Effect::Answer(2, Ok(()))]);
    session.handle(Event::Ask(3, FORCED), 541.0 * S, 0.0);
    let failure = || Error::refused(Fault::ServiceUnavailable, Refusal { status: 503, ..Refusal::default() });
    let expected = [Effect::Report(failure()), Effect::Answer(3, Err(failure()))];
    does(&mut session, Event::MintFailed(2, failure()), 542.0 * S, &expected);
    assert_eq!(session.status(), &Status::Authenticated);
    let effects = session.handle(Event::Due, 601.0 * S, 0.5);
    assert!(effects.contains(&Effect::Forget) && effects.contains(&Effect::Publish));
    assert_eq!(session.status(), &Status::Unknown(None));
}

#[test]
fn a_renewal_alone_publishes_nothing() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), 100.0 * S, 0.0);
    let expected = [Effect::Keep(2), Effect::Renewed, Effect::Answer(2, Ok(()))];
    does(&mut session, Event::Minted(2, facts("maya", 1e9 + 100.0)), 100.0 * S, &expected);
}

#[test]
fn logout_wins() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), 0.0, 0.0);
    let expected =
        [Effect::Forget, Effect::Publish, Effect::SignedOut, Effect::Answer(2, Err(Error::new(Fault::SignedOut)))];
    does(&mut session, Event::LoggedOut, 1.0, &expected);
    does(&mut session, Event::Minted(2, facts("maya", 1e9)), 2.0, &[]);
    assert_eq!(session.status(), &Status::Anonymous);
}

#[test]
fn another_user_gets_nothing_that_was_asked_for_before() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), 0.0, 0.0);
    session.handle(Event::Ask(3, Purpose::Callback), 0.0, 0.0);
    let expected = [
        Effect::Keep(3),
        Effect::Publish,
        Effect::UserChanged,
        Effect::Answer(2, Err(Error::new(Fault::UserChanged))),
        Effect::Answer(3, Ok(())),
    ];
    does(&mut session, Event::Minted(3, facts("jonas", 1e9)), 0.0, &expected);
}

#[test]
fn a_callback_does_not_trust_a_mint_that_began_before_it() {
    let mut session = session();
    does(&mut session, Event::Ask(1, Purpose::Start), 0.0, &[Effect::Mint(1)]);
    does(&mut session, Event::Ask(2, Purpose::Callback), 0.0, &[Effect::Mint(2)]);
    does(&mut session, Event::MintFailed(1, no_session()), 0.0, &[]);
    let effects = session.handle(Event::Minted(2, facts("maya", 1e9)), 0.0, 0.0);
    assert!(effects.contains(&Effect::Answer(1, Ok(()))) && effects.contains(&Effect::Answer(2, Ok(()))));
}

#[test]
fn an_unknown_key_is_healed_once() {
    let mut session = session();
    session.handle(Event::Ask(1, TOKEN), 0.0, 0.0);
    assert_eq!(session.handle(Event::MintFailed(1, Error::new(Fault::KeyNotFound)), 0.0, 0.0), [Effect::Wake(S)]);
    does(&mut session, Event::Due, S, &[Effect::Mint(2)]);
    let effects = session.handle(Event::MintFailed(2, Error::new(Fault::KeyNotFound)), S, 0.0);
    assert!(effects.contains(&Effect::Answer(1, Err(Error::new(Fault::KeyNotFound)))));
}

#[test]
fn a_rate_limit_is_respected() {
    let mut session = session();
    session.handle(Event::Ask(1, TOKEN), 0.0, 0.0);
    session.handle(Event::MintFailed(1, limited(30.0)), 0.0, 0.0);
    does(&mut session, Event::Ask(2, TOKEN), 10.0 * S, &[Effect::Answer(2, Err(limited(20.0)))]);
    does(&mut session, Event::Due, 29.0 * S, &[]);
    does(&mut session, Event::Due, 30.0 * S, &[Effect::Mint(2)]);
}

#[test]
fn a_token_that_makes_no_sense_is_not_used() {
    let mut session = session();
    session.handle(Event::Ask(1, TOKEN), 0.0, 0.0);
    let backwards = TokenFacts { exp: 1e9, ..facts("maya", 1e9) };
    let effects = session.handle(Event::Minted(1, backwards), 0.0, 0.0);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer(1, Err(error)) if error.is(Fault::Expired))));
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), 100.0 * S, 0.0);
    let effects = session.handle(Event::Minted(2, facts("maya", 1e9)), 100.0 * S, 0.0);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer(2, Err(error)) if error.is(Fault::Expired))));
}

#[test]
fn after_dispose_everything_is_refused() {
    let mut session = signed_in();
    session.handle(Event::Ask(2, FORCED), 0.0, 0.0);
    let effects = session.handle(Event::Disposed, 0.0, 0.0);
    assert_eq!(
        effects,
        [Effect::Answer(2, Err(Error::new(Fault::Disposed))), Effect::Forget, Effect::Wake(f64::INFINITY)]
    );
    does(&mut session, Event::Ask(3, TOKEN), 0.0, &[Effect::Answer(3, Err(Error::new(Fault::Disposed)))]);
    does(&mut session, Event::Due, 1e9, &[]);
}

/// One step of a random walk.
fn step() -> impl Strategy<Value = (u8, u8, f64, f64)> {
    (0..9_u8, 0..4_u8, 0.0..400e3, 0.0..1.0)
}

proptest! {
    /// Whatever happens in whatever order: one mint at a time, one answer for everybody, no token without a mint that
    /// was not overtaken, no spinning timer.
    #[test]
    fn no_walk_breaks_an_invariant(steps in proptest::collection::vec(step(), 1..80)) {
        let mut session = session();
        let (mut now, mut waiter, mut asked, mut answered) = (0.0, 0, Vec::new(), Vec::new());
        let (mut newest, mut kept) = (0, None::<u32>);
        for (kind, detail, pause, entropy) in steps {
            now += pause;
            let event = match kind {
                0..=2 => {
                    waiter += 1;
                    asked.push(waiter);
                    let purpose = [Purpose::Start, TOKEN, FORCED, Purpose::Callback][usize::from(detail)];
                    Event::Ask(waiter, purpose)
                }
                3 | 4 => Event::Minted(newest, facts(["maya", "jonas"][usize::from(detail % 2)], 1e9 + now / S)),
                5 => Event::MintFailed(newest, [no_session(), limited(30.0), Error::new(Fault::Timeout), Error::new(Fault::KeyNotFound)][usize::from(detail)].clone()),
                6 => Event::Minted(newest.wrapping_sub(1), facts("late", 1e9)),
                7 => Event::LoggedOut,
                _ => Event::Due,
            };
            let before = newest;
            for effect in session.handle(event, now, entropy) {
                match effect {
                    Effect::Mint(mint) => { prop_assert_eq!(mint, newest + 1); newest = mint; }
                    Effect::Keep(mint) => { prop_assert_eq!(mint, before); kept = Some(mint); }
                    Effect::Forget => kept = None,
                    Effect::Answer(waiter, _) => answered.push(waiter),
                    Effect::Wake(pause) => prop_assert!(pause >= 1.0),
                    _ => {}
                }
            }
            prop_assert_eq!(*session.status() == Status::Authenticated, kept.is_some());
        }
        session.handle(Event::Disposed, now, 0.0).into_iter().for_each(|effect| {
            if let Effect::Answer(waiter, _) = effect { answered.push(waiter); }
        });
        answered.sort_unstable();
        prop_assert_eq!(asked, answered);
    }
}
