//! Where each operation lives, below the base URL.

/// The paths of the operations. [`Routes::v1`] is the contract, [`Routes::oauth2`] the newer set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes {
    /// Navigated to: begins a sign-in at the identity provider.
    pub start: String,
    /// Takes the `code` and `state` of a page callback.
    pub callback: String,
    /// Mints a token for the session.
    pub token: String,
    /// The key set.
    pub jwks: String,
    /// Ends the session.
    pub logout: String,
    /// Whether `start` takes `return_to`, and a `401` from `logout` means that there was no session.
    pub is_oauth2: bool,
}

impl Routes {
    /// The five operations of the contract, below `…/v1`.
    #[must_use]
    pub fn v1() -> Self {
        Self {
            start: "/auth/oidc/start".into(),
            callback: "/auth/oidc/callback".into(),
            token: "/token".into(),
            jwks: "/.well-known/jwks.json".into(),
            logout: "/auth/logout".into(),
            is_oauth2: false,
        }
    }

    /// The newer routes, below the origin.
    #[must_use]
    pub fn oauth2() -> Self {
        Self {
            start: "/auth/login".into(),
            callback: "/auth/callback".into(),
            token: "/oauth2/token".into(),
            is_oauth2: true,
            ..Self::v1()
        }
    }
}
