//! The auth service as a client meets it: its routes, what it answers, and what each answer means.
//!
//! Nothing here does I/O: [`Reply`] is what whoever did it found.

mod meaning;
mod routes;

pub use meaning::{judge, Marks, Operation, Reply};
pub use routes::ROUTES;
