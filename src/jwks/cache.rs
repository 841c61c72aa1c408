//! When to fetch the key set: decisions only, from what is known and the time. Whoever asks does the fetching.
//!
//! All times are milliseconds of one clock, the caller's.

/// The lifetimes and pauses of a key set, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lifetimes {
    /// How long a set is fresh after it was fetched. Default: 10 minutes.
    pub max_age: f64,
    /// How much longer it is used while it is refreshed in the background (RFC 5861 §3). Default: 10 minutes.
    pub stale_while_revalidate: f64,
    /// How old a set may be that is used because it cannot be refreshed (RFC 5861 §4). Default: 1 hour.
    pub stale_if_error: f64,
    /// The pause after a fetch before an unknown key causes another. Default: 30 s.
    pub cooldown: f64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { max_age: 600e3, stale_while_revalidate: 600e3, stale_if_error: 3_600e3, cooldown: 30e3 }
    }
}

/// What the caller wants of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A set to look for a key in.
    Any,
    /// A key that the set at hand does not have, named by anybody's token.
    UnknownKey,
    /// The same, named by a token that the issuer has just handed out: no attacker can ask for that.
    UnknownKeyOfIssuer,
    /// The newest set, whatever is known: the caller said so.
    Newest,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decision {
    /// Use the set at hand.
    Use,
    /// Use it, and fetch in the background.
    UseAndRefresh,
    /// Fetch first, or wait for the fetch that is under way.
    Fetch,
    /// Fetching again would help nobody now. The number is how long to wait, in milliseconds.
    Refuse(f64),
}

/// The number of a fetch: a later one has a greater number.
pub type Ticket = u32;

/// In place of a ticket: the set comes from a store that other verifiers have filled, and only its time says whether it
/// is newer than the one in use.
pub const STORED: Ticket = 0;

/// The first pause after a failed fetch; it doubles up to the cooldown.
const FIRST_PAUSE: f64 = 1e3;

/// Before all time.
const NEVER: f64 = f64::NEG_INFINITY;

/// What is known of the set and of the attempts to fetch it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cache {
    lifetimes: Lifetimes,
    /// When the set in use was asked for; before all time if there is none.
    succeeded: f64,
    /// When the last fetch ended, well or not.
    fetched: f64,
    /// How many fetches have failed since the last one that did not.
    failures: u32,
    /// How long the service wanted no other fetch after the last one.
    wait: f64,
    /// How many fetches in a row tokens of the issuer have caused.
    healings: u32,
    begun: Ticket,
    applied: Ticket,
    /// When the set that was last taken from a store was asked for.
    stored: f64,
}

impl Default for Cache {
    /// Nothing is known yet; the default lifetimes.
    fn default() -> Self {
        Self::new(Lifetimes::default())
    }
}

impl Cache {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(lifetimes: Lifetimes) -> Self {
        Self {
            lifetimes,
            succeeded: NEVER,
            fetched: NEVER,
            failures: 0,
            wait: 0.0,
            healings: 0,
            begun: 0,
            applied: 0,
            stored: NEVER,
        }
    }

    /// Decides what to do.
    #[must_use]
    pub fn decide(&self, now: f64, need: Need) -> Decision {
        match need {
            Need::Any => self.decide_any(now),
            Need::UnknownKey => self.after(now, self.lifetimes.cooldown.max(self.pause())),
            Need::UnknownKeyOfIssuer => self.after(now, self.healing_pause().max(self.pause())),
            Need::Newest => Decision::Fetch,
        }
    }

    /// Until when the set may be used without asking again; in the past if it may not.
    #[must_use]
    pub fn fresh_until(&self) -> f64 {
        self.succeeded + self.lifetimes.max_age
    }

    /// Until when the set may be used while it is refreshed in the background; in the past if it may not.
    #[must_use]
    pub fn served_until(&self) -> f64 {
        self.fresh_until() + self.lifetimes.stale_while_revalidate
    }

    /// Until when the set may be used although it could not be refreshed; in the past if there is none.
    #[must_use]
    pub fn usable_until(&self) -> f64 {
        self.succeeded + self.lifetimes.stale_if_error.max(self.lifetimes.max_age)
    }

    /// Whether the last fetch failed: what the set lacks may exist all the same.
    #[must_use]
    pub fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// A fetch begins.
    pub fn begin(&mut self, need: Need) -> Ticket {
        self.healings = if need == Need::UnknownKeyOfIssuer { self.healings.saturating_add(1) } else { 0 };
        self.begun = self.begun.wrapping_add(1);
        self.begun
    }

    /// A fetch that was begun at `asked` brought a set, or a store had one that was asked for then. False: a newer answer
    /// came first, throw this one away.
    pub fn succeed(&mut self, ticket: Ticket, asked: f64, now: f64) -> bool {
        if ticket == STORED {
            // What claims to come from the future would never age.
            if asked > now || (asked <= self.succeeded && self.succeeded <= now) {
                return false;
            }
            self.stored = asked;
            self.fetched = self.fetched.max(asked);
        } else {
            // A clock that was set back makes the store's set look newer than any answer.
            if ticket <= self.applied || (asked < self.stored && self.stored <= now) {
                return false;
            }
            self.applied = ticket;
            self.fetched = now;
        }
        self.succeeded = asked;
        self.failures = 0;
        true
    }

    /// A fetch failed; the set at hand stays. `wait` is how long the service wants no other, 0 if it did not say.
    pub fn fail(&mut self, ticket: Ticket, now: f64, wait: f64) {
        if ticket > self.applied {
            self.wait = wait.max(0.0);
            self.fetched = now;
            self.failures = self.failures.saturating_add(1);
        }
    }

    fn decide_any(&self, now: f64) -> Decision {
        if self.succeeded <= now && now < self.fresh_until() {
            return Decision::Use;
        }
        match self.after(now, self.pause()) {
            // A clock that was set back makes the age negative: nothing is known about it, so it is looked at again.
            Decision::Fetch if now < self.served_until() => Decision::UseAndRefresh,
            Decision::Refuse(_) if now < self.usable_until() => Decision::Use,
            decision => decision,
        }
    }

    /// Exponential, so that a service that is down is not kept down.
    fn pause(&self) -> f64 {
        match self.failures {
            0 => 0.0,
            failures => doubled(FIRST_PAUSE, failures - 1, self.lifetimes.cooldown).max(self.wait),
        }
    }

    fn healing_pause(&self) -> f64 {
        doubled(FIRST_PAUSE, self.healings, self.lifetimes.cooldown)
    }

    fn after(&self, now: f64, pause: f64) -> Decision {
        let left = self.fetched + pause - now;
        // More than the pause itself: the clock was set back.
        if left > 0.0 && left <= pause {
            Decision::Refuse(left)
        } else {
            Decision::Fetch
        }
    }
}

fn doubled(first: f64, times: u32, limit: f64) -> f64 {
    (first * f64::from(1_u32 << times.min(20))).min(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: f64 = 1e3;

    /// A cache whose set was asked for, and came, at 0.
    fn fetched_at_0() -> Cache {
        let mut cache = Cache::new(Lifetimes::default());
        let ticket = cache.begin(Need::Any);
        assert!(cache.succeed(ticket, 0.0, 0.0));
        cache
    }

    fn failed(mut cache: Cache, at: f64) -> Cache {
        let ticket = cache.begin(Need::Any);
        cache.fail(ticket, at, 0.0);
        cache
    }

    #[test]
    fn a_set_ages() {
        let cache = fetched_at_0();
        for (seconds, expected) in [
            (0.0, Decision::Use),
            (599.9, Decision::Use),
            (600.0, Decision::UseAndRefresh),
            (1199.9, Decision::UseAndRefresh),
            (1200.0, Decision::Fetch),
            (9999.0, Decision::Fetch),
            (-50.0, Decision::UseAndRefresh),
        ] {
            assert_eq!(cache.decide(seconds * S, Need::Any), expected, "{seconds}");
        }
        assert_eq!(Cache::new(Lifetimes::default()).decide(0.0, Need::Any), Decision::Fetch);
    }

    #[test]
    fn a_set_that_cannot_be_refreshed_is_used_for_an_hour_at_most() {
        let cache = failed(fetched_at_0(), 1_300.0 * S);
        assert_eq!(cache.decide(1_300.5 * S, Need::Any), Decision::Use, "within the pause");
        assert_eq!(cache.decide(1_301.0 * S, Need::Any), Decision::Fetch, "after it");
        assert_eq!(cache.usable_until(), 3_600.0 * S);
        let cache = failed(cache, 3_700.0 * S);
        assert!(matches!(cache.decide(3_700.5 * S, Need::Any), Decision::Refuse(_)));
    }

    #[test]
    fn failures_make_pauses_that_grow() {
        let mut cache = Cache::new(Lifetimes::default());
        for pause in [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0] {
            cache = failed(cache, 0.0);
            assert_eq!(cache.decide(0.0, Need::Any), Decision::Refuse(pause * S));
            assert_eq!(cache.decide(pause * S, Need::Any), Decision::Fetch);
        }
    }

    #[test]
    fn the_service_says_how_long_to_wait() {
        let mut cache = fetched_at_0();
        let ticket = cache.begin(Need::Any);
        cache.fail(ticket, 0.0, 120.0 * S);
        assert_eq!(cache.decide(0.0, Need::UnknownKey), Decision::Refuse(120.0 * S));
        assert_eq!(cache.decide(119.0 * S, Need::Any), Decision::Use, "the set at hand is served all the while");
        let ticket = cache.begin(Need::Any);
        assert!(cache.succeed(ticket, 120.0 * S, 120.0 * S));
        assert_eq!(cache.decide(150.0 * S, Need::UnknownKey), Decision::Fetch);
    }

    #[test]
    fn unknown_keys_cause_one_fetch_a_cooldown() {
        let cache = fetched_at_0();
        assert_eq!(cache.decide(10.0 * S, Need::UnknownKey), Decision::Refuse(20.0 * S));
        assert_eq!(cache.decide(30.0 * S, Need::UnknownKey), Decision::Fetch);
        assert_eq!(cache.decide(10.0 * S, Need::Any), Decision::Use, "known keys are served all the while");
        assert_eq!(cache.decide(10.0 * S, Need::Newest), Decision::Fetch);
    }

    #[test]
    fn the_issuers_own_tokens_wait_a_second_then_longer() {
        let mut cache = fetched_at_0();
        let mut now = 0.0;
        for pause in [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0] {
            assert!(matches!(cache.decide(now + pause * S - 1.0, Need::UnknownKeyOfIssuer), Decision::Refuse(_)));
            now += pause * S;
            assert_eq!(cache.decide(now, Need::UnknownKeyOfIssuer), Decision::Fetch);
            let ticket = cache.begin(Need::UnknownKeyOfIssuer);
            assert!(cache.succeed(ticket, now, now));
        }
    }

    #[test]
    fn a_late_answer_is_thrown_away() {
        let mut cache = fetched_at_0();
        let (slow, quick) = (cache.begin(Need::Newest), cache.begin(Need::Newest));
        assert!(cache.succeed(quick, 5.0, 6.0));
        assert!(!cache.succeed(slow, 4.0, 9.0));
        cache.fail(slow, 9.0, 0.0);
        assert!(!cache.is_failing());
        assert_eq!(cache.fresh_until(), 5.0 + 600.0 * S);
    }

    #[test]
    fn a_stored_set_counts_from_its_own_fetch() {
        let mut cache = Cache::new(Lifetimes::default());
        assert!(!cache.succeed(STORED, 500.1 * S, 500.0 * S), "from the future");
        assert!(cache.succeed(STORED, 100.0 * S, 500.0 * S));
        assert_eq!((cache.fresh_until(), cache.served_until()), (700.0 * S, 1_300.0 * S));
        assert_eq!(cache.decide(500.0 * S, Need::UnknownKey), Decision::Fetch, "the pause counts from there as well");
        assert!(cache.succeed(STORED, 480.0 * S, 500.0 * S));
        assert_eq!(cache.decide(500.0 * S, Need::UnknownKey), Decision::Refuse(10.0 * S));
    }

    #[test]
    fn a_stored_set_replaces_an_older_one_only() {
        let mut cache = fetched_at_0();
        assert!(!cache.succeed(STORED, 0.0, 9.0) && !cache.succeed(STORED, -1.0, 9.0));
        let (slow, late) = (cache.begin(Need::Any), cache.begin(Need::Any));
        assert!(cache.succeed(STORED, 5.0, 9.0));
        assert!(!cache.succeed(slow, 4.0, 10.0), "an answer that is older than the store's");
        assert!(cache.succeed(late, 6.0, 11.0), "a newer one");
        assert!(!cache.succeed(STORED, 5.5, 12.0));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_last() {
        let mut cache = Cache::new(Lifetimes::default());
        assert!(cache.succeed(STORED, 5_000.0 * S, 5_001.0 * S));
        let ticket = cache.begin(Need::Any);
        assert!(cache.succeed(ticket, 1_000.0 * S, 1_001.0 * S));
        assert!(cache.succeed(STORED, 1_002.0 * S, 1_003.0 * S));
    }
}
