//! JSON Web Tokens (RFC 7519) in JWS compact form (RFC 7515): from bytes to claims that may be believed.
//!
//! Start at [`verify`](verify::verify): it is the whole order of checks on one screen.

mod algorithm;
mod claims;
pub mod compact;
pub(crate) mod ed25519;
mod header;
mod policy;
pub mod verify;

pub use algorithm::{Algorithm, AlgorithmSet, KeyKind};
pub use claims::{validity, ClaimsFacts, Match, Moment};
pub use header::{Header, HeaderFacts, Member};
pub use policy::Policy;
