//! What the checks need to know of a header, of claims and of a key set, read with `serde_json`.
//!
//! As `JSON.parse` has it: of a member that stands twice the last one counts (RFC 8259 §4 leaves it open; RFC 7519 §4
//! allows it), and a number beyond the range of a double is infinite. So members are read one by one, from their text.

use crate::error::Error;
use crate::jwks::Jwk;
use crate::jwt::{ClaimsFacts, HeaderFacts, Match, Member, Policy};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::value::RawValue;

/// The members of an object by name, each as its JSON.
type Members<'a> = BTreeMap<String, &'a RawValue>;

/// `None` unless it is one JSON object with nothing after it.
fn members(json: &str) -> Option<Members<'_>> {
    serde_json::from_str(json).ok()
}

/// Reads a header (RFC 7515 §4); `None` unless it is one JSON object.
pub(super) fn header(json: &str) -> Option<HeaderFacts> {
    let members = members(json)?;
    Some(HeaderFacts {
        alg: text(members.get("alg")),
        typ: text(members.get("typ")),
        kid: text(members.get("kid")),
        demands_extension: members.contains_key("crit") || members.contains_key("b64"),
    })
}

/// Reads claims (RFC 7519 §4.1) and compares them with the policy; `None` unless they are one JSON object.
pub(super) fn claims(json: &str, policy: &Policy) -> Option<ClaimsFacts> {
    let members = members(json)?;
    Some(ClaimsFacts {
        exp: time(members.get("exp")),
        nbf: time(members.get("nbf")),
        iat: time(members.get("iat")),
        iss: compare(members.get("iss"), policy.issuers.as_deref()),
        aud: compare_audience(members.get("aud"), policy.audiences.as_deref()),
        sub: compare(members.get("sub"), None),
        missing: policy.required.iter().position(|name| !members.contains_key(name)),
    })
}

/// The text of a claim, for an error: of a string its value, of anything else its JSON.
pub(super) fn claim_text(json: &str, name: &str) -> String {
    let members = members(json).unwrap_or_default();
    match (text(members.get(name)), members.get(name)) {
        (Member::Is(text), _) => text,
        (_, Some(raw)) => raw.get().into(),
        (_, None) => String::new(),
    }
}

/// Reads the keys of a JWK Set (RFC 7517 §5).
///
/// # Errors
/// [`Error::JwksInvalid`] if it is none.
pub(super) fn jwks(json: &str) -> Result<Vec<Jwk>, Error> {
    const NONE: Error = Error::JwksInvalid("it is not an object with an array of keys");
    let set = members(json).ok_or(NONE)?;
    let keys = set.get("keys").ok_or(NONE)?;
    let keys: Vec<&RawValue> = serde_json::from_str(keys.get()).map_err(|_| NONE)?;
    keys.into_iter().map(|key| jwk(key.get()).ok_or(Error::JwksInvalid("one of its keys is not an object"))).collect()
}

fn jwk(json: &str) -> Option<Jwk> {
    let members = members(json)?;
    let member = |name| text(members.get(name));
    Some(Jwk {
        kty: member("kty"),
        use_: member("use"),
        key_ops: match members.get("key_ops").map(|raw| serde_json::from_str::<Vec<&RawValue>>(raw.get())) {
            None => Member::Absent,
            Some(Ok(list)) => Member::Is(list.iter().any(|one| text(Some(one)) == Member::Is("verify".into()))),
            Some(Err(_)) => Member::OtherType,
        },
        alg: member("alg"),
        kid: member("kid"),
        crv: member("crv"),
        n: member("n"),
        e: member("e"),
        x: member("x"),
        y: member("y"),
        private: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| members.contains_key(*name)),
    })
}

fn text(member: Option<&&RawValue>) -> Member<String> {
    match member.map(|raw| serde_json::from_str(raw.get())) {
        None => Member::Absent,
        Some(Ok(text)) => Member::Is(text),
        Some(Err(_)) => Member::OtherType,
    }
}

/// A NumericDate (RFC 7519 §2).
fn time(member: Option<&&RawValue>) -> Member<f64> {
    let Some(raw) = member else { return Member::Absent };
    // The text is a JSON value already: what begins like a number is one, and `infinity` does not get here.
    match raw.get().parse::<f64>() {
        Ok(seconds) if seconds.is_finite() => Member::Is(seconds),
        _ => Member::OtherType,
    }
}

/// A claim that is a string, against those that are accepted (RFC 7519 §4.1.1); `None`: any.
fn compare(member: Option<&&RawValue>, accepted: Option<&[String]>) -> Match {
    match text(member) {
        Member::Absent => Match::Absent,
        Member::OtherType => Match::OtherType,
        Member::Is(text) if accepted.is_none_or(|accepted| accepted.contains(&text)) => Match::Matches,
        Member::Is(_) => Match::Differs,
    }
}

/// RFC 7519 §4.1.3: one string, or an array of strings of which one is accepted.
fn compare_audience(member: Option<&&RawValue>, accepted: Option<&[String]>) -> Match {
    let (Some(raw), Some(accepted)) = (member, accepted) else { return compare(member, accepted) };
    if !raw.get().starts_with('[') {
        return compare(member, Some(accepted));
    }
    match serde_json::from_str::<Vec<String>>(raw.get()) {
        Ok(list) if list.iter().any(|one| accepted.contains(one)) => Match::Matches,
        Ok(_) => Match::Differs,
        Err(_) => Match::OtherType,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_and_nothing_else() {
        for json in ["", "null", "[]", "7", "\"a\"", "{} {}", "{},", "\u{feff}{}", "{\"a\":01}", "{\"a\":\"\n\"}"] {
            assert_eq!(header(json), None, "{json:?}");
            assert_eq!(claims(json, &Policy::default()), None, "{json:?}");
        }
        assert_eq!(header(" {}\n"), Some(HeaderFacts::default()));
    }

    #[test]
    fn the_last_of_two_members_counts() {
        let facts = header(r#"{"alg":"none","alg":"RS256","kid":"a","kid":7,"typ":null,"crit":null}"#).unwrap();
        assert_eq!(facts.alg, Member::Is("RS256".into()));
        assert_eq!((facts.kid, facts.typ), (Member::OtherType, Member::OtherType));
        assert!(facts.demands_extension);
    }

    #[test]
    fn times_are_finite_doubles() {
        let exp = |json: &str| claims(&[r#"{"exp":"#, json, "}"].concat(), &Policy::default()).unwrap().exp;
        for (json, seconds) in
            [("1", 1.0), ("-1.5e1", -15.0), ("1e308", 1e308), ("18446744073709551616", 2_f64.powi(64))]
        {
            assert_eq!(exp(json), Member::Is(seconds), "{json}");
        }
        for json in ["1e400", "-1e400", "null", "\"1\"", "\"inf\"", "true", "[]", "{}"] {
            assert_eq!(exp(json), Member::OtherType, "{json}");
        }
    }

    #[test]
    fn an_audience_is_a_string_or_a_list_of_strings() {
        let policy = Policy { audiences: Some(vec!["a".into(), "b".into()]), ..Policy::default() };
        let aud = |json: &str| claims(&[r#"{"aud":"#, json, "}"].concat(), &policy).unwrap().aud;
        for (json, expected) in [
            (r#""a""#, Match::Matches),
            (r#"["x","b"]"#, Match::Matches),
            (r#""ab""#, Match::Differs),
            ("[]", Match::Differs),
            (r#"["a",7]"#, Match::OtherType),
            ("null", Match::OtherType),
            ("{}", Match::OtherType),
        ] {
            assert_eq!(aud(json), expected, "{json}");
        }
        assert_eq!(claim_text(r#"{"aud":["x", 1]}"#, "aud"), r#"["x", 1]"#);
        assert_eq!(claim_text(r#"{"iss":"\u0061"}"#, "iss"), "a");
    }

    #[test]
    fn a_key_set_is_an_object_with_a_list_of_objects() {
        for json in ["[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, r#"{"keys":[{},null]}"#, r#"{"keys":[]} x"#] {
            assert_eq!(jwks(json).unwrap_err().code(), "jwks_invalid", "{json}");
        }
        let keys =
            jwks(r#"{"keys":[{"kty":"RSA","key_ops":["sign","verify"],"d":null},{"key_ops":"verify"}]}"#).unwrap();
        assert_eq!((keys[0].key_ops.clone(), keys[0].private), (Member::Is(true), true));
        assert_eq!((keys[1].key_ops.clone(), keys[1].private), (Member::OtherType, false));
    }
}
