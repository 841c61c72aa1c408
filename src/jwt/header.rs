//! The protected header (RFC 7515 §4): which algorithm, which key, which kind of token.

use super::algorithm::Algorithm;
use super::policy::Policy;
use crate::error::{ClaimFault, Error, Untrusted, Value};
use alloc::string::String;

/// A member of a JSON object, as far as a check needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Member<T> {
    /// Not there.
    #[default]
    Absent,
    /// There, but of another type.
    OtherType,
    /// There, with this value.
    Is(T),
}

impl<T> Member<T> {
    /// The value, if there is one of the right type.
    pub fn as_ref(&self) -> Option<&T> {
        match self {
            Member::Is(value) => Some(value),
            Member::Absent | Member::OtherType => None,
        }
    }

    /// Whether there is nothing at all.
    pub fn is_absent(&self) -> bool {
        matches!(self, Member::Absent)
    }
}

/// What the checks need to know of a header; read by whoever parsed it. If a member stands there twice, the last one
/// counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeaderFacts {
    /// `alg` (§4.1.1).
    pub alg: Member<String>,
    /// `typ` (§4.1.9).
    pub typ: Member<String>,
    /// `kid` (§4.1.4).
    pub kid: Member<String>,
    /// Whether `crit` (§4.1.11) or `b64` (RFC 7797) is there, whatever its value.
    pub demands_extension: bool,
}

/// A header that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The algorithm, one of the allowed.
    pub algorithm: Algorithm,
    /// The key ID, if the token names one.
    pub kid: Option<String>,
}

/// Checks a header in the order `alg`, `crit`, `typ`, `kid`. `jwk`, `jku`, `x5u` and `x5c` are never looked at: keys
/// come from the configured set only (RFC 8725 §3.10).
///
/// # Errors
/// [`Error::AlgorithmNotAllowed`], [`Error::CriticalHeaderUnsupported`], [`Error::TypeMismatch`], or
/// [`Error::TokenMalformed`] for a member of the wrong type.
pub(super) fn check(facts: HeaderFacts, policy: &Policy) -> Result<Header, Error> {
    let Member::Is(name) = facts.alg else {
        return Err(Error::TokenMalformed("the header has no alg that is a string"));
    };
    // RFC 8725 §3.1: only what the caller allows, never what the token proposes.
    let algorithm = Algorithm::from_name(&name)
        .filter(|algorithm| policy.algorithms.contains(*algorithm))
        .ok_or_else(|| Error::AlgorithmNotAllowed(Untrusted::new(&name)))?;
    if facts.demands_extension {
        return Err(Error::CriticalHeaderUnsupported);
    }
    check_type(&facts.typ, policy)?;
    let kid = match facts.kid {
        Member::Is(kid) => Some(kid),
        Member::Absent => None,
        Member::OtherType => return Err(Error::TokenMalformed("the header's kid is not a string")),
    };
    Ok(Header { algorithm, kid })
}

/// RFC 8725 §3.11: tokens of one kind are not taken for another.
fn check_type(typ: &Member<String>, policy: &Policy) -> Result<(), Error> {
    if *typ == Member::OtherType {
        return Err(Error::TokenMalformed("the header's typ is not a string"));
    }
    let Some(expected) = &policy.typ else { return Ok(()) };
    let matches = match typ {
        Member::Is(typ) => media_type(typ).eq_ignore_ascii_case(media_type(expected)),
        // RFC 7519 §5.1 makes `typ` optional for a plain JWT; other kinds have to say what they are.
        _ => media_type(expected).eq_ignore_ascii_case("JWT"),
    };
    if matches {
        return Ok(());
    }
    Err(Error::TypeMismatch(ClaimFault {
        claim: "typ".into(),
        expected: Some(Value::Text(expected.clone())),
        received: typ.as_ref().map(|typ| Value::Untrusted(Untrusted::new(typ))),
    }))
}

/// RFC 7515 §4.1.9: `application/` may be left out where no other slash appears.
fn media_type(typ: &str) -> &str {
    match typ.split_at_checked("application/".len()) {
        Some((prefix, rest)) if prefix.eq_ignore_ascii_case("application/") => rest,
        _ => typ,
    }
}
