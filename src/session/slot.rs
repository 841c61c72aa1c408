//! The token for one audience: at hand, on its way, or failing.

use super::event::{Purpose, Waiter};
use super::token::Issued;
use alloc::vec::Vec;

/// The first pause after a failure, in milliseconds; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: f64 = 1e3;
const LONGEST_PAUSE: f64 = 60e3;

/// What is tried when a token names a key that the key set does not hold. The service may have been restarted, or the
/// answer was that of another replica: the key set is looked at once more, then another token is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Healing {
    /// Nothing is wrong.
    No,
    /// From this moment on: the same token once more.
    Verify(f64),
    /// The same token is being verified once more.
    Verifying,
    /// From this moment on: another token.
    Mint(f64),
    /// Another token is on its way.
    Minting,
}

/// One token and everybody who waits for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slot {
    pub(super) token: Option<Issued>,
    /// The mint under way. What an earlier one brings is thrown away.
    pub(super) mint: Option<u32>,
    pub(super) healing: Healing,
    pub(super) waiters: Vec<(Waiter, Purpose)>,
    /// When to mint anew.
    pub(super) next_mint: Option<f64>,
    pub(super) failures: u32,
}

impl Slot {
    pub(super) const EMPTY: Self =
        Self { token: None, mint: None, healing: Healing::No, waiters: Vec::new(), next_mint: None, failures: 0 };

    pub(super) fn is_valid(&self, now: f64) -> bool {
        self.token.is_some_and(|token| now < token.expires())
    }

    pub(super) fn is_mint_due(&self, now: f64) -> bool {
        self.mint.is_none() && self.next_mint.is_some_and(|at| now >= at)
    }

    /// The moment at which healing goes on by itself.
    pub(super) fn heals(&self) -> Option<f64> {
        match self.healing {
            Healing::Verify(at) | Healing::Mint(at) => Some(at),
            Healing::No | Healing::Verifying | Healing::Minting => None,
        }
    }

    /// The key of a token is unknown. Whether there is something left to try.
    pub(super) fn heal(&mut self, now: f64) -> bool {
        self.healing = match self.healing {
            Healing::No => Healing::Verify(now + FIRST_PAUSE),
            Healing::Verifying => Healing::Mint(now + FIRST_PAUSE),
            Healing::Verify(_) | Healing::Mint(_) | Healing::Minting => Healing::No,
        };
        self.healing != Healing::No
    }

    /// How long to wait before the next try, which failed: exponential backoff with full jitter, so that a service that
    /// comes back is not met by everybody at once.
    pub(super) fn back_off(&mut self, entropy: f64) -> f64 {
        let pause = (FIRST_PAUSE * f64::from(1_u32 << self.failures.min(16))).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        pause * entropy.clamp(0.05, 1.0)
    }

    /// Nothing is at hand or on its way; whoever waits still does.
    pub(super) fn clear(&mut self) -> bool {
        let had_token = self.token.is_some();
        let waiters = core::mem::take(&mut self.waiters);
        *self = Self { waiters, ..Self::EMPTY };
        had_token
    }
}
