//! The isolates of all sites, one event after another.

use crate::dice::Dice;
use crate::isolate::Isolate;
use crate::service::{Answer, Front, Generation, Service};
use crate::store::{Mark, Shared, Stored};
use crate::world::{Client, Happening, Tiers, Time, World};
use bixarena_auth_client::jwks::cache::{Need, Ticket, STORED};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How often an isolate looks whether another one's fetch has brought a set.
const LOOK_AGAIN: Time = 100.0;

/// What comes of a run, from the end of the calm on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    /// Requests that the service saw in each minute.
    pub(crate) by_minute: Vec<u64>,
    pub(crate) peak_of_a_site: u32,
    /// Requests that it refused because of its limit.
    pub(crate) limited: u64,
    /// Good requests to the guarded routes, and how many of them were not served.
    pub(crate) good: f64,
    pub(crate) unserved: f64,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Wakes(Need),
    Dies,
    Hears { ticket: Ticket, asked: Time, answer: Answer },
}

#[derive(Debug)]
struct Event {
    at: Time,
    isolate: usize,
    version: u32,
    what: What,
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.total_cmp(&other.at).then(self.isolate.cmp(&other.isolate))
    }
}
impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Event {}

struct Planet<'a> {
    world: &'a World,
    happening: Happening,
    tiers: Tiers,
    dice: Dice,
    service: Service,
    front: Front,
    sets: Vec<Shared<Stored>>,
    marks: Vec<Shared<Mark>>,
    isolates: Vec<Isolate>,
    events: BinaryHeap<Reverse<Event>>,
    unserved: f64,
}

/// Runs the world once.
pub(crate) fn run(world: &World, happening: Happening, tiers: Tiers, client: Client) -> Outcome {
    let mut planet = Planet::new(world, happening, tiers, client);
    let end = world.calm + world.watched;
    while let Some(Reverse(event)) = planet.events.pop() {
        if event.at >= end {
            break;
        }
        planet.handle(&event);
    }
    planet.outcome(end)
}

impl<'a> Planet<'a> {
    fn new(world: &'a World, happening: Happening, tiers: Tiers, client: Client) -> Self {
        let mut dice = Dice::new(world.seed);
        let count = world.sites * world.isolates;
        let mut planet = Self {
            isolates: (0..count).map(|_| Isolate::born(world, 0.0, &mut dice)).collect(),
            world,
            happening,
            tiers,
            dice,
            service: Service::new(world, happening, client),
            front: Front::default(),
            sets: vec![Shared::default(); world.sites],
            marks: vec![Shared::default(); world.sites],
            events: BinaryHeap::with_capacity(2 * count),
            unserved: 0.0,
        };
        if happening == Happening::Deployment {
            for isolate in &mut planet.isolates {
                isolate.dies = isolate.dies.min(world.calm);
            }
        }
        (0..count).for_each(|isolate| planet.foresee(isolate, 0.0));
        planet
    }

    fn handle(&mut self, event: &Event) {
        let (isolate, now) = (event.isolate, event.at);
        if self.isolates.get(isolate).is_none_or(|one| one.version != event.version) {
            return;
        }
        match event.what {
            What::Dies => self.replace(isolate, now),
            What::Hears { ticket, asked, answer } => self.hear(isolate, now, ticket, asked, answer),
            What::Wakes(need) => self.wake(isolate, now, need),
        }
    }

    fn site(&self, isolate: usize) -> usize {
        isolate / self.world.isolates
    }

    /// Puts the isolate's next event into the queue, in place of the one that was foreseen.
    fn foresee(&mut self, isolate: usize, now: Time) {
        let Some(one) = self.isolates.get_mut(isolate) else { return };
        one.version += 1;
        let (at, need) = one.next(now, self.world, self.happening, &mut self.dice);
        let (at, what) = if at < one.dies { (at, What::Wakes(need)) } else { (one.dies, What::Dies) };
        self.events.push(Reverse(Event { at, isolate, version: one.version, what }));
    }

    /// An isolate ends, and another one takes its place.
    fn replace(&mut self, isolate: usize, now: Time) {
        self.count_unserved(isolate, now);
        let born = Isolate::born(self.world, now, &mut self.dice);
        if let Some(one) = self.isolates.get_mut(isolate) {
            *one = Isolate { version: one.version, ..born };
        }
        self.foresee(isolate, now);
    }

    /// A token came for which the cache may want a set.
    fn wake(&mut self, isolate: usize, now: Time, need: Need) {
        use bixarena_auth_client::jwks::cache::Decision::{Fetch, UseAndRefresh};
        let Some(one) = self.isolates.get(isolate) else { return };
        let wants = matches!(one.cache.decide(now, need), Fetch | UseAndRefresh);
        if !wants || self.take_stored(isolate, now, need) {
            return self.foresee(isolate, now);
        }
        match self.mark_of(isolate, now) {
            Some(mark) if mark.is_failure => return self.give_up(isolate, now, need, mark.until - now),
            Some(_) => return self.wait(isolate, now, need),
            None => self.set_mark(isolate, now, self.world.mark, false),
        }
        let latency = self.world.latency * (0.5 + self.dice.share());
        let site = self.site(isolate);
        let (answer, comes) = if self.tiers.front {
            self.front.ask(&mut self.service, site, now, latency, self.world.front_ttl)
        } else {
            (self.service.ask(site, now), now + latency)
        };
        let Some(one) = self.isolates.get_mut(isolate) else { return };
        one.version += 1;
        let what = What::Hears { ticket: one.cache.begin(need), asked: now, answer };
        self.events.push(Reverse(Event { at: comes, isolate, version: one.version, what }));
    }

    /// Takes the set of the site's store, if it is newer. Whether that is enough: as `#takeStored` in remote-keys.js.
    fn take_stored(&mut self, isolate: usize, now: Time, need: Need) -> bool {
        let stored = self.sets.get(self.site(isolate)).and_then(|sets| sets.found(now));
        let Some(Stored { asked, keys }) = stored else { return false };
        let Some(cache) = self.isolates.get(isolate).map(|one| &one.cache) else { return false };
        // The store forgets what nobody would use.
        if !self.tiers.cache_api || now >= asked + self.world.lifetimes.stale_if_error {
            return false;
        }
        let is_first = cache.usable_until() <= now;
        let mut cache = cache.clone();
        if !cache.succeed(STORED, asked, now) {
            return false;
        }
        let until = if is_first { cache.served_until() } else { cache.fresh_until() };
        self.use_set(isolate, now, keys);
        if let Some(one) = self.isolates.get_mut(isolate) {
            one.cache = cache;
        }
        need != Need::Any || now < until
    }

    /// What another isolate of the site has left for this one.
    fn mark_of(&self, isolate: usize, now: Time) -> Option<Mark> {
        let mark = self.marks.get(self.site(isolate))?.found(now);
        mark.filter(|mark| self.tiers.marks && now < mark.until)
    }

    fn set_mark(&mut self, isolate: usize, now: Time, length: Time, is_failure: bool) {
        let site = self.site(isolate);
        if let Some(marks) = self.marks.get_mut(site) {
            marks.put(now, now + self.world.store_latency, Mark { until: now + length, is_failure });
        }
    }

    /// Looks again soon.
    fn wait(&mut self, isolate: usize, now: Time, need: Need) {
        let Some(one) = self.isolates.get_mut(isolate) else { return };
        one.version += 1;
        let event = Event { at: now + LOOK_AGAIN, isolate, version: one.version, what: What::Wakes(need) };
        self.events.push(Reverse(event));
    }

    /// Does not ask, since another isolate has been told that it is of no use.
    fn give_up(&mut self, isolate: usize, now: Time, need: Need, wait: Time) {
        if let Some(one) = self.isolates.get_mut(isolate) {
            let ticket = one.cache.begin(need);
            one.fail(ticket, now, now, wait);
        }
        self.foresee(isolate, now);
    }

    fn hear(&mut self, isolate: usize, now: Time, ticket: Ticket, asked: Time, answer: Answer) {
        let site = self.site(isolate);
        match answer {
            Ok(keys) => {
                self.use_set(isolate, now, keys);
                if let Some(one) = self.isolates.get_mut(isolate) {
                    one.cache.succeed(ticket, asked, now);
                }
                if let Some(sets) = self.sets.get_mut(site) {
                    // A write looks first whether there is a newer one.
                    if sets.found(now).is_none_or(|known| known.asked < asked) {
                        sets.put(now, now + self.world.store_latency, Stored { asked, keys });
                    }
                }
            }
            Err(wait) => {
                let pause = self.isolates.get_mut(isolate).map(|one| one.fail(ticket, asked, now, wait));
                self.set_mark(isolate, now, pause.unwrap_or(0.0), true);
            }
        }
        self.foresee(isolate, now);
    }

    fn use_set(&mut self, isolate: usize, now: Time, keys: Generation) {
        self.count_unserved(isolate, now);
        if let Some(one) = self.isolates.get_mut(isolate) {
            one.keys = Some(keys);
            one.since = now;
        }
    }

    /// Adds what the isolate had to refuse until now although it was good.
    fn count_unserved(&mut self, isolate: usize, now: Time) {
        let Some(one) = self.isolates.get_mut(isolate) else { return };
        let dark = one.dark_since.take().map_or(0.0, |since| (now - since.max(self.world.calm)).max(0.0));
        self.unserved += dark / 1e3 * self.world.rate + one.refused_of_new_key(now, self.world, self.happening);
    }

    fn outcome(mut self, end: Time) -> Outcome {
        (0..self.isolates.len()).for_each(|isolate| self.count_unserved(isolate, end));
        Outcome {
            by_minute: self.service.by_minute(self.world.calm),
            peak_of_a_site: self.service.peak_of_a_site(self.world.calm),
            limited: self.service.refused(),
            good: self.isolates.len() as f64 * self.world.rate * self.world.watched / 1e3,
            unserved: self.unserved,
        }
    }
}
