//! Where each operation lives.

/// The paths of the operations, one a line: its name, its path below `…/v1`, which is the contract, and its path on the
/// newer routes, below the origin. Text, since JavaScript has to put the addresses together.
pub const ROUTES: &str = "\
start|/auth/oidc/start|/auth/login
callback|/auth/oidc/callback|/auth/callback
token|/token|/oauth2/token
jwks|/.well-known/jwks.json|/.well-known/jwks.json
logout|/auth/logout|/auth/logout
userinfo|/userinfo|/userinfo
";
