//! What is given: how large the world is, what happens in it, and which tiers there are.

use bixarena_auth_client::jwks::cache::Lifetimes;

/// Milliseconds since the Worker was deployed.
pub(crate) type Time = f64;

pub(crate) const SECOND: Time = 1e3;
pub(crate) const MINUTE: Time = 60.0 * SECOND;

/// The world and its load. `bench/scale/README.md` says what is assumed and why.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) sites: usize,
    /// Isolates a site.
    pub(crate) isolates: usize,
    /// Good requests a second that one isolate gets.
    pub(crate) rate: f64,
    /// How long an isolate lives, on average.
    pub(crate) life: Time,
    /// How long a fetch of the key set takes: evenly spread between half and one and a half times this.
    pub(crate) latency: Time,
    /// How long it takes until what is put into the Cache API is found there.
    pub(crate) store_latency: Time,
    /// How long one isolate's mark keeps the others of its site from fetching: a third of `jwksCache.timeout`.
    pub(crate) mark: Time,
    /// How long a token is valid: in this time all clients come to have new ones.
    pub(crate) token_life: Time,
    /// How long nothing happens first.
    pub(crate) calm: Time,
    /// How long is watched after that.
    pub(crate) watched: Time,
    /// How long an outage or a flood lasts.
    pub(crate) trouble: Time,
    /// Tokens a second with unknown keys that one isolate gets in a flood.
    pub(crate) flood: f64,
    /// Key sets a minute that the service gives one client.
    pub(crate) limit: u32,
    /// How long the front keeps a key set.
    pub(crate) front_ttl: Time,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) seed: u64,
}

impl Default for World {
    fn default() -> Self {
        Self {
            sites: 330,
            isolates: 1000,
            rate: 1.0,
            life: 30.0 * MINUTE,
            latency: 0.2 * SECOND,
            store_latency: 0.02 * SECOND,
            mark: 5.0 / 3.0 * SECOND,
            token_life: 10.0 * MINUTE,
            calm: 25.0 * MINUTE,
            watched: 20.0 * MINUTE,
            trouble: 10.0 * MINUTE,
            flood: 1.0,
            limit: 100,
            front_ttl: 30.0 * SECOND,
            lifetimes: Lifetimes::default(),
            seed: 1,
        }
    }
}

/// What happens when the calm is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happening {
    /// Nothing.
    Steady,
    /// A new version of the Worker: every isolate is replaced.
    Deployment,
    /// A new key beside the old one.
    Rotation,
    /// A new key, and the old one is gone.
    Restart,
    /// The service does not answer for a while.
    Outage,
    /// Everybody gets tokens with unknown keys for a while.
    Flood,
}

impl Happening {
    pub(crate) const ALL: [Self; 6] =
        [Self::Steady, Self::Deployment, Self::Rotation, Self::Restart, Self::Outage, Self::Flood];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Deployment => "deployment",
            Self::Rotation => "rotation",
            Self::Restart => "restart",
            Self::Outage => "outage",
            Self::Flood => "flood",
        }
    }
}

/// Where a key set may come from before the service is asked. The isolate's memory is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tiers {
    /// The Cache API: one store a site (`jwksCache.store: 'cache-api'`).
    pub(crate) cache_api: bool,
    /// In it also marks: that an isolate is fetching, and that the service failed and until when it is left alone.
    pub(crate) marks: bool,
    /// A Worker before the service that caches its answer for all sites, reached by a service binding.
    pub(crate) front: bool,
}

impl Tiers {
    const MEMORY: Self = Self { cache_api: false, marks: false, front: false };
    const SETS: Self = Self { cache_api: true, marks: false, front: false };
    const MARKS: Self = Self { cache_api: true, marks: true, front: false };
    pub(crate) const ALL: [Self; 5] = [
        Self::MEMORY,
        Self::SETS,
        Self::MARKS,
        Self { front: true, ..Self::MEMORY },
        Self { front: true, ..Self::MARKS },
    ];

    pub(crate) fn name(self) -> &'static str {
        match (self.cache_api, self.marks, self.front) {
            (false, _, false) => "memory",
            (true, false, false) => "memory + Cache API, sets only",
            (true, true, false) => "memory + Cache API",
            (false, _, true) => "memory + front",
            (true, _, true) => "memory + Cache API + front",
        }
    }
}

/// Whom the service's limiter takes for one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    /// There is no limit: what would be asked for.
    Unlimited,
    /// The whole Worker.
    Worker,
    /// Each site.
    Site,
}

impl Client {
    pub(crate) const ALL: [Self; 3] = [Self::Unlimited, Self::Worker, Self::Site];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unlimited => "unlimited",
            Self::Worker => "worker",
            Self::Site => "site",
        }
    }
}
