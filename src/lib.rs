//! The auth client of [BixArena](https://bixarena.ai): sign-in for the browser, JWT verification for the edge.
//!
//! The protocol lives in rooms that know no web, are pure, and are tested natively:
//!
//! - [`jwt`]: the compact form, the protected header, the claims, the algorithms, and in `jwt/verify.rs` the whole
//!   order of checks on one screen;
//! - [`jwks`]: the key set, the choice of a key, and when to fetch the set anew;
//! - [`session`]: the life of a login and its tokens as a state machine, `(state, event, now) -> effects`;
//! - [`service`]: the auth service's routes, wire types and what each status means;
//! - [`error`]: the one error type and its codes.
//!
//! `web` (wasm32 only) is a thin edge around them for JavaScript: only numbers cross it. Rust decides, and the host
//! functions in its `.js` files act; promises, requests, tokens and claims stay there. `engine` (feature `rust-crypto`) checks signatures
//! in Rust where no WebCrypto exists; `web::RemoteVerifier` (feature `remote`) gives it keys from an address, for Rust programs in a browser.

#![cfg_attr(docsrs, feature(doc_cfg))]
// The builds of the package: without std, a panic is a trap of one instruction instead of 30 kB
// of formatting.
#![cfg_attr(
    all(
        target_arch = "wasm32",
        any(feature = "verifier", feature = "fallback"),
        not(feature = "std"),
        not(feature = "rust-crypto")
    ),
    no_std
)]

extern crate alloc;

#[cfg(any(feature = "rust-crypto", feature = "fallback"))]
pub mod engine;
pub mod error;
pub mod jwks;
pub mod jwt;
#[cfg(feature = "client")]
pub mod service;
#[cfg(feature = "client")]
pub mod session;

#[cfg(all(target_arch = "wasm32", any(feature = "verifier", feature = "fallback", feature = "remote")))]
pub mod web;

pub use error::Error;

/// The guide's code runs with the tests of the documentation.
#[cfg(all(doctest, feature = "rust-crypto"))]
#[doc = include_str!("../docs/rust.md")]
pub struct Guide;

/// Its code is only compiled: `scripts/test/lint.mjs` does.
#[cfg(all(doctest, target_arch = "wasm32", feature = "remote"))]
#[doc = include_str!("../docs/rust-browser.md")]
pub struct BrowserGuide;
