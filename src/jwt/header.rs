//! The protected header (RFC 7515 §4): which algorithm, which kind of token, whether it names a key.

use super::algorithm::Algorithm;
use super::facts::{HeaderFacts, Match};
use super::rules::Rules;
use super::verify::{Host, Typ};
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
/// come from the configured set only (RFC 8725 §3.10). `room` is for texts.
///
/// # Errors
/// `algorithm_not_allowed`, `critical_header_unsupported`, `type_mismatch`, or `token_malformed` for a member of the
/// wrong type.
pub(super) fn check<H: Host>(host: &mut H, facts: HeaderFacts, rules: &Rules, room: &mut [u8]) -> Verdict<Header> {
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
        typ if rules.checks_type && !is_of_type(host, typ, room) => return Err(Fault::TypeMismatch),
        _ => {}
    }
    match facts.kid() {
        Match::OtherType => Err(Fault::KidNoString),
        kid => Ok(Header { algorithm, names_key: kid == Match::Good }),
    }
}

/// RFC 8725 §3.11: tokens of one kind are not taken for another.
fn is_of_type<H: Host>(host: &mut H, typ: Match, room: &mut [u8]) -> bool {
    let (expected, found) = room.split_at_mut(room.len() / 2);
    let Some(expected) = host.typ(Typ::Expected, expected) else { return false };
    let expected = media_type(expected);
    // RFC 7519 §5.1 makes `typ` optional for a plain JWT; other kinds have to say what they are.
    let found = if typ == Match::Good { host.typ(Typ::Found, found) } else { Some(&b"JWT"[..]) };
    found.is_some_and(|found| media_type(found).eq_ignore_ascii_case(expected))
}

/// RFC 7515 §4.1.9: `application/` may be left out where no other slash appears.
fn media_type(typ: &[u8]) -> &[u8] {
    match typ.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case(b"application/") => rest,
        _ => typ,
    }
}
