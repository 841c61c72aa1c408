//! The machine's tables about who is signed in: sign-outs, other tabs, other users, other audiences.

use super::event::{Cause, Config, Effect, Event, Purpose, Status, OWN};
use super::machine::Session;
use super::machine_tests::{
    ask, asked, at, does, facts, fails, get, has, limited, lose, signed_in, signed_in_with, Page, CALLBACK, CONFIG,
    EPOCH, FORCED, JONAS, MAYA, NOTHING_KNOWN, OTHER, S, SIGNED_IN, SIGNED_OUT, START, TOKEN,
};
use super::slot::Slot;
use super::tabs::News;
use crate::error::Fault;

#[test]
fn logout_wins() {
    let mut session = signed_in();
    session.told(ask(FORCED), at(0.0), 0.0);
    let expected = [
        Effect::Tell(News::SignedOut),
        Effect::Forget(OWN),
        SIGNED_OUT,
        Effect::SignedOut,
        lose(FORCED, Fault::SignedOut),
    ];
    does(&mut session, Event::LoggedOut, 1.0, &expected);
    does(&mut session, Event::Minted(2, facts(MAYA, EPOCH)), 2.0, &[]);
    assert_eq!(session.status(), Status::Anonymous);
}

#[test]
fn a_logout_in_another_tab_wins_as_well() {
    let mut session = signed_in();
    session.told(ask(FORCED), at(S), 0.0);
    does(&mut session, Event::Heard(News::SignedOut), 1.1 * S, &[Effect::Mint(3, OWN)]);
    // What was asked for before is dropped; the service decides.
    does(&mut session, Event::Minted(2, facts(MAYA, EPOCH + 1.0)), 1.2 * S, &[]);
    let expected = [Effect::Forget(OWN), SIGNED_OUT, Effect::SignedOut, lose(FORCED, Fault::SignedOut)];
    does(&mut session, fails(3, Fault::LoginRequired), 1.3 * S, &expected);
    does(&mut session, Event::Heard(News::SignedOut), 2.0 * S, &[]);
}

#[test]
fn a_logout_in_another_tab_wins_on_demand_as_well() {
    let mut session = signed_in_with(Config { renews: false, ..CONFIG });
    does(&mut session, ask(FORCED), S, &[Effect::Mint(2, OWN)]);
    does(&mut session, Event::Heard(News::SignedOut), 1.1 * S, &[]);
    does(&mut session, Event::Minted(2, facts(MAYA, EPOCH + 1.0)), 1.2 * S, &[Effect::Mint(3, OWN)]);
    let mut effects = session.told(fails(3, Fault::LoginRequired), at(1.3 * S), 0.5);
    effects.retain(|effect| matches!(effect, Effect::AnswerAll(..) | Effect::Publish(_) | Effect::Keep(..)));
    assert_eq!(effects, [SIGNED_OUT, lose(FORCED, Fault::LoginRequired)]);
}

#[test]
fn news_of_another_tab_on_demand_keep_to_what_the_service_said() {
    let mut session = Page::new(Config { renews: false, ..CONFIG });
    session.told(ask(OTHER), at(0.0), 0.0);
    session.told(ask(START), at(0.0), 0.0);
    session.told(Event::Heard(News::SignedIn), at(0.1 * S), 0.5);
    let effects = session.told(Event::Minted(1, facts(MAYA, EPOCH)), at(0.2 * S), 0.5);
    assert!(effects.contains(&Effect::Mint(3, 1)));
    session.told(Event::MintFailed(3, limited(30.0)), at(0.3 * S), 0.5);
    let effects = session.told(Event::Minted(2, facts(MAYA, EPOCH)), at(10.3 * S), 0.5);
    assert!(effects.contains(&Effect::Limited(Fault::RateLimited, 429, 20.0)));
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Mint(..) | Effect::Keep(..))));
    assert!(effects.contains(&get(START)) || effects.contains(&lose(START, Fault::RateLimited)));
}

#[test]
fn a_lie_about_a_logout_changes_nothing() {
    let mut session = signed_in();
    does(&mut session, Event::Heard(News::SignedOut), S, &[Effect::Mint(2, OWN)]);
    does(&mut session, ask(TOKEN), S, &[has(TOKEN)]);
    let expected = [Effect::Keep(2, OWN), Effect::Renewed];
    does(&mut session, Event::Minted(2, facts(MAYA, EPOCH + 1.0)), S, &expected);
    // The same lie again is not believed as soon.
    does(&mut session, Event::Heard(News::SignedOut), 1.2 * S, &[]);
    does(&mut session, Event::Due, 1.25 * S, &[Effect::Mint(3, OWN)]);
}

#[test]
fn a_sign_in_of_another_tab_arrives() {
    let mut session = asked(START);
    session.told(fails(1, Fault::LoginRequired), at(0.0), 0.0);
    does(&mut session, Event::Heard(News::SignedIn), S, &[Effect::Mint(2, OWN)]);
    let expected = [Effect::Keep(2, OWN), SIGNED_IN, Effect::SignedIn(Cause::OtherTab)];
    does(&mut session, Event::Minted(2, facts(MAYA, EPOCH + 1.0)), S, &expected);
    let mut silent = Page::new(CONFIG);
    does(&mut silent, Event::Heard(News::SignedIn), S, &[]);
}

#[test]
fn a_session_that_is_over_is_told_to_other_tabs_once() {
    let mut session = signed_in();
    session.told(Event::Due, at(545.0 * S), 0.0);
    let expected = [Effect::Tell(News::SignedOut), Effect::Forget(OWN), SIGNED_OUT, Effect::SignedOut];
    does(&mut session, fails(2, Fault::LoginRequired), 545.0 * S, &expected);
}

#[test]
fn another_user_gets_nothing_that_was_asked_for_before() {
    let mut session = signed_in();
    session.told(ask(FORCED), at(0.0), 0.0);
    session.told(ask(CALLBACK), at(0.0), 0.0);
    let expected = [
        Effect::Keep(3, OWN),
        SIGNED_IN,
        Effect::UserChanged,
        Effect::Tell(News::UserChanged),
        get(CALLBACK),
        lose(FORCED, Fault::UserChanged),
    ];
    does(&mut session, Event::Minted(3, facts(JONAS, EPOCH)), 0.0, &expected);
}

#[test]
fn another_user_that_nobody_here_asked_for_is_seen_as_nobody_first() {
    let mut session = signed_in();
    session.told(Event::Heard(News::UserChanged), at(S), 0.0);
    let expected = [Effect::Forget(OWN), NOTHING_KNOWN, Effect::Keep(2, OWN), SIGNED_IN, Effect::UserChanged];
    does(&mut session, Event::Minted(2, facts(JONAS, EPOCH + 1.0)), S, &expected);
}

#[test]
fn a_sign_in_that_is_over_excuses_no_other_user() {
    let mut session = asked(CALLBACK);
    session.told(Event::Minted(1, facts(MAYA, EPOCH)), at(0.0), 0.0);
    session.told(Event::Heard(News::UserChanged), at(S), 0.0);
    let expected = [Effect::Forget(OWN), NOTHING_KNOWN, Effect::Keep(2, OWN), SIGNED_IN, Effect::UserChanged];
    does(&mut session, Event::Minted(2, facts(JONAS, EPOCH + 1.0)), S, &expected);
}

#[test]
fn a_token_for_somebody_else_shows_another_user_too() {
    let mut session = signed_in();
    does(&mut session, ask(OTHER), S, &[Effect::Mint(2, 1)]);
    let effects = session.told(Event::Minted(2, facts(JONAS, EPOCH + 1.0)), at(S), 0.0);
    for expected in [
        Effect::Forget(OWN),
        Effect::UserChanged,
        Effect::Mint(3, OWN),
        Effect::Keep(2, 1),
        lose(OTHER, Fault::UserChanged),
    ] {
        assert!(effects.contains(&expected), "{effects:?}");
    }
    assert_eq!(session.status(), Status::Unknown(None));
}

#[test]
fn every_audience_has_its_own_token() {
    let mut session = signed_in();
    does(&mut session, ask(OTHER), S, &[Effect::Mint(2, 1)]);
    does(&mut session, ask(TOKEN), S, &[has(TOKEN)]);
    does(&mut session, Event::Minted(2, facts(MAYA, EPOCH + 1.0)), S, &[Effect::Keep(2, 1), get(OTHER)]);
    does(&mut session, ask(OTHER), S, &[has(OTHER)]);
    // One that cannot be had does no harm to the others.
    let third = (2, Purpose::Token);
    does(&mut session, ask(third), S, &[Effect::Mint(3, 2)]);
    let down = Fault::ServiceUnavailable;
    does(&mut session, fails(3, down), S, &[lose(third, down)]);
    assert_eq!(session.status(), Status::Authenticated);
    let effects = session.told(Event::LoggedOut, at(S), 0.0);
    assert!(effects.contains(&Effect::Forget(OWN)) && effects.contains(&Effect::Forget(1)), "{effects:?}");
}

#[test]
fn more_audiences_take_along_what_is_known() {
    let mut session = Session::new(CONFIG, vec![Slot::EMPTY].leak());
    let mut effects = Vec::new();
    session.handle(ask(START), at(0.0), 0.0, &mut effects);
    session.handle(Event::Minted(1, facts(MAYA, EPOCH)), at(0.0), 0.0, &mut effects);
    let old = session.move_to(vec![Slot::EMPTY; 2].leak());
    assert_eq!((old.len(), session.room()), (1, 2));
    effects.clear();
    session.handle(ask(TOKEN), at(0.0), 0.0, &mut effects);
    session.handle(ask(OTHER), at(0.0), 0.0, &mut effects);
    assert!(effects.contains(&has(TOKEN)) && effects.contains(&Effect::Mint(2, 1)), "{effects:?}");
}
