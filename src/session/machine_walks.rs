//! Random walks of the machine: whatever happens in whatever order, no invariant breaks.

use super::event::{Config, Effect, Event, Moment, Purpose, Status, OWN};
use super::failure::Failure;
use super::machine::Session;
use super::machine_tests::{
    ask, facts, limited, Wish, CALLBACK, CONFIG, EPOCH, FORCED, JONAS, MAYA, OTHER, S, START, TOKEN,
};
use super::slot::Slot;
use super::tabs::News;
use super::token::User;
use crate::error::{Fault, Verdict};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

/// What the world outside knows.
struct World {
    session: Session<'static>,
    now: Moment,
    asked: u32,
    answered: Vec<u32>,
    /// Who waits for what.
    waiting: Vec<(Wish, u32)>,
    /// The newest mint of each audience, if it has not been answered.
    minting: [Option<u32>; 2],
    mints: u32,
    /// The mint whose token is in use, for each audience.
    kept: [Option<u32>; 2],
    blocked_until: f64,
    /// Who was signed in when somebody asked for a token.
    owners: Vec<(u32, Option<User>)>,
    user: Option<User>,
    published: Status,
}

impl World {
    fn new(config: Config) -> Self {
        Self {
            session: Session::new(config, vec![Slot::EMPTY; 2].leak()),
            now: Moment { monotonic: 0.0, wall: EPOCH * S },
            asked: 0,
            answered: vec![],
            waiting: vec![],
            minting: [None; 2],
            mints: 0,
            kept: [None; 2],
            blocked_until: 0.0,
            owners: vec![],
            user: None,
            published: Status::Unknown(None),
        }
    }

    fn event(&mut self, kind: u8, detail: u8) -> Event {
        let at = usize::from(detail);
        let mint = self.minting[at % 2].unwrap_or(9_999);
        match kind {
            0..=2 => {
                let wish = [START, TOKEN, FORCED, CALLBACK, OTHER][at];
                self.waiting.push((wish, self.asked));
                if matches!(wish.1, Purpose::Token | Purpose::NewToken) {
                    self.owners.push((self.asked, self.user));
                }
                self.asked += 1;
                ask(wish)
            }
            3 | 4 => {
                let user = [MAYA, MAYA, MAYA, JONAS, JONAS][at];
                Event::Minted(mint, facts(user, EPOCH + (self.now.monotonic / S).floor()))
            }
            5 => {
                let [no_session, timeout, no_key] =
                    [Fault::LoginRequired, Fault::Timeout, Fault::KeyNotFound].map(Failure::new);
                Event::MintFailed(mint, [no_session, limited(30.0), timeout, no_key][at % 4])
            }
            6 => Event::Minted(self.mints.wrapping_sub(1), facts(3, EPOCH)),
            7 => Event::LoggedOut,
            8 => Event::Heard([News::SignedIn, News::SignedOut, News::UserChanged][at % 3]),
            9 => Event::Woke,
            10 => Event::Hidden,
            _ => Event::Due,
        }
    }

    fn take_waiting(&mut self, wish: Wish) -> Vec<u32> {
        let (taken, rest) = self.waiting.drain(..).partition(|(one, _)| *one == wish);
        self.waiting = rest;
        let taken: Vec<(Wish, u32)> = taken;
        taken.into_iter().map(|(_, waiter)| waiter).collect()
    }

    fn answer(&mut self, waiter: u32, answer: Verdict, new_user: Option<User>) -> Result<(), TestCaseError> {
        let owner = self.owners.iter().find(|(one, _)| *one == waiter).and_then(|(_, user)| *user);
        if let (Some(old), Some(new), Ok(())) = (owner, new_user, answer) {
            prop_assert_eq!(old, new, "asked for as one user, given as another");
        }
        self.answered.push(waiter);
        Ok(())
    }

    fn step(&mut self, event: Event, entropy: f64) -> Result<(), TestCaseError> {
        let is_logout = event == Event::LoggedOut;
        let is_disposed = event == Event::Disposed;
        let (mut new_user, ended) = match &event {
            Event::Minted(mint, facts) if self.minting.contains(&Some(*mint)) => (Some(facts.user), Some(*mint)),
            Event::MintFailed(mint, error) if !(error.fault == Fault::KeyNotFound) => (None, Some(*mint)),
            _ => (None, None),
        };
        let is_end = is_logout
            || matches!(&event, Event::MintFailed(mint, error) if self.minting.contains(&Some(*mint)) && error.fault == Fault::LoginRequired);
        let mut effects = Vec::new();
        self.session.handle(event, self.now, entropy, &mut effects);
        let keeps = effects.iter().any(|effect| matches!(effect, Effect::Keep(..)));
        if is_end {
            (self.user, self.minting) = (None, [None; 2]);
        }
        if !keeps {
            new_user = None;
        }
        for effect in effects {
            match effect {
                Effect::Mint(mint, audience) => {
                    prop_assert_eq!(mint, self.mints + 1, "every mint has a number of its own");
                    prop_assert!(self.now.monotonic >= self.blocked_until, "a request before Retry-After is over");
                    self.mints = mint;
                    self.minting[audience] = Some(mint);
                }
                Effect::Keep(mint, audience) => {
                    prop_assert_eq!(Some(mint), self.minting[audience], "an overtaken mint is never used");
                    self.minting[audience] = None;
                    self.kept[audience] = Some(mint);
                }
                Effect::Forget(audience) => {
                    prop_assert!(self.kept[audience].take().is_some(), "what is forgotten was there");
                }
                Effect::Answer(audience, purpose, answer) => {
                    let (wish, waiter) = self.waiting.pop().unwrap_or((START, u32::MAX));
                    prop_assert_eq!(wish, (audience, purpose), "whoever asked last is answered");
                    self.answer(waiter, answer, new_user)?;
                }
                Effect::AnswerAll(audience, purpose, answer) => {
                    for waiter in self.take_waiting((audience, purpose)) {
                        self.answer(waiter, answer, new_user)?;
                    }
                }
                Effect::Publish(status) => self.published = status,
                Effect::Limit(wait) => self.blocked_until = self.now.monotonic + wait,
                Effect::Wake(pause) => {
                    prop_assert!(pause >= 1.0 && (pause <= 2_147_483_647.0 || pause == f64::INFINITY), "{}", pause);
                }
                _ => {}
            }
        }
        if let (Some(mint), false) = (ended, keeps) {
            // Ended without a token.
            for one in &mut self.minting {
                *one = one.filter(|minting| *minting != mint);
            }
        }
        if keeps {
            self.blocked_until = 0.0;
            self.user = new_user.or(self.user.take());
        }
        let is_authenticated = self.session.status() == Status::Authenticated;
        prop_assert_eq!(
            is_authenticated && !is_disposed,
            self.kept[OWN].is_some(),
            "authenticated means a verified token, and nothing else"
        );
        prop_assert_eq!(self.published, self.session.status(), "what is shown is what is known");
        Ok(())
    }
}

fn steps() -> impl Strategy<Value = Vec<(u8, u8, f64, f64)>> {
    proptest::collection::vec((0..12_u8, 0..5_u8, 0.0..200e3, 0.0..1.0), 1..100)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_walk_breaks_an_invariant(steps in steps(), renews in any::<bool>(), skew in -7_200e3..7_200e3) {
        let mut world = World::new(Config { renews, ..CONFIG });
        for (kind, detail, pause, entropy) in steps {
            world.now.monotonic += pause;
            world.now.wall = EPOCH * S + world.now.monotonic + skew;
            let event = world.event(kind, detail);
            world.step(event, entropy)?;
        }
        world.step(Event::Disposed, 0.0)?;
        world.answered.sort_unstable();
        prop_assert_eq!((0..world.asked).collect::<Vec<_>>(), world.answered, "everybody gets one answer");
    }

    #[test]
    fn on_demand_nothing_is_asked_for_by_itself(steps in steps()) {
        let mut world = World::new(Config { renews: false, ..CONFIG });
        for (kind, detail, pause, entropy) in steps {
            world.now.monotonic += pause;
            world.now.wall += pause;
            let mints = world.mints;
            let is_waiting = !world.waiting.is_empty();
            let event = world.event(kind, detail);
            let is_ask = matches!(event, Event::Ask(..));
            let is_minted = matches!(event, Event::Minted(..));
            world.step(event, entropy)?;
            // Only for somebody who waits; or to know whose session it is, which a token just showed to be another's.
            prop_assert!(world.mints == mints || is_ask || is_waiting || is_minted);
        }
    }
}
