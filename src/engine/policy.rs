//! What a token must satisfy, for Rust programs.

use crate::jwt::{Algorithm, AlgorithmSet, Rules};
use alloc::string::String;
use alloc::vec::Vec;

/// What a [`Verifier`](super::Verifier) demands of a token. [`Policy::default`] has the defaults of the JavaScript
/// options; mind that it leaves issuer and audience unchecked.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The allowed algorithms (RFC 8725 §3.1). Default: RS256.
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
        let Rules { tolerance, max_bytes, .. } = Rules::default();
        Self {
            algorithms: AlgorithmSet::of(Algorithm::Rs256),
            issuers: None,
            audiences: None,
            typ: Some("JWT".into()),
            required: Vec::new(),
            tolerance,
            max_age: None,
            max_bytes,
        }
    }
}

/// RFC 7515 §4.1.9: `application/` may be left out where no other slash appears.
pub(super) fn media_type(typ: &str) -> &str {
    match typ.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") => rest,
        _ => typ,
    }
}

impl Policy {
    /// The part of it that is numbers.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            algorithms: self.algorithms,
            admits_no_type: self.typ.as_deref().is_none_or(|typ| media_type(typ).eq_ignore_ascii_case("JWT")),
            tolerance: self.tolerance,
            max_age: self.max_age.unwrap_or(f64::INFINITY),
            max_bytes: self.max_bytes,
        }
    }
}
