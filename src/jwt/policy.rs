//! What a token must satisfy; made from the options once.

use super::algorithm::{Algorithm, AlgorithmSet};
use alloc::string::String;
use alloc::vec::Vec;

/// What a verifier demands of a token. [`Policy::default`] has the defaults of the options.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The allowed algorithms; never empty in a policy made from options. Default: RS256.
    pub algorithms: AlgorithmSet,
    /// The accepted issuers (`iss`); `None`: deliberately unchecked.
    pub issuers: Option<Vec<String>>,
    /// The accepted audiences: one of them must be in `aud`. `None`: deliberately unchecked.
    pub audiences: Option<Vec<String>>,
    /// The kind of token (`typ`); `None`: unchecked. Default: `JWT`.
    pub typ: Option<String>,
    /// Claims that have to be there besides `exp`.
    pub required: Vec<String>,
    /// How far the clocks may differ, in seconds. Default: 5.
    pub tolerance: f64,
    /// How old a token may be, in seconds since its `iat`. Default: any age.
    pub max_age: Option<f64>,
    /// The longest token that is looked at, in octets. Default: 16384.
    pub max_bytes: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            algorithms: [Algorithm::Rs256].into_iter().collect(),
            issuers: None,
            audiences: None,
            typ: Some("JWT".into()),
            required: Vec::new(),
            tolerance: 5.0,
            max_age: None,
            max_bytes: 16_384,
        }
    }
}
