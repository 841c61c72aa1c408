//! JSON Web Tokens (RFC 7519) in JWS compact form (RFC 7515): from bytes to claims that may be believed.
//!
//! Start at [`verify`](verify::verify): it is the whole order of checks on one screen.

mod algorithm;
mod claims;
pub mod compact;
pub(crate) mod ed25519;
mod facts;
mod header;
mod rules;
pub mod verify;

pub use algorithm::{Algorithm, AlgorithmSet, KeyKind};
pub use claims::{limit, validity, Moment};
pub use facts::{Claim, ClaimsFacts, HeaderFacts, Match};
pub use header::Header;
pub use rules::Rules;
