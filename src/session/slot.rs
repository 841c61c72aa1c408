//! The token for one audience: at hand, on its way, or failing.

/// A moment that does not come.
pub(super) const NEVER: f64 = f64::INFINITY;

/// A moment that lies before all others: the expiry of no token.
pub(super) const LONG_AGO: f64 = f64::NEG_INFINITY;

/// The first pause after a failure, in milliseconds; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: f64 = 1e3;
const LONGEST_PAUSE: f64 = 60e3;

/// What is tried when a token names a key that the key set does not hold. The service may have been restarted, or the
/// answer was that of another replica: the key set is looked at once more, then another token is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Healing {
    /// Nothing is wrong.
    No,
    /// When the pause is over: the same token once more.
    Verify,
    /// The same token is being verified once more.
    Verifying,
    /// When the pause is over: another token.
    Mint,
    /// Another token is on its way.
    Minting,
}

/// One token and whoever waits for it. Moments in milliseconds of a monotonic clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Until when the token at hand is valid.
    pub(super) expires: f64,
    /// The roles of the token at hand.
    pub(super) roles: u32,
    /// The mint under way. What an earlier one brings is thrown away.
    pub(super) mint: Option<u32>,
    pub(super) healing: Healing,
    /// The moment at which healing goes on by itself.
    pub(super) heals: f64,
    /// When to mint anew.
    pub(super) next_mint: f64,
    pub(super) failures: u32,
    /// Whether somebody waits for the token of a session that has just begun.
    pub(super) is_login: bool,
}

impl Slot {
    /// Nothing is at hand or on its way.
    pub const EMPTY: Self = Self {
        expires: LONG_AGO,
        roles: 0,
        mint: None,
        healing: Healing::No,
        heals: NEVER,
        next_mint: NEVER,
        failures: 0,
        is_login: false,
    };

    pub(super) fn has_token(&self) -> bool {
        self.expires > LONG_AGO
    }

    pub(super) fn is_valid(&self, now: f64) -> bool {
        now < self.expires
    }

    /// There is no token at hand any more. Whether there was one.
    pub(super) fn drop_token(&mut self) -> bool {
        let had_token = self.has_token();
        self.expires = LONG_AGO;
        had_token
    }

    /// The mint under way has ended, or another one takes its place.
    pub(super) fn begin(&mut self, mint: Option<u32>, next_mint: f64) {
        self.mint = mint;
        self.next_mint = next_mint;
        self.healing = Healing::No;
        self.heals = NEVER;
    }

    /// The key of a token is unknown. Whether there is something left to try.
    pub(super) fn heal(&mut self, now: f64) -> bool {
        self.healing = match self.healing {
            Healing::No => Healing::Verify,
            Healing::Verifying => Healing::Mint,
            _ => return false,
        };
        self.heals = now + FIRST_PAUSE;
        true
    }

    /// How long to wait before the next try, which failed: exponential backoff with full jitter, so that a service that
    /// comes back is not met by everybody at once.
    pub(super) fn back_off(&mut self, entropy: f64) -> f64 {
        let pause = (FIRST_PAUSE * f64::from(1_u32 << self.failures.min(16))).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        pause * entropy.clamp(0.05, 1.0)
    }

    /// Nothing is at hand or on its way; whoever waits still does. Whether there was a token.
    pub(super) fn clear(&mut self) -> bool {
        let Self { is_login, .. } = *self;
        let had_token = self.has_token();
        *self = Self { is_login, ..Self::EMPTY };
        had_token
    }
}
