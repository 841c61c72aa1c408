//! The JSON Web Key Set (RFC 7517): which keys there are, which one a token means, and when to fetch the set anew.

pub mod cache;
mod jwk;
mod set;

pub use jwk::{Jwk, Key, Material};
pub use set::{KeySet, MAX_KEYS};
