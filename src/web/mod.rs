//! The edge to JavaScript: the one room that names `wasm_bindgen`. It converts and carries out; it decides nothing. Most of it is
//! for JavaScript that calls; `RemoteVerifier` is for Rust programs.

#[cfg(any(feature = "verifier", feature = "fallback"))]
mod allocator;
#[cfg(feature = "client")]
mod auth_client;
#[cfg(feature = "fallback")]
mod fallback;
#[cfg(feature = "verifier")]
mod host;
#[cfg(feature = "verifier")]
mod jwt_verifier;
#[cfg(feature = "remote")]
mod key_request;
#[cfg(feature = "remote")]
mod remote;
#[cfg(feature = "verifier")]
mod texts;

#[cfg(feature = "client")]
pub use auth_client::*;
#[cfg(feature = "fallback")]
pub use fallback::check_signature;
#[cfg(feature = "verifier")]
pub use jwt_verifier::*;
#[cfg(feature = "remote")]
pub use remote::RemoteVerifier;

/// Only in our own builds: as a library the crate leaves the choice to the program.
#[cfg(any(feature = "verifier", feature = "fallback"))]
#[global_allocator]
static ALLOCATOR: allocator::Blocks = allocator::Blocks::new();

/// See `no_std` in `lib.rs`. Nothing of ours panics; what the compiler cannot prove away ends here.
#[cfg(not(any(feature = "std", feature = "rust-crypto")))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
