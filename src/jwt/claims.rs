//! The claims that need no key (RFC 7519 §4.1): times, issuer, audience, subject, and what the caller requires.

use super::facts::{Claim, ClaimsFacts, Match};
use super::rules::Rules;
use crate::error::{Fault, Verdict};

/// At which moment the claims are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment {
    /// Now, in seconds since the epoch.
    Now(f64),
    /// The moment of issue: the issuer has just handed the token over, so its own `iat` is the best clock there is.
    Issue,
}

/// Checks claims in the order `exp`, `nbf`, `iat`, age, `iss`, `aud`, `sub`, required ones.
///
/// # Errors
/// `claim_missing`, `claim_invalid`, `token_expired`, `token_not_yet_valid`, `issuer_mismatch`, `audience_mismatch`.
pub(super) fn check(facts: &ClaimsFacts, rules: &Rules, moment: Moment) -> Verdict {
    check_times(facts, rules, moment)?;
    // Where they are deliberately unchecked, they are told to be good.
    check_match(facts.of(Claim::Iss), [Fault::IssMissing, Fault::IssInvalid, Fault::IssuerMismatch])?;
    check_match(facts.of(Claim::Aud), [Fault::AudMissing, Fault::AudInvalid, Fault::AudienceMismatch])?;
    if facts.of(Claim::Sub) == Match::OtherType {
        return Err(Fault::SubInvalid);
    }
    match facts.missing() {
        Some(_) => Err(Fault::RequiredMissing),
        None => Ok(()),
    }
}

/// When the token was valid first and is valid last, in seconds: what a cached answer has to look at again.
#[must_use]
pub fn validity(facts: &ClaimsFacts, rules: &Rules) -> (f64, f64) {
    let [exp, nbf, iat] = facts.times;
    let or = |claim, time, otherwise| if facts.of(claim) == Match::Good { time } else { otherwise };
    let begins = or(Claim::Nbf, nbf, f64::NEG_INFINITY).max(or(Claim::Iat, iat, f64::NEG_INFINITY));
    // Too old is `now - iat > maxTokenAge + tolerance`: the last good moment is itself still good, expiry is not.
    let ages = or(Claim::Iat, iat, f64::INFINITY) + rules.max_age;
    (begins - rules.tolerance, exp.min(ages) + rules.tolerance)
}

/// The number that would just have passed a check, for its error: seconds since the epoch, or octets. Not a number where
/// there is none.
#[must_use]
pub fn limit(fault: Fault, rules: &Rules, moment: Moment) -> f64 {
    let now = match moment {
        Moment::Now(now) => now,
        Moment::Issue => f64::NAN,
    };
    match fault {
        Fault::Expired => now - rules.tolerance,
        Fault::TooOld => now - rules.max_age - rules.tolerance,
        Fault::BeforeNbf | Fault::BeforeIat => now + rules.tolerance,
        Fault::TooLarge => rules.max_bytes as f64,
        _ => f64::NAN,
    }
}

fn check_times(facts: &ClaimsFacts, rules: &Rules, moment: Moment) -> Verdict {
    let Rules { tolerance, max_age, .. } = *rules;
    let [exp, nbf, iat] = facts.times;
    // At the moment of issue nothing has ended yet, and everything has begun.
    let (now, latest_begin) = match moment {
        Moment::Now(now) => (now, now + tolerance),
        Moment::Issue => (f64::NEG_INFINITY, f64::INFINITY),
    };
    match facts.of(Claim::Exp) {
        Match::Absent => return Err(Fault::ExpMissing),
        Match::Good => {}
        _ => return Err(Fault::ExpInvalid),
    }
    // RFC 7519 §4.1.4: "on or after which the JWT MUST NOT be accepted". So written that a clock that tells no number is
    // refused.
    let is_valid = now < exp + tolerance;
    if !is_valid {
        return Err(Fault::Expired);
    }
    check_begin(facts.of(Claim::Nbf), nbf, latest_begin, [Fault::NbfInvalid, Fault::BeforeNbf])?;
    check_begin(facts.of(Claim::Iat), iat, latest_begin, [Fault::IatInvalid, Fault::BeforeIat])?;
    if facts.of(Claim::Iat) != Match::Good {
        let needs_iat = moment == Moment::Issue || max_age < f64::INFINITY;
        return if needs_iat { Err(Fault::IatMissing) } else { Ok(()) };
    }
    if now - iat > max_age + tolerance {
        return Err(Fault::TooOld);
    }
    Ok(())
}

/// A time before which the token is not valid; it may be absent.
fn check_begin(found: Match, begin: f64, latest: f64, [invalid, early]: [Fault; 2]) -> Verdict {
    match found {
        Match::OtherType => Err(invalid),
        Match::Good if begin > latest => Err(early),
        _ => Ok(()),
    }
}

/// The faults are those of a member that is absent, of another type, and another one than expected.
fn check_match(found: Match, [absent, invalid, mismatch]: [Fault; 3]) -> Verdict {
    match found {
        Match::Good => Ok(()),
        Match::Absent => Err(absent),
        Match::OtherType => Err(invalid),
        Match::Differs => Err(mismatch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_000_000.0;

    fn facts() -> ClaimsFacts {
        let times = ClaimsFacts::default().at(Claim::Exp, NOW + 600.0).at(Claim::Nbf, NOW).at(Claim::Iat, NOW);
        times.with(Claim::Iss, Match::Good).with(Claim::Aud, Match::Good)
    }

    #[track_caller]
    fn answers(facts: ClaimsFacts, rules: &Rules, now: f64, expected: &str) {
        assert_eq!(check(&facts, rules, Moment::Now(now)).map_or_else(|fault| fault.code(), |()| "ok"), expected);
    }

    #[test]
    fn times_are_judged_to_the_tolerance() {
        let rules = Rules::default();
        answers(facts(), &rules, NOW, "ok");
        answers(facts(), &rules, NOW + 604.999, "ok");
        answers(facts(), &rules, NOW + 605.0, "token_expired");
        answers(facts(), &rules, NOW - 5.0, "ok");
        answers(facts(), &rules, NOW - 5.001, "token_not_yet_valid");
        answers(facts().with(Claim::Nbf, Match::Absent), &rules, NOW - 6.0, "token_not_yet_valid");
        answers(facts().with(Claim::Iat, Match::Absent), &rules, NOW - 6.0, "token_not_yet_valid");
        answers(facts().at(Claim::Exp, -1.0), &rules, NOW, "token_expired");
        answers(facts(), &rules, f64::NAN, "token_expired");
        answers(facts().at(Claim::Exp, 1e308), &rules, NOW, "ok");
        answers(facts().with(Claim::Exp, Match::Absent), &rules, NOW, "claim_missing");
        for claim in [Claim::Exp, Claim::Nbf, Claim::Iat] {
            answers(facts().with(claim, Match::OtherType), &rules, NOW, "claim_invalid");
        }
    }

    #[test]
    fn age_counts_from_iat() {
        let rules = Rules { max_age: 60.0, ..Rules::default() };
        answers(facts(), &rules, NOW + 65.0, "ok");
        answers(facts(), &rules, NOW + 65.001, "token_expired");
        answers(facts().with(Claim::Iat, Match::Absent), &rules, NOW, "claim_missing");
        answers(facts().with(Claim::Iat, Match::Absent), &Rules::default(), NOW, "ok");
    }

    #[test]
    fn identity_is_checked() {
        let strict = Rules::default();
        let with = |iss, aud| facts().with(Claim::Iss, iss).with(Claim::Aud, aud);
        answers(with(Match::Good, Match::Good), &strict, NOW, "ok");
        answers(with(Match::Differs, Match::Good), &strict, NOW, "issuer_mismatch");
        answers(with(Match::Absent, Match::Good), &strict, NOW, "claim_missing");
        answers(with(Match::Good, Match::Differs), &strict, NOW, "audience_mismatch");
        answers(with(Match::Good, Match::OtherType), &strict, NOW, "claim_invalid");
        answers(facts().with(Claim::Sub, Match::OtherType), &Rules::default(), NOW, "claim_invalid");
    }

    #[test]
    fn the_first_missing_claim_is_told() {
        let lacking = facts().lacking(Some(2));
        assert_eq!(lacking.missing(), Some(2));
        answers(lacking, &Rules::default(), NOW, "claim_missing");
    }

    #[test]
    fn an_error_tells_the_limit() {
        let rules = Rules { max_age: 60.0, ..Rules::default() };
        for (fault, expected) in [
            (Fault::Expired, NOW - 5.0),
            (Fault::TooOld, NOW - 65.0),
            (Fault::BeforeNbf, NOW + 5.0),
            (Fault::BeforeIat, NOW + 5.0),
            (Fault::TooLarge, 16_384.0),
        ] {
            assert_eq!(limit(fault, &rules, Moment::Now(NOW)), expected, "{}", fault.code());
        }
        assert!(limit(Fault::SubInvalid, &rules, Moment::Now(NOW)).is_nan());
    }

    #[test]
    fn at_issue_no_clock_counts() {
        let ancient = facts().at(Claim::Exp, 2.0).at(Claim::Nbf, 1.0).at(Claim::Iat, 1.0);
        assert_eq!(check(&ancient, &Rules::default(), Moment::Issue), Ok(()));
        let no_iat = ancient.with(Claim::Iat, Match::Absent);
        assert_eq!(check(&no_iat, &Rules::default(), Moment::Issue), Err(Fault::IatMissing));
    }

    #[test]
    fn validity_is_what_a_cache_looks_at() {
        assert_eq!(validity(&facts(), &Rules { max_age: 60.0, ..Rules::default() }), (NOW - 5.0, NOW + 65.0));
        assert_eq!(validity(&facts(), &Rules::default()), (NOW - 5.0, NOW + 605.0));
    }
}
