//! The JSON Web Key Set (RFC 7517): which keys there are, which one a token means, and when to fetch the set anew.

pub mod cache;
mod jwk;
mod set;

pub use jwk::{Key, KeyFacts, LONGEST_NUMBERS};
pub use set::{KeySet, Source, MAX_KEYS};
