//! Why a mint failed, as far as the machine has to know.

use crate::error::Fault;

/// Why there is no token. Whoever told it keeps the rest: what the service said, what a check found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failure {
    /// The row of the table.
    pub fault: Fault,
    /// The HTTP status; 0 if the service was not asked: another tab was told.
    pub status: u16,
    /// Seconds until a retry is welcome.
    pub retry_after: Option<f64>,
}

impl Failure {
    /// One without particulars.
    #[must_use]
    pub const fn new(fault: Fault) -> Self {
        Self { fault, status: 0, retry_after: None }
    }
}
