//! The claims that need no key (RFC 7519 §4.1): times, issuer, audience, subject, and what the caller requires.

use super::header::Member;
use super::policy::Policy;
use crate::error::{ClaimFault, Error, Untrusted, Value};
use alloc::string::String;

/// How a claim compares with what is expected of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Match {
    /// Not there.
    #[default]
    Absent,
    /// There, but of a type that the claim cannot have.
    OtherType,
    /// There, with another value.
    Differs,
    /// As expected.
    Matches,
}

/// What the checks need to know of the claims; read by whoever parsed them. If a member stands there twice, the last
/// one counts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClaimsFacts {
    /// `exp`, in seconds since the epoch; a number that is not finite counts as another type.
    pub exp: Member<f64>,
    /// `nbf`, likewise.
    pub nbf: Member<f64>,
    /// `iat`, likewise.
    pub iat: Member<f64>,
    /// `iss` against [`Policy::issuers`]: a string (§4.1.1).
    pub iss: Match,
    /// `aud` against the expected audiences: a string or an array of strings (§4.1.3). An empty array differs.
    pub aud: Match,
    /// `sub`: a string if it is there.
    pub sub: Match,
    /// The first of [`Policy::required`] that is not there, by its number.
    pub missing: Option<usize>,
}

/// At which moment the claims are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment {
    /// Now, in seconds since the epoch.
    Now(f64),
    /// The moment of issue: the issuer has just handed the token over, so its own `iat` is the best clock there is.
    Issue,
}

/// Checks claims in the order `exp`, `nbf`, `iat`, age, `iss`, `aud`, `sub`, required ones. `text` gives the text of a
/// claim, for the error.
///
/// # Errors
/// [`Error::ClaimMissing`], [`Error::ClaimInvalid`], [`Error::TokenExpired`], [`Error::TokenNotYetValid`],
/// [`Error::IssuerMismatch`], [`Error::AudienceMismatch`].
pub(super) fn check(
    facts: &ClaimsFacts,
    policy: &Policy,
    moment: Moment,
    text: &dyn Fn(&str) -> String,
) -> Result<(), Error> {
    check_times(facts, policy, moment)?;
    check_identity("iss", facts.iss, policy.issuers.as_deref(), Error::IssuerMismatch, text)?;
    check_identity("aud", facts.aud, policy.audiences.as_deref(), Error::AudienceMismatch, text)?;
    if facts.sub == Match::OtherType {
        return Err(invalid("sub"));
    }
    match facts.missing {
        Some(number) => Err(missing(policy.required.get(number).map_or("", String::as_str))),
        None => Ok(()),
    }
}

/// When the token was valid first and is valid last, in seconds: what a cached answer has to look at again.
#[must_use]
pub fn validity(facts: &ClaimsFacts, policy: &Policy) -> (f64, f64) {
    let number = |member: &Member<f64>| member.as_ref().copied();
    let begins = number(&facts.nbf).unwrap_or(f64::NEG_INFINITY).max(number(&facts.iat).unwrap_or(f64::NEG_INFINITY));
    let expires = number(&facts.exp).unwrap_or(f64::NEG_INFINITY);
    // Too old is `now - iat > maxTokenAge + tolerance`: the last good moment is itself still good, expiry is not.
    let ages = policy.max_age.zip(number(&facts.iat)).map_or(f64::INFINITY, |(age, iat)| iat + age);
    (begins - policy.tolerance, expires.min(ages) + policy.tolerance)
}

fn check_times(facts: &ClaimsFacts, policy: &Policy, moment: Moment) -> Result<(), Error> {
    let now = match moment {
        Moment::Now(now) => Some(now),
        Moment::Issue => None,
    };
    let exp = time("exp", &facts.exp)?.ok_or_else(|| missing("exp"))?;
    // RFC 7519 §4.1.4: "on or after which the JWT MUST NOT be accepted".
    if let Some(now) = now.filter(|now| *now >= exp + policy.tolerance) {
        return Err(Error::TokenExpired(fault("exp", now - policy.tolerance, exp)));
    }
    for (claim, member) in [("nbf", &facts.nbf), ("iat", &facts.iat)] {
        if let Some((begin, now)) = time(claim, member)?.zip(now).filter(|(begin, now)| *begin > now + policy.tolerance)
        {
            return Err(Error::TokenNotYetValid(fault(claim, now + policy.tolerance, begin)));
        }
    }
    let iat = || facts.iat.as_ref().copied().ok_or_else(|| missing("iat"));
    match (now, policy.max_age) {
        (None, _) => iat().map(|_| ()),
        (Some(now), Some(max_age)) if now - iat()? > max_age + policy.tolerance => {
            Err(Error::TokenExpired(fault("iat", now - max_age - policy.tolerance, iat()?)))
        }
        _ => Ok(()),
    }
}

fn time(claim: &'static str, member: &Member<f64>) -> Result<Option<f64>, Error> {
    match member {
        Member::Is(seconds) => Ok(Some(*seconds)),
        Member::Absent => Ok(None),
        Member::OtherType => Err(invalid(claim)),
    }
}

fn check_identity(
    claim: &'static str,
    found: Match,
    expected: Option<&[String]>,
    mismatch: fn(ClaimFault) -> Error,
    text: &dyn Fn(&str) -> String,
) -> Result<(), Error> {
    let Some(expected) = expected else { return Ok(()) };
    match found {
        Match::Matches => Ok(()),
        Match::Absent => Err(missing(claim)),
        Match::OtherType => Err(invalid(claim)),
        Match::Differs => Err(mismatch(ClaimFault {
            claim: claim.into(),
            expected: Some(match expected {
                [one] => Value::Text(one.clone()),
                several => Value::OneOf(several.to_vec()),
            }),
            received: Some(Value::Untrusted(Untrusted::new(&text(claim)))),
        })),
    }
}

fn fault(claim: &str, expected: f64, received: f64) -> ClaimFault {
    ClaimFault { claim: claim.into(), expected: Some(Value::Number(expected)), received: Some(Value::Number(received)) }
}

fn missing(claim: &str) -> Error {
    Error::ClaimMissing(ClaimFault { claim: claim.into(), expected: None, received: None })
}

fn invalid(claim: &str) -> Error {
    Error::ClaimInvalid(ClaimFault { claim: claim.into(), expected: None, received: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_000_000.0;

    fn facts() -> ClaimsFacts {
        ClaimsFacts {
            exp: Member::Is(NOW + 600.0),
            nbf: Member::Is(NOW),
            iat: Member::Is(NOW),
            ..ClaimsFacts::default()
        }
    }

    #[track_caller]
    fn answers(facts: &ClaimsFacts, policy: &Policy, now: f64, expected: &str) {
        let answer = check(facts, policy, Moment::Now(now), &|_| "found".into());
        assert_eq!(answer.as_ref().map_or_else(Error::code, |()| "ok"), expected);
    }

    #[test]
    fn times_are_judged_to_the_tolerance() {
        let policy = Policy::default();
        answers(&facts(), &policy, NOW, "ok");
        answers(&facts(), &policy, NOW + 604.999, "ok");
        answers(&facts(), &policy, NOW + 605.0, "token_expired");
        answers(&facts(), &policy, NOW - 5.0, "ok");
        answers(&facts(), &policy, NOW - 5.001, "token_not_yet_valid");
        answers(&ClaimsFacts { nbf: Member::Absent, ..facts() }, &policy, NOW - 6.0, "token_not_yet_valid");
        answers(&ClaimsFacts { exp: Member::Is(-1.0), ..facts() }, &policy, NOW, "token_expired");
        answers(&ClaimsFacts { exp: Member::Is(1e308), ..facts() }, &policy, NOW, "ok");
        answers(&ClaimsFacts { exp: Member::Absent, ..facts() }, &policy, NOW, "claim_missing");
        for wrong in [
            ClaimsFacts { exp: Member::OtherType, ..facts() },
            ClaimsFacts { nbf: Member::OtherType, ..facts() },
            ClaimsFacts { iat: Member::OtherType, ..facts() },
        ] {
            answers(&wrong, &policy, NOW, "claim_invalid");
        }
    }

    #[test]
    fn age_counts_from_iat() {
        let policy = Policy { max_age: Some(60.0), ..Policy::default() };
        answers(&facts(), &policy, NOW + 65.0, "ok");
        answers(&facts(), &policy, NOW + 65.001, "token_expired");
        answers(&ClaimsFacts { iat: Member::Absent, ..facts() }, &policy, NOW, "claim_missing");
    }

    #[test]
    fn identity_is_checked_unless_deliberately_not() {
        let strict = Policy {
            issuers: Some(vec!["a".into()]),
            audiences: Some(vec!["b".into(), "c".into()]),
            ..Policy::default()
        };
        let with = |iss, aud| ClaimsFacts { iss, aud, ..facts() };
        answers(&with(Match::Matches, Match::Matches), &strict, NOW, "ok");
        answers(&with(Match::Differs, Match::Matches), &strict, NOW, "issuer_mismatch");
        answers(&with(Match::Absent, Match::Matches), &strict, NOW, "claim_missing");
        answers(&with(Match::Matches, Match::Differs), &strict, NOW, "audience_mismatch");
        answers(&with(Match::Matches, Match::OtherType), &strict, NOW, "claim_invalid");
        answers(&with(Match::Differs, Match::OtherType), &Policy::default(), NOW, "ok");
        answers(&ClaimsFacts { sub: Match::OtherType, ..facts() }, &Policy::default(), NOW, "claim_invalid");
    }

    #[test]
    fn an_error_tells_what_was_expected_and_received() {
        let strict = Policy { issuers: Some(vec!["urn:good".into()]), ..Policy::default() };
        let wrong = ClaimsFacts { iss: Match::Differs, ..facts() };
        let error = check(&wrong, &strict, Moment::Now(NOW), &|_| "urn:evil\n".into()).unwrap_err();
        let fields = error.fields();
        assert_eq!(fields.expected, Some(Value::Text("urn:good".into())));
        assert_eq!(fields.received, Some(Value::Untrusted(Untrusted::new("urn:evil\n"))));
        assert_eq!(error.to_string(), "the token is from another issuer");
    }

    #[test]
    fn at_issue_no_clock_counts() {
        let ancient = ClaimsFacts { exp: Member::Is(2.0), nbf: Member::Is(1.0), iat: Member::Is(1.0), ..facts() };
        assert_eq!(check(&ancient, &Policy::default(), Moment::Issue, &|_| String::new()), Ok(()));
        let no_iat = ClaimsFacts { iat: Member::Absent, ..ancient };
        assert_eq!(
            check(&no_iat, &Policy::default(), Moment::Issue, &|_| String::new()).unwrap_err().code(),
            "claim_missing"
        );
    }

    #[test]
    fn validity_is_what_a_cache_looks_at() {
        let policy = Policy { max_age: Some(60.0), ..Policy::default() };
        assert_eq!(validity(&facts(), &policy), (NOW - 5.0, NOW + 65.0));
        assert_eq!(validity(&facts(), &Policy::default()), (NOW - 5.0, NOW + 605.0));
    }
}
