//! The protected header (RFC 7515 §4): which algorithm, which kind of token, whether it names a key.

use super::algorithm::Algorithm;
use super::facts::{HeaderFacts, Match};
use super::rules::Rules;
use crate::error::{Fault, Verdict};

/// A header that passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The algorithm, one of the allowed.
    pub algorithm: Algorithm,
    /// Whether it names a key (`kid`).
    pub names_key: bool,
}

/// Checks a header in the order `alg`, `crit`, `typ`, `kid`. `jwk`, `jku`, `x5u` and `x5c` are never looked at: keys
/// come from the configured set only (RFC 8725 §3.10).
///
/// # Errors
/// `algorithm_not_allowed`, `critical_header_unsupported`, `type_mismatch`, or `token_malformed` for a member of the
/// wrong type.
pub(super) fn check(facts: HeaderFacts, rules: &Rules) -> Verdict<Header> {
    if facts.alg() != Match::Good {
        return Err(Fault::AlgNoString);
    }
    // RFC 8725 §3.1: only what the caller allows, never what the token proposes.
    let Some(algorithm) = facts.algorithm().filter(|algorithm| rules.algorithms.contains(*algorithm)) else {
        return Err(Fault::AlgorithmNotAllowed);
    };
    if facts.demands_extension() {
        return Err(Fault::CriticalHeader);
    }
    match facts.typ() {
        Match::OtherType => return Err(Fault::TypNoString),
        // RFC 8725 §3.11: tokens of one kind are not taken for another.
        Match::Differs => return Err(Fault::TypeMismatch),
        Match::Absent if !rules.admits_no_type => return Err(Fault::TypeMismatch),
        _ => {}
    }
    match facts.kid() {
        Match::OtherType => Err(Fault::KidNoString),
        kid => Ok(Header { algorithm, names_key: kid == Match::Good }),
    }
}
