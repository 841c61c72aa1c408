//! Verification where no WebCrypto exists: signatures are checked in Rust, through `jwt-compact`.
//!
//! [`Verifier`] is the whole verifier as a Rust library; [`signature`] is the check of one signature, and nothing else:
//! all that the fallback engine of the web has (feature `fallback`).
//! `jwt-compact` is asked for signatures only: it would ignore `crit` and look at neither `iss` nor `aud`, so the order
//! of checks is this crate's own, the same as on the web ([`jwt::verify`](crate::jwt::verify::verify)).

#[cfg(feature = "rust-crypto")]
mod explain;
#[cfg(feature = "rust-crypto")]
mod json;
#[cfg(feature = "rust-crypto")]
mod policy;
pub mod signature;
#[cfg(feature = "rust-crypto")]
mod verifier;

#[cfg(feature = "rust-crypto")]
pub use policy::Policy;
#[cfg(all(feature = "remote", target_arch = "wasm32"))]
pub(crate) use verifier::Keys;
#[cfg(feature = "rust-crypto")]
pub use verifier::{Verified, Verifier};
