//! What the checks need to know of a header, of claims and of a key set, read with `serde_json`.
//!
//! As `JSON.parse` has it: of a member that stands twice the last one counts (RFC 8259 §4 leaves it open; RFC 7519 §4
//! allows it), and a number beyond the range of a double is infinite. So members are read one by one, from their text.

use super::policy::{media_type, Policy};
use crate::error::{Fault, Verdict};
use crate::jwks::{KeyFacts, Source};
use crate::jwt::{Algorithm, Claim, ClaimsFacts, HeaderFacts, KeyKind, Match};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// The members of an object by name, each as its JSON.
pub(super) struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    /// `None` unless it is one JSON object with nothing after it.
    pub(super) fn read(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).map(|raw| raw.get())
    }

    /// A member that is a string.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.raw(name)?).ok()
    }

    /// For an error: of a string its value, of anything else its JSON.
    pub(super) fn shown(&self, name: &str) -> Option<String> {
        self.text(name).or_else(|| self.raw(name).map(Into::into))
    }

    /// A member that is a finite number.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.raw(name)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// Whether a member is a string, and one of the accepted ones (`None`: any).
    fn compare(&self, name: &str, accepted: Option<&[String]>) -> Match {
        match (self.raw(name), self.text(name)) {
            (None, _) => Match::Absent,
            (Some(_), None) => Match::OtherType,
            (_, Some(text)) if accepted.is_none_or(|accepted| accepted.contains(&text)) => Match::Good,
            _ => Match::Differs,
        }
    }

    /// RFC 7519 §4.1.3: one string, or an array of strings of which one is accepted.
    fn compare_audience(&self, accepted: Option<&[String]>) -> Match {
        let (Some(raw), Some(accepted)) = (self.raw("aud"), accepted) else { return self.compare("aud", accepted) };
        if !raw.starts_with('[') {
            return self.compare("aud", Some(accepted));
        }
        match serde_json::from_str::<Vec<String>>(raw) {
            Ok(list) if list.iter().any(|one| accepted.contains(one)) => Match::Good,
            Ok(_) => Match::Differs,
            Err(_) => Match::OtherType,
        }
    }

    /// A NumericDate (RFC 7519 §2).
    fn tell_time(&self, facts: ClaimsFacts, claim: Claim, name: &str) -> ClaimsFacts {
        // The text is a JSON value already: what begins like a number is one, and `infinity` does not get here.
        match self.number(name) {
            Some(seconds) => facts.at(claim, seconds),
            None if self.raw(name).is_some() => facts.with(claim, Match::OtherType),
            None => facts,
        }
    }

    /// RFC 7515 §4.1.9: types are compared without case, and without what may be left out.
    fn compare_type(&self, accepted: Option<&str>) -> Match {
        match (self.text("typ"), accepted) {
            (Some(typ), Some(accepted)) if !media_type(&typ).eq_ignore_ascii_case(media_type(accepted)) => {
                Match::Differs
            }
            _ => self.compare("typ", None),
        }
    }

    /// Of a header (RFC 7515 §4), compared with the policy.
    pub(super) fn header(&self, policy: &Policy) -> HeaderFacts {
        let mark = |name| self.compare(name, None);
        let algorithm = self.text("alg").and_then(|name| Algorithm::from_name(&name));
        let demands_extension = self.raw("crit").is_some() || self.raw("b64").is_some();
        HeaderFacts::new(
            mark("alg"),
            self.compare_type(policy.typ.as_deref()),
            mark("kid"),
            demands_extension,
            algorithm,
        )
    }

    /// Of claims (RFC 7519 §4.1), compared with the policy.
    pub(super) fn claims(&self, policy: &Policy) -> ClaimsFacts {
        let issuers = policy.issuers.as_deref();
        let audiences = policy.audiences.as_deref();
        let mut facts = ClaimsFacts::default()
            .with(Claim::Iss, issuers.map_or(Match::Good, |_| self.compare("iss", issuers)))
            .with(Claim::Aud, audiences.map_or(Match::Good, |_| self.compare_audience(audiences)))
            .with(Claim::Sub, self.compare("sub", None));
        for (claim, name) in [(Claim::Exp, "exp"), (Claim::Nbf, "nbf"), (Claim::Iat, "iat")] {
            facts = self.tell_time(facts, claim, name);
        }
        let missing = policy.required.iter().position(|name| self.raw(name).is_none());
        facts.lacking(missing)
    }
}

/// A key as it was published, without what nobody looks at.
#[derive(Debug, Clone)]
pub(super) struct Jwk {
    facts: KeyFacts,
    pub(super) kid: Option<String>,
    /// The texts of its numbers.
    pub(super) numbers: [String; 2],
}

/// The keys of a JWK Set (RFC 7517 §5); `None` in the place of what is no object.
///
/// # Errors
/// `jwks_invalid` if it is none.
pub(super) fn jwks(json: &str) -> Verdict<Vec<Option<Jwk>>> {
    let set = Members::read(json).ok_or_else(|| match serde_json::from_str::<IgnoredAny>(json) {
        Ok(_) => Fault::JwksNoSet,
        Err(_) => Fault::JwksNotJson,
    })?;
    let keys = set.raw("keys").ok_or(Fault::JwksNoSet)?;
    let keys: Vec<&RawValue> = serde_json::from_str(keys).map_err(|_| Fault::JwksNoSet)?;
    Ok(keys.into_iter().map(|key| jwk(key.get())).collect())
}

fn jwk(json: &str) -> Option<Jwk> {
    let members = Members::read(json)?;
    let text = |name| members.text(name).unwrap_or_default();
    let kind = KeyKind::from_names(&text("kty"), &text("crv"));
    let key_ops = match members.raw("key_ops").map(serde_json::from_str::<Vec<serde_json::Value>>) {
        None => Match::Absent,
        Some(Ok(list)) if list.iter().any(|one| one == "verify") => Match::Good,
        Some(Ok(_)) => Match::Differs,
        Some(Err(_)) => Match::OtherType,
    };
    let algorithm = members.text("alg").and_then(|name| Algorithm::from_name(&name));
    let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|name| members.raw(name).is_some());
    let numbers = match kind {
        Some(KeyKind::Rsa) => [text("n"), text("e")],
        Some(KeyKind::Ed25519) => [text("x"), String::new()],
        _ => [text("x"), text("y")],
    };
    Some(Jwk {
        facts: KeyFacts::new(kind).private(private).bound(
            members.compare("use", Some(&["sig".into()])),
            key_ops,
            members.compare("alg", None),
            algorithm,
        ),
        kid: members.text("kid"),
        numbers,
    })
}

impl Source for &[Option<Jwk>] {
    fn count(&mut self) -> Option<usize> {
        Some(self.len())
    }

    fn key<'a>(&mut self, index: usize, room: &'a mut [u8]) -> Option<(KeyFacts, &'a [u8])> {
        let Jwk { facts, numbers, .. } = self.get(index)?.as_ref()?;
        let text = numbers.join(".");
        let place = room.get_mut(..text.len()).unwrap_or_default();
        place.copy_from_slice(text.as_bytes().get(..place.len())?);
        Some((*facts, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str, policy: &Policy) -> ClaimsFacts {
        Members::read(json).unwrap().claims(policy)
    }

    #[test]
    fn one_object_and_nothing_else() {
        for json in ["", "null", "[]", "7", "\"a\"", "{} {}", "{},", "\u{feff}{}", "{\"a\":01}", "{\"a\":\"\n\"}"] {
            assert!(Members::read(json).is_none(), "{json:?}");
        }
        let facts = Members::read(" {}\n").unwrap().header(&Policy::default());
        assert_eq!((facts.alg(), facts.typ(), facts.kid(), facts.algorithm()), Default::default());
    }

    #[test]
    fn the_last_of_two_members_counts() {
        let json = r#"{"alg":"none","alg":"RS256","kid":"a","kid":7,"typ":null,"crit":null}"#;
        let facts = Members::read(json).unwrap().header(&Policy::default());
        assert_eq!((facts.alg(), facts.algorithm()), (Match::Good, Some(Algorithm::Rs256)));
        assert_eq!((facts.kid(), facts.typ()), (Match::OtherType, Match::OtherType));
        assert!(facts.demands_extension());
    }

    #[test]
    fn times_are_finite_doubles() {
        let facts = |json: &str| claims(&[r#"{"exp":"#, json, "}"].concat(), &Policy::default());
        for (json, seconds) in
            [("1", 1.0), ("-1.5e1", -15.0), ("1e308", 1e308), ("18446744073709551616", 2_f64.powi(64))]
        {
            assert_eq!(facts(json).time(Claim::Exp), Some(seconds), "{json}");
        }
        for json in ["1e400", "-1e400", "null", "\"1\"", "\"inf\"", "true", "[]", "{}"] {
            assert_eq!(facts(json).of(Claim::Exp), Match::OtherType, "{json}");
        }
    }

    #[test]
    fn an_audience_is_a_string_or_a_list_of_strings() {
        let policy = Policy { audiences: Some(vec!["a".into(), "b".into()]), ..Policy::default() };
        let aud = |json: &str| claims(&[r#"{"aud":"#, json, "}"].concat(), &policy).of(Claim::Aud);
        for (json, expected) in [
            (r#""a""#, Match::Good),
            (r#"["x","b"]"#, Match::Good),
            (r#""ab""#, Match::Differs),
            ("[]", Match::Differs),
            (r#"["a",7]"#, Match::OtherType),
            ("null", Match::OtherType),
            ("{}", Match::OtherType),
        ] {
            assert_eq!(aud(json), expected, "{json}");
        }
        let shown = |json, name| Members::read(json).unwrap().shown(name);
        assert_eq!(shown(r#"{"aud":["x", 1]}"#, "aud").as_deref(), Some(r#"["x", 1]"#));
        assert_eq!(shown(r#"{"iss":"\u0061"}"#, "iss").as_deref(), Some("a"));
    }

    #[test]
    fn a_key_set_is_an_object_with_a_list() {
        for json in ["[]", "{}", r#"{"keys":{}}"#, r#"{"keys":null}"#, r#"{"keys":[]} x"#] {
            assert_eq!(jwks(json).unwrap_err().code(), "jwks_invalid", "{json}");
        }
        let json = r#"{"keys":[{"kty":"RSA","key_ops":["sign","verify"],"d":null},{"key_ops":"verify"},null]}"#;
        let keys = jwks(json).unwrap();
        let [Some(private), Some(string), None] = keys.as_slice() else { panic!("{keys:?}") };
        let rsa = KeyFacts::new(Some(KeyKind::Rsa)).private(true);
        assert_eq!(private.facts, rsa.bound(Match::Absent, Match::Good, Match::Absent, None));
        let none = KeyFacts::new(None).bound(Match::Absent, Match::OtherType, Match::Absent, None);
        assert_eq!(string.facts, none);
    }
}
