//! The machine's tables about what goes wrong: services that are gone or want patience, keys that vanish, clocks.

use super::event::{Effect, Event, Moment, Status, OWN};
use super::failure::Failure;
use super::machine_tests::{
    ask, asked, at, does, facts, fails, get, has, limited, lose, signed_in, Page, Wish, CONFIG, EPOCH, FORCED, HOUR,
    MAYA, S, START, TOKEN,
};
use super::tabs::News;
use super::token::TokenFacts;
use crate::error::Fault;

#[test]
fn an_unreachable_service_is_unknown_and_asked_again() {
    let mut session = asked(START);
    let effects = session.told(fails(1, Fault::NetworkError), at(0.0), 1.0);
    assert_eq!(session.status(), Status::Unknown(Some(Fault::NetworkError)));
    assert!(effects.contains(&get(START)) && effects.contains(&Effect::Wake(S)), "{effects:?}");
    does(&mut session, Event::Due, S, &[Effect::Mint(2, OWN)]);
    // Pauses double, up to a minute.
    let mut pauses = Vec::new();
    let mut now = S;
    for mint in 2..12 {
        let effects = session.told(fails(mint, Fault::Timeout), at(now), 1.0);
        let Some(Effect::Wake(pause)) = effects.last() else { panic!("{effects:?}") };
        pauses.push(*pause / S);
        now += pause;
        session.told(Event::Due, at(now), 1.0);
    }
    assert_eq!(pauses, [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 60.0, 60.0]);
}

#[test]
fn a_host_that_can_verify_nothing_is_no_answer() {
    let mut session = asked(START);
    let effects = session.told(fails(1, Fault::NoEngine), at(0.0), 1.0);
    assert!(effects.contains(&lose(START, Fault::NoEngine)), "{effects:?}");
}

#[test]
fn a_network_that_is_back_ends_the_pause() {
    let mut session = asked(START);
    session.told(fails(1, Fault::NetworkError), at(0.0), 1.0);
    does(&mut session, Event::Woke, 0.1 * S, &[Effect::Mint(2, OWN)]);
}

#[test]
fn an_unknown_key_is_healed_but_not_for_ever() {
    let unknown = Fault::KeyNotFound;
    let mut session = asked(TOKEN);
    assert_eq!(session.told(fails(1, unknown), at(0.0), 0.0), [Effect::Wake(S)]);
    does(&mut session, Event::Due, S, &[Effect::Verify(1, OWN)]);
    does(&mut session, Event::Due, S, &[]);
    does(&mut session, fails(1, unknown), S, &[]);
    does(&mut session, Event::Due, 2.0 * S, &[Effect::Mint(2, OWN)]);
    let expected = [Effect::Publish(Status::Unknown(Some(unknown))), Effect::Report(unknown), lose(TOKEN, unknown)];
    does(&mut session, fails(2, unknown), 2.0 * S, &expected);
    // The second replica knows it.
    let mut session = asked(TOKEN);
    session.told(fails(1, unknown), at(0.0), 0.0);
    session.told(Event::Due, at(S), 0.0);
    let effects = session.told(Event::Minted(1, facts(MAYA, EPOCH)), at(S), 0.0);
    assert!(effects.contains(&get(TOKEN)));
}

/// Whoever has just asked is told to be patient.
fn refused((audience, purpose): Wish, status: u16, seconds: f64) -> [Effect; 2] {
    let fault = Fault::RateLimited;
    [Effect::Limited(fault, status, seconds), Effect::Answer(audience, purpose, Err(fault))]
}

#[test]
fn a_rate_limit_is_respected() {
    let mut session = asked(TOKEN);
    let effects = session.told(Event::MintFailed(1, limited(30.0)), at(0.0), 0.0);
    assert!(effects.contains(&Effect::Limit(30.0 * S)), "{effects:?}");
    does(&mut session, ask(TOKEN), 10.0 * S, &refused(TOKEN, 429, 20.0));
    for event in [Event::Due, Event::Woke, Event::Heard(News::SignedIn)] {
        does(&mut session, event, 29.0 * S, &[]);
    }
    does(&mut session, Event::Due, 31.0 * S, &[Effect::Mint(2, OWN)]);
    // Of another tab: not passed on, or it would never end.
    let mut session = asked(TOKEN);
    let told = Failure { fault: Fault::RateLimited, status: 0, retry_after: Some(3.0) };
    let effects = session.told(Event::MintFailed(1, told), at(0.0), 0.0);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Limit(_))), "{effects:?}");
    does(&mut session, ask(TOKEN), 0.0, &refused(TOKEN, 0, 3.0));
}

#[test]
fn a_valid_token_outlives_a_rate_limit() {
    let mut session = signed_in();
    session.told(Event::Due, at(545.0 * S), 0.0);
    session.told(Event::MintFailed(2, limited(30.0)), at(545.0 * S), 0.0);
    does(&mut session, ask(TOKEN), 546.0 * S, &[has(TOKEN)]);
    does(&mut session, ask(FORCED), 546.0 * S, &refused(FORCED, 429, 29.0));
}

#[test]
fn a_clock_that_is_an_hour_off_is_told_once_and_harms_nobody() {
    for wall in [-HOUR, HOUR] {
        let here = |now: f64| Moment { monotonic: now, wall: EPOCH * S + wall + now };
        let mut session = Page::new(CONFIG);
        session.told(ask(START), here(0.0), 0.0);
        let effects = session.told(Event::Minted(1, facts(MAYA, EPOCH)), here(0.0), 0.0);
        assert!(effects.contains(&Effect::Skewed(wall / S)), "{effects:?}");
        let effects = session.told(ask(TOKEN), here(500.0 * S), 0.0);
        assert!(effects.contains(&has(TOKEN)));
        let effects = session.told(Event::Due, here(541.0 * S), 0.0);
        assert!(effects.contains(&Effect::Mint(2, OWN)));
        let effects = session.told(Event::Minted(2, facts(MAYA, EPOCH + 541.0)), here(541.0 * S), 0.0);
        assert!(effects.contains(&Effect::Renewed) && !effects.iter().any(|one| matches!(one, Effect::Skewed(_))));
    }
}

#[test]
fn after_a_sleep_that_the_clock_did_not_see_the_next_use_asks_anew() {
    let mut session = signed_in();
    let slept = Moment { monotonic: 10.0 * S, wall: EPOCH * S + 10.0 * S + HOUR };
    let effects = session.told(ask(TOKEN), slept, 0.0);
    assert!(effects.contains(&Effect::Mint(2, OWN)), "{effects:?}");
}

#[test]
fn a_token_that_makes_no_sense_is_not_used() {
    for exp in [EPOCH, EPOCH - 1.0, f64::NAN] {
        let mut session = asked(TOKEN);
        let backwards = TokenFacts { exp, ..facts(MAYA, EPOCH) };
        let effects = session.told(Event::Minted(1, backwards), at(0.0), 0.0);
        assert!(effects.contains(&lose(TOKEN, Fault::Expired)), "{effects:?}");
    }
    // One that was handed out long ago.
    let mut session = signed_in();
    session.told(ask(FORCED), at(100.0 * S), 0.0);
    let effects = session.told(Event::Minted(2, facts(MAYA, EPOCH)), at(100.0 * S), 0.0);
    assert!(effects.contains(&lose(FORCED, Fault::TooOld)), "{effects:?}");
}
