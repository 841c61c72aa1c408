//! The auth service as a client meets it: its routes, what it answers, and what each answer means.
//!
//! Nothing here does I/O: [`Reply`] is what whoever did it found.

mod meaning;
mod routes;

#[cfg(target_arch = "wasm32")]
pub(crate) use meaning::unexpected;
pub use meaning::{called_back, logged_out, minted, retry_after, Answer, Facts, Reply};
pub use routes::Routes;
