//! Verification where no WebCrypto exists: signatures are checked in Rust, through `jwt-compact`.
//!
//! [`Verifier`] is the whole verifier as a Rust library; [`signature`] is the check of one signature, and nothing else.
//! `jwt-compact` is asked for signatures only: it would ignore `crit` and look at neither `iss` nor `aud`, so the order
//! of checks is this crate's own, the same as on the web ([`jwt::verify`](crate::jwt::verify::verify)).

mod explain;
mod json;
mod policy;
pub mod signature;
mod verifier;

pub use policy::Policy;
pub use verifier::{Verified, Verifier};
