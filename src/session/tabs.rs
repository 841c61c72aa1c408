//! What tabs tell each other, and how far they are believed.
//!
//! A message holds no token and proves nothing: any script of this origin can send one. All that it does is make a tab
//! ask the service, and that only so often.

use super::clock::ceil;
use super::slot::NEVER;

/// What happened in another tab; its number is the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Somebody signed in.
    SignedIn = 0,
    /// The user signed out, or the session was found to be over.
    SignedOut = 1,
    /// Another user signed in.
    UserChanged = 2,
}

impl News {
    /// Reads a message; `None` for anything else.
    #[must_use]
    pub fn read(message: u32) -> Option<Self> {
        match message {
            0 => Some(News::SignedIn),
            1 => Some(News::SignedOut),
            2 => Some(News::UserChanged),
            _ => None,
        }
    }
}

/// The least time between two looks at the service that a message caused, in milliseconds. It doubles with every look that
/// finds nothing new, so that a flood of messages makes no flood of requests.
const SHORTEST: f64 = 250.0;
const LONGEST: f64 = 64e3;

/// When to look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pace {
    begun: f64,
    /// The least time between the last look and the next.
    hold: f64,
    /// The same for the look after that, unless something changes.
    pause: f64,
    /// When a look has to be made.
    pub(super) due: f64,
    /// Whether the mint under way is such a look.
    pub(super) is_looking: bool,
    /// Whether a sign-out was heard of since the last look's end.
    pub(super) heard_sign_out: bool,
}

impl Pace {
    pub(super) const NEW: Self = Self {
        begun: f64::NEG_INFINITY,
        hold: SHORTEST,
        pause: SHORTEST,
        due: NEVER,
        is_looking: false,
        heard_sign_out: false,
    };

    pub(super) fn heard(&mut self, news: News, now: f64) {
        self.heard_sign_out |= news == News::SignedOut;
        self.due = self.due.min(now.max(self.begun + self.hold));
    }

    pub(super) fn begin(&mut self, now: f64) {
        self.due = NEVER;
        self.begun = now;
        self.hold = self.pause;
        self.is_looking = true;
    }

    /// The look has ended.
    pub(super) fn end(&mut self, has_changed: bool) {
        if core::mem::take(&mut self.is_looking) {
            self.heard_sign_out = false;
            self.pause = if has_changed { SHORTEST } else { (self.pause * 2.0).min(LONGEST) };
            if has_changed {
                self.hold = SHORTEST;
            }
        }
    }
}

/// How long a lock is waited for, in milliseconds. It is advisory: without it there is one request more, which is harmless.
const LOCK_PATIENCE: f64 = 2e3;

/// How long a lock that could not be had is not waited for again: a tab that froze while it held it costs the others its
/// time once.
const LOCK_DISTRUST: f64 = 60e3;

/// Whether the lock is worth waiting for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LockTrust(f64);

impl Default for LockTrust {
    fn default() -> Self {
        Self(f64::NEG_INFINITY)
    }
}

impl LockTrust {
    /// How long to wait for the lock, in milliseconds.
    #[must_use]
    pub fn patience(self, now: f64) -> f64 {
        if now < self.0 {
            0.0
        } else {
            LOCK_PATIENCE
        }
    }

    /// What came of it.
    pub fn ended(&mut self, was_had: bool, now: f64) {
        if !was_had && now >= self.0 {
            self.0 = now + LOCK_DISTRUST;
        }
    }
}

/// The longest time that a stored limit is believed, in seconds: what the service says is cut to a day as well.
const LONGEST_LIMIT: f64 = 86_400.0;

/// How many seconds are left of a limit that a tab stored, in milliseconds since the epoch; 0: none. Anybody of this origin
/// can write there.
#[must_use]
pub fn limit_left(until: f64, now: f64) -> f64 {
    let left = ceil((until - now) / 1e3);
    // What is no number is not between them.
    if (1.0..=LONGEST_LIMIT).contains(&left) {
        left
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_messages_exist() {
        for news in [News::SignedIn, News::SignedOut, News::UserChanged] {
            assert_eq!(News::read(news as u32), Some(news));
        }
        assert!((3..1_000).chain([u32::MAX]).all(|message| News::read(message).is_none()));
    }

    #[test]
    fn a_flood_of_messages_slows_down() {
        let mut pace = Pace::NEW;
        let mut looks = Vec::new();
        for tenth in 0..6_000 {
            let now = f64::from(tenth) * 100.0;
            pace.heard(News::SignedIn, now);
            if now >= pace.due {
                pace.begin(now);
                pace.end(false);
                looks.push(now / 1e3);
            }
        }
        assert_eq!(looks[..6], [0.0, 0.3, 0.8, 1.8, 3.8, 7.8]);
        assert!(looks.len() < 18, "{looks:?}");
        pace.heard(News::SignedOut, 1e6);
        pace.begin(1e6);
        pace.end(true);
        pace.heard(News::SignedIn, 1e6);
        assert_eq!(pace.due, 1e6 + 250.0, "what was true is believed sooner again");
    }

    #[test]
    fn a_stored_limit_is_believed_for_a_day_at_most() {
        let left = |until: f64| limit_left(until, 1e9);
        assert_eq!([left(1e9 + 30e3), left(1e9 + 1.0), left(1e9 + 86_400e3)], [30.0, 1.0, 86_400.0]);
        for until in [1e9, 0.0, -1.0, 1e12, 1e9 + 86_401e3, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(left(until), 0.0, "{until}");
        }
    }

    #[test]
    fn a_lock_that_is_never_given_costs_its_time_once() {
        let mut trust = LockTrust::default();
        assert_eq!(trust.patience(0.0), 2e3);
        trust.ended(true, 10.0);
        assert_eq!(trust.patience(10.0), 2e3);
        trust.ended(false, 2_010.0);
        assert_eq!(trust.patience(3e3), 0.0);
        trust.ended(false, 30e3);
        assert_eq!((trust.patience(62e3), trust.patience(62_011.0)), (0.0, 2e3));
    }
}
