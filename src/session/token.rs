//! A verified token and its time, measured from the moment it came.

/// A user, by number: equal numbers are equal `sub`s.
pub type User = u32;

/// What the machine knows of a verified token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenFacts {
    /// Whose token it is.
    pub user: User,
    /// `iat`, in seconds.
    pub iat: f64,
    /// `exp`, in seconds.
    pub exp: f64,
    /// What the user may do, by number: equal numbers are equal `roles`.
    pub roles: u32,
}

/// A token and the moment of its arrival, in milliseconds of a monotonic clock. The device's clock plays no part: the
/// token's `iat` was the server's time then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Issued {
    /// The token's facts.
    pub facts: TokenFacts,
    /// When it came.
    pub at: f64,
}

impl Issued {
    fn lifetime(&self) -> f64 {
        (self.facts.exp - self.facts.iat) * 1e3
    }

    /// When it expires.
    #[must_use]
    pub fn expires(&self) -> f64 {
        self.at + self.lifetime()
    }

    /// When to renew it: `margin` before it expires (milliseconds; default a minute or a tenth of the lifetime,
    /// whichever is less; at most half of it), and up to a tenth of that earlier, so that many tabs do not ask at once.
    /// `jitter` is from 0 to 1.
    #[must_use]
    pub fn renews(&self, margin: Option<f64>, jitter: f64) -> f64 {
        let lifetime = self.lifetime();
        let margin = margin.unwrap_or_else(|| (lifetime / 10.0).min(60e3)).min(lifetime / 2.0);
        self.expires() - margin * (1.0 + jitter.clamp(0.0, 1.0) / 10.0).min(1.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_is_due_before_expiry() {
        let issued = |seconds: f64| Issued {
            facts: TokenFacts { user: 1, iat: 1e9, exp: 1e9 + seconds, roles: 0 },
            at: 5_000.0,
        };
        assert_eq!(issued(600.0).expires(), 605_000.0);
        assert_eq!(issued(600.0).renews(None, 0.0), 545_000.0);
        assert_eq!(issued(600.0).renews(None, 1.0), 539_000.0);
        assert_eq!(issued(5.0).renews(None, 0.0), 9_500.0);
        assert_eq!(issued(600.0).renews(Some(10e3), 0.0), 595_000.0);
        assert_eq!(issued(10.0).renews(Some(60e3), 0.0), 10_000.0);
        assert_eq!(issued(2_592_000.0).renews(None, 0.0), 5_000.0 + 2_592_000e3 - 60e3);
    }
}
