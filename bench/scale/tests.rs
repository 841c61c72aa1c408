//! What holds in every world.

use crate::planet::{run, Outcome};
use crate::world::{Client, Happening, Tiers, World, MINUTE};

const MEMORY: Tiers = Tiers::ALL[0];
const SETS: Tiers = Tiers::ALL[1]; // without the marks
const CACHE_API: Tiers = Tiers::ALL[2];
const FRONT: Tiers = Tiers::ALL[3];

fn small() -> World {
    World { sites: 20, isolates: 20, ..World::default() }
}

fn asked(found: &Outcome) -> u64 {
    found.by_minute.iter().sum()
}

#[test]
fn the_same_seed_gives_the_same_planet() {
    let world = small();
    let first = run(&world, Happening::Rotation, CACHE_API, Client::Worker);
    assert_eq!(first, run(&world, Happening::Rotation, CACHE_API, Client::Worker));
    let other = World { seed: 2, ..world };
    assert_ne!(first, run(&other, Happening::Rotation, CACHE_API, Client::Worker));
}

#[test]
fn an_isolate_asks_once_a_life_and_once_a_lifetime_of_its_set() {
    // An isolate that lives for ever asks after each ten minutes, as soon as it gets a token.
    let world = World { life: 1e9 * MINUTE, ..small() };
    let found = run(&world, Happening::Steady, MEMORY, Client::Unlimited);
    let isolates = (world.sites * world.isolates) as u64;
    assert!(asked(&found) <= 3 * isolates, "{}", asked(&found));
    assert!(asked(&found) >= 2 * isolates, "{}", asked(&found));
    // One that lives for a minute asks once.
    let world = World { life: MINUTE, ..small() };
    let births = isolates as f64 * world.watched / world.life;
    let share = asked(&run(&world, Happening::Steady, MEMORY, Client::Unlimited)) as f64 / births;
    assert!((0.9..1.1).contains(&share), "{share} of the births");
}

#[test]
fn each_tier_makes_fewer_requests() {
    let world = small();
    for happening in Happening::ALL {
        let memory = asked(&run(&world, happening, MEMORY, Client::Unlimited));
        for tiers in [CACHE_API, FRONT] {
            let with_tier = asked(&run(&world, happening, tiers, Client::Unlimited));
            assert!(with_tier < memory, "{happening:?} {tiers:?}: {with_tier} of {memory}");
        }
    }
}

#[test]
fn a_flood_costs_one_request_a_cooldown_for_each_isolate_and_less_with_a_store() {
    let world = World { flood: 50.0, ..small() };
    let cooldowns = (world.trouble / world.lifetimes.cooldown) as u64;
    let (sites, isolates) = (world.sites as u64, (world.sites * world.isolates) as u64);
    let of_flood = |tiers| {
        let all = asked(&run(&world, Happening::Flood, tiers, Client::Unlimited));
        all - asked(&run(&world, Happening::Steady, tiers, Client::Unlimited))
    };
    let (memory, cache_api) = (of_flood(MEMORY), of_flood(CACHE_API));
    assert!((cooldowns - 5) * isolates < memory && memory <= cooldowns * isolates, "{memory}");
    assert!((cooldowns - 5) * sites < cache_api && cache_api < memory / 2, "{cache_api} of {memory}");
    assert!(cache_api < of_flood(SETS), "the marks are of no use");
}

#[test]
fn nobody_notices_an_outage_that_is_shorter_than_the_stale_limit() {
    // Nobody is born into it either.
    let world = World { life: 1e9 * MINUTE, ..small() };
    let found = run(&world, Happening::Outage, MEMORY, Client::Unlimited);
    assert_eq!(found.unserved, 0.0);
    let longer = World { trouble: 80.0 * MINUTE, watched: 80.0 * MINUTE, ..world };
    let found = run(&longer, Happening::Outage, MEMORY, Client::Unlimited);
    assert!(found.unserved > 0.0 && found.unserved < found.good / 2.0, "{}", found.unserved);
}

#[test]
fn the_limit_holds() {
    let world = World { limit: 5, ..small() };
    let found = run(&world, Happening::Deployment, MEMORY, Client::Worker);
    let given = asked(&found) - found.limited;
    assert!(given <= u64::from(world.limit) * 31, "{given}");
    assert!(found.unserved > 0.0);
    assert_eq!(run(&small(), Happening::Deployment, CACHE_API, Client::Worker).unserved, 0.0);
}

#[test]
fn new_keys_are_found_within_the_cooldown() {
    for happening in [Happening::Rotation, Happening::Restart] {
        let world = small();
        let found = run(&world, happening, CACHE_API, Client::Unlimited);
        // Fewer than if nobody had found them in half a minute, when one token of 20 is new.
        let bound = (world.sites * world.isolates) as f64 * world.rate * 30.0 * 0.05;
        assert!(found.unserved > 0.0 && found.unserved < bound, "{happening:?}: {}", found.unserved);
    }
}
