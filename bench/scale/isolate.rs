//! One isolate: the real cache of the crate, and when a token will next make it look for a key set.

use crate::dice::Dice;
use crate::service::Generation;
use crate::world::{Happening, Time, World};
use bixarena_auth_client::jwks::cache::{Cache, Decision, Need, Ticket};

#[derive(Debug)]
pub(crate) struct Isolate {
    pub(crate) cache: Cache,
    /// The set in use, if there is one.
    pub(crate) keys: Option<Generation>,
    pub(crate) dies: Time,
    /// Since when it has had no set to use although somebody asked.
    pub(crate) dark_since: Option<Time>,
    /// Since when it has the set in use, or lives.
    pub(crate) since: Time,
    /// Counts what makes an event that was foreseen obsolete.
    pub(crate) version: u32,
}

/// Why a token makes an isolate act, and when.
pub(crate) type Wake = (Time, Need);

impl Isolate {
    pub(crate) fn born(world: &World, now: Time, dice: &mut Dice) -> Self {
        Self {
            cache: Cache::new(world.lifetimes),
            keys: None,
            dies: now + dice.pause(world.life),
            dark_since: None,
            since: now,
            version: 0,
        }
    }

    /// The next token that makes it act. Tokens come at random, so that those which change nothing can be skipped.
    pub(crate) fn next(&self, now: Time, world: &World, happening: Happening, dice: &mut Dice) -> Wake {
        let any = (wanted_from(&self.cache, now) + dice.pause(1e3 / world.rate), Need::Any);
        let Some(keys) = self.keys else { return any };
        let from = match self.cache.decide(now, Need::UnknownKey) {
            Decision::Refuse(wait) => now + wait,
            _ => now,
        };
        let unknown = match happening {
            Happening::Flood if from < world.calm + world.trouble => {
                let at = from.max(world.calm) + dice.pause(1e3 / world.flood);
                if at < world.calm + world.trouble {
                    at
                } else {
                    f64::INFINITY
                }
            }
            Happening::Rotation | Happening::Restart if keys == 0 => new_token(from, world, dice),
            Happening::Restart => old_token(from, world, dice),
            _ => f64::INFINITY,
        };
        if unknown < any.0 {
            (unknown, Need::UnknownKey)
        } else {
            any
        }
    }

    /// A fetch that began at `asked` failed; how long the next one has to wait.
    pub(crate) fn fail(&mut self, ticket: Ticket, asked: Time, now: Time, wait: Time) -> Time {
        self.cache.fail(ticket, now, wait);
        if now >= self.cache.usable_until() {
            self.dark_since.get_or_insert(self.cache.usable_until().max(asked));
        }
        // As long as the set at hand is used, the longer pause of an unknown key.
        [Need::Any, Need::UnknownKey]
            .into_iter()
            .find_map(|need| match self.cache.decide(now, need) {
                Decision::Refuse(wait) => Some(wait),
                _ => None,
            })
            .unwrap_or(0.0)
    }

    /// How many good tokens it has refused since it got the set in use: those of a new key that it does not know.
    pub(crate) fn refused_of_new_key(&self, now: Time, world: &World, happening: Happening) -> f64 {
        let changes = matches!(happening, Happening::Rotation | Happening::Restart);
        let made = |at: Time| world.rate / 1e3 * area((at - world.calm).max(0.0), world.token_life);
        if changes && self.keys == Some(0) && now > world.calm {
            made(now) - made(self.since.max(world.calm))
        } else {
            0.0
        }
    }
}

/// From when on any token makes the cache want a set. Within the pause after a failure the cache says no more than that
/// the old set is to be used, so the end of that is searched for.
fn wanted_from(cache: &Cache, now: Time) -> Time {
    let uses = |at: Time| cache.decide(at, Need::Any) == Decision::Use;
    match cache.decide(now, Need::Any) {
        Decision::Refuse(wait) => now + wait,
        Decision::Use if now < cache.fresh_until() => cache.fresh_until(),
        Decision::Use => {
            let (mut low, mut high) = (now, cache.usable_until());
            while high - low > 1.0 {
                let middle = f64::midpoint(low, high);
                if uses(middle) {
                    low = middle
                } else {
                    high = middle
                }
            }
            high
        }
        Decision::Fetch | Decision::UseAndRefresh => now,
    }
}

/// The share of clients with a new token grows evenly from 0 to 1 in a token's life; the area below that.
fn area(time: Time, life: Time) -> Time {
    if time < life {
        time * time / (2.0 * life)
    } else {
        time - life / 2.0
    }
}

/// When the first token of the new key comes.
fn new_token(from: Time, world: &World, dice: &mut Dice) -> Time {
    let (life, began) = (world.token_life, (from - world.calm).max(0.0));
    let wanted = area(began, life) + dice.pause(1e3 / world.rate);
    let time = if wanted < life / 2.0 { (2.0 * life * wanted).sqrt() } else { wanted + life / 2.0 };
    world.calm + time
}

/// When the next token of the key that is gone comes, if ever.
fn old_token(from: Time, world: &World, dice: &mut Dice) -> Time {
    let (life, began) = (world.token_life, (from - world.calm).max(0.0));
    let left = |time: Time| time.min(life) - area(time.min(life), life);
    let wanted = left(began) + dice.pause(1e3 / world.rate);
    let under = life * life - 2.0 * life * wanted;
    if under > 0.0 {
        world.calm + life - under.sqrt()
    } else {
        f64::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SECOND;

    #[test]
    fn a_pause_is_found() {
        let mut cache = Cache::new(World::default().lifetimes);
        let ticket = cache.begin(Need::Any);
        cache.succeed(ticket, 0.0, 0.0);
        assert_eq!(wanted_from(&cache, 5.0), 600.0 * SECOND);
        for failures in 0..3 {
            let ticket = cache.begin(Need::Any);
            cache.fail(ticket, 700.0 * SECOND, 0.0);
            let pause = f64::from(1 << failures) * SECOND;
            assert!((wanted_from(&cache, 700.0 * SECOND) - 700.0 * SECOND - pause).abs() <= 1.0);
        }
    }

    #[test]
    fn new_tokens_take_the_place_of_old_ones() {
        let world = World::default();
        let mut dice = Dice::new(1);
        let (end, rounds) = (world.calm + world.token_life, 1000);
        let early = (0..rounds).filter(|_| new_token(0.0, &world, &mut dice) < world.calm + 10.0 * SECOND).count();
        // 10 s after the change one of 60 tokens is new: 0.083 of them on average until then.
        assert!((60..110).contains(&early), "{early}");
        assert!((0..rounds).all(|_| new_token(end, &world, &mut dice) >= end));
        assert!((0..rounds).all(|_| old_token(end, &world, &mut dice) == f64::INFINITY));
        assert!((0..rounds).all(|_| old_token(world.calm, &world, &mut dice) < end));
    }
}
