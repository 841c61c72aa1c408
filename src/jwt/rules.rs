//! What a token must satisfy, in numbers. The texts that it is compared with (issuers, audiences, names of required
//! claims, the type) stay with whoever parses its JSON and tells how they compare.

use super::algorithm::{Algorithm, AlgorithmSet};

/// What is demanded of a token. [`Rules::default`] has the defaults of the options.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// The allowed algorithms. Default: RS256.
    pub algorithms: AlgorithmSet,
    /// Whether a header without `typ` will do (RFC 7519 §5.1 makes it optional for a plain JWT; other kinds have to say what they
    /// are). Default: yes.
    pub admits_no_type: bool,
    /// How far the clocks may differ, in seconds. Default: 5.
    pub tolerance: f64,
    /// How old a token may be, in seconds since its `iat`. Default: infinite.
    pub max_age: f64,
    /// The longest token that is looked at, in octets. Default: 16384.
    pub max_bytes: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            algorithms: AlgorithmSet::of(Algorithm::Rs256),
            admits_no_type: true,
            tolerance: 5.0,
            max_age: f64::INFINITY,
            max_bytes: 16_384,
        }
    }
}
