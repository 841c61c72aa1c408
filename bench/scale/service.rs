//! The service that has the key set, its rate limiter, and the tiers before it.

use crate::world::{Client, Happening, Time, World, MINUTE, SECOND};

/// Which keys a set holds: those of the calm are 0, those after a rotation or restart 1.
pub(crate) type Generation = u8;

/// What a request for the key set comes to: a set, or how long no other is wanted (0: nothing was said).
pub(crate) type Answer = Result<Generation, Time>;

/// A fixed window of a minute for each client, as the gateway has it.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    began: Option<Time>,
    used: u32,
}

impl Window {
    /// Nothing, or how long the client has to wait.
    fn take(&mut self, now: Time, limit: u32) -> Result<(), Time> {
        let began = match self.began {
            Some(began) if now - began < MINUTE => began,
            _ => {
                *self = Self { began: Some(now), used: 0 };
                now
            }
        };
        if self.used < limit {
            self.used += 1;
            return Ok(());
        }
        // Whole seconds (RFC 9110 §10.2.3).
        Err(((began + MINUTE - now) / SECOND).ceil().max(1.0) * SECOND)
    }
}

/// The service, and what it has seen.
#[derive(Debug)]
pub(crate) struct Service {
    happening: Happening,
    client: Client,
    limit: u32,
    /// When it happens, and when an outage is over.
    trouble: (Time, Time),
    windows: Vec<Window>,
    /// Requests in each minute, by site.
    seen: Vec<Vec<u32>>,
    refused: u64,
}

impl Service {
    pub(crate) fn new(world: &World, happening: Happening, client: Client) -> Self {
        let minutes = ((world.calm + world.watched) / MINUTE).ceil() as usize;
        Self {
            happening,
            client,
            limit: world.limit,
            trouble: (world.calm, world.calm + world.trouble),
            windows: vec![Window::default(); world.sites],
            seen: vec![vec![0; minutes]; world.sites],
            refused: 0,
        }
    }

    /// A request of a site.
    pub(crate) fn ask(&mut self, site: usize, now: Time) -> Answer {
        let minute = (now / MINUTE) as usize;
        if let Some(count) = self.seen.get_mut(site).and_then(|minutes| minutes.get_mut(minute)) {
            *count += 1;
        }
        let window = match self.client {
            Client::Unlimited => None,
            Client::Worker => self.windows.first_mut(),
            Client::Site => self.windows.get_mut(site),
        };
        if let Some(Err(wait)) = window.map(|window| window.take(now, self.limit)) {
            self.refused += u64::from(now >= self.trouble.0);
            return Err(wait);
        }
        if self.happening == Happening::Outage && now >= self.trouble.0 && now < self.trouble.1 {
            return Err(0.0);
        }
        Ok(self.generation(now))
    }

    /// Which keys it has.
    pub(crate) fn generation(&self, now: Time) -> Generation {
        let changes = matches!(self.happening, Happening::Rotation | Happening::Restart);
        Generation::from(changes && now >= self.trouble.0)
    }

    /// How many requests of the watched time it refused because of its limit.
    pub(crate) fn refused(&self) -> u64 {
        self.refused
    }

    /// Requests in each minute from one moment on, of all sites.
    pub(crate) fn by_minute(&self, from: Time) -> Vec<u64> {
        let first = (from / MINUTE) as usize;
        let minutes = self.seen.first().map_or(0, Vec::len);
        (first..minutes)
            .map(|minute| self.seen.iter().filter_map(|site| site.get(minute)).map(|&count| u64::from(count)).sum())
            .collect()
    }

    /// The most that one site asked for in a minute from one moment on.
    pub(crate) fn peak_of_a_site(&self, from: Time) -> u32 {
        let first = (from / MINUTE) as usize;
        self.seen.iter().flat_map(|site| site.iter().skip(first)).copied().max().unwrap_or(0)
    }
}

/// A Worker before the service, whose fetch is cached for all sites: who asks while it is fetching gets the same answer.
/// Failures are not kept.
#[derive(Debug, Default)]
pub(crate) struct Front {
    last: Option<Kept>,
}

#[derive(Debug, Clone, Copy)]
struct Kept {
    answer: Answer,
    comes: Time,
    until: Time,
}

impl Front {
    /// The answer, and when it comes. `latency` is that of a request to the service.
    pub(crate) fn ask(
        &mut self,
        service: &mut Service,
        site: usize,
        now: Time,
        latency: Time,
        ttl: Time,
    ) -> (Answer, Time) {
        if let Some(kept) = self.last.filter(|kept| now < kept.until) {
            return (kept.answer, kept.comes.max(now + latency / 4.0));
        }
        let answer = service.ask(site, now);
        let comes = now + latency;
        let until = if answer.is_ok() { comes + ttl } else { comes };
        self.last = Some(Kept { answer, comes, until });
        (answer, comes)
    }
}
