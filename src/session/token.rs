//! What is known of a verified token, and its time, measured from the moment it came.

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

impl TokenFacts {
    /// How long it lives, in milliseconds. The device's clock plays no part: `iat` was the server's time when it came.
    #[must_use]
    pub fn lifetime(&self) -> f64 {
        (self.exp - self.iat) * 1e3
    }

    /// How long after it came to renew it, in milliseconds: `margin` before it expires (default a minute or a tenth of the
    /// lifetime, whichever is less; at most half of it), and up to a tenth of that earlier, so that many tabs do not ask at once.
    /// `jitter` is from 0 to 1.
    #[must_use]
    pub fn renews(&self, margin: Option<f64>, jitter: f64) -> f64 {
        let lifetime = self.lifetime();
        let margin = margin.unwrap_or_else(|| (lifetime / 10.0).min(60e3)).min(lifetime / 2.0);
        lifetime - margin * (1.0 + jitter.clamp(0.0, 1.0) / 10.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_is_due_before_expiry() {
        let token = |seconds: f64| TokenFacts { user: 1, iat: 1e9, exp: 1e9 + seconds, roles: 0 };
        assert_eq!(token(600.0).lifetime(), 600_000.0);
        assert_eq!(token(600.0).renews(None, 0.0), 540_000.0);
        assert_eq!(token(600.0).renews(None, 1.0), 534_000.0);
        assert_eq!(token(5.0).renews(None, 0.0), 4_500.0);
        assert_eq!(token(600.0).renews(Some(10e3), 0.0), 590_000.0);
        assert_eq!(token(10.0).renews(Some(60e3), 0.0), 5_000.0);
        assert_eq!(token(2_592_000.0).renews(None, 0.0), 2_592_000e3 - 60e3);
    }
}
