//! The options of `JwtVerifier`.

use super::{Misuse, OptionValue, Reader, Source};
use crate::jwks::cache::Lifetimes;
use crate::jwt::Policy;
use alloc::string::String;
use alloc::vec::Vec;

/// Where the keys come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// From this address, as often as needed.
    Url(String),
    /// Given once and for all, in the option `jwks`.
    Static,
}

/// What a `JwtVerifier` was asked to be.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifierOptions {
    /// What a token must satisfy.
    pub policy: Policy,
    /// Where the keys come from.
    pub keys: KeySource,
    /// When to fetch them.
    pub lifetimes: Lifetimes,
}

const NAMES: [&str; 16] = [
    "jwksUrl",
    "jwks",
    "issuer",
    "audience",
    "algorithms",
    "typ",
    "requiredClaims",
    "clockTolerance",
    "maxTokenAge",
    "maxTokenBytes",
    "now",
    "fetch",
    "jwksCache",
    "repeatCache",
    "logger",
    "engine",
];
const CACHE_NAMES: [&str; 6] = ["maxAge", "staleWhileRevalidate", "staleIfError", "cooldown", "timeout", "store"];

const SECONDS: &str = "a number of seconds, 0 or more";

impl VerifierOptions {
    /// Reads and validates; `cache` is the value of `jwksCache`, if it is an object.
    ///
    /// # Errors
    /// [`Misuse`], naming the option.
    pub fn read(source: &dyn Source, cache: Option<&dyn Source>) -> Result<Self, Misuse> {
        let reader = Reader::new("JwtVerifier", source, &NAMES)?;
        let defaults = Policy::default();
        let policy = Policy {
            issuers: reader.identity("issuer")?,
            audiences: reader.identity("audience")?,
            algorithms: reader.algorithms("algorithms")?.unwrap_or(defaults.algorithms),
            typ: read_typ(&reader, defaults.typ)?,
            required: read_required(&reader)?,
            tolerance: reader.amount("clockTolerance", SECONDS)?.unwrap_or(defaults.tolerance),
            max_age: reader.amount("maxTokenAge", SECONDS)?,
            max_bytes: read_max_bytes(&reader, defaults.max_bytes)?,
        };
        for name in ["now", "fetch", "logger"] {
            reader.function(name)?;
        }
        match reader.value("repeatCache") {
            OptionValue::Undefined | OptionValue::Bool(_) => {}
            _ => return Err(reader.wrong("repeatCache", "a boolean")),
        }
        Ok(Self { policy, keys: read_keys(&reader)?, lifetimes: read_lifetimes(&reader, cache)? })
    }
}

fn read_typ(reader: &Reader<'_>, default: Option<String>) -> Result<Option<String>, Misuse> {
    match reader.value("typ") {
        OptionValue::Undefined => Ok(default),
        OptionValue::Null => Ok(None),
        OptionValue::Text(typ) if !typ.is_empty() => Ok(Some(typ)),
        _ => Err(reader.wrong("typ", "a string that is not empty, or null to leave it unchecked on purpose")),
    }
}

fn read_required(reader: &Reader<'_>) -> Result<Vec<String>, Misuse> {
    match reader.value("requiredClaims") {
        OptionValue::Undefined => Ok(Vec::new()),
        OptionValue::List(list) if list.is_empty() => Ok(Vec::new()),
        list @ OptionValue::List(_) => reader.texts("requiredClaims", list, "an array of claim names"),
        _ => Err(reader.wrong("requiredClaims", "an array of claim names")),
    }
}

fn read_max_bytes(reader: &Reader<'_>, default: usize) -> Result<usize, Misuse> {
    /// The buffer is allocated at once.
    const MOST: f64 = 1_048_576.0;
    const EXPECTED: &str = "a whole number of bytes from 1 to 1048576";
    match reader.amount("maxTokenBytes", EXPECTED)? {
        None => Ok(default),
        Some(bytes) if (1.0..=MOST).contains(&bytes) && f64::from(bytes as u32) == bytes => Ok(bytes as usize),
        Some(_) => Err(reader.misuse("maxTokenBytes", EXPECTED, "another number")),
    }
}

fn read_keys(reader: &Reader<'_>) -> Result<KeySource, Misuse> {
    const ONE: &str = "either jwksUrl or jwks";
    const ABSOLUTE: &str = "an absolute http or https URL, as a string or URL";
    match (reader.value("jwksUrl"), reader.value("jwks")) {
        (OptionValue::Undefined, OptionValue::Undefined) => Err(reader.misuse("jwksUrl", ONE, "neither")),
        // What exactly is wrong with a set is no matter of options: jwks_invalid says it.
        (OptionValue::Undefined, _) => Ok(KeySource::Static),
        (OptionValue::Text(url) | OptionValue::Url(url), OptionValue::Undefined) if is_http(&url) => {
            Ok(KeySource::Url(url))
        }
        (OptionValue::Text(_) | OptionValue::Url(_), OptionValue::Undefined) => {
            Err(reader.misuse("jwksUrl", ABSOLUTE, "another address"))
        }
        (_, OptionValue::Undefined) => Err(reader.wrong("jwksUrl", ABSOLUTE)),
        _ => Err(reader.misuse("jwksUrl", ONE, "both")),
    }
}

fn is_http(url: &str) -> bool {
    let starts = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    starts("https://") || starts("http://")
}

fn read_lifetimes(reader: &Reader<'_>, cache: Option<&dyn Source>) -> Result<Lifetimes, Misuse> {
    let defaults = Lifetimes::default();
    let Some(cache) = cache else {
        return match reader.value("jwksCache") {
            OptionValue::Undefined => Ok(defaults),
            _ => Err(reader.wrong("jwksCache", "an object")),
        };
    };
    let reader = Reader::new("JwtVerifier: jwksCache", cache, &CACHE_NAMES)?;
    let seconds = |name, default| Ok(reader.amount(name, SECONDS)?.map_or(default, |seconds| seconds * 1e3));
    reader.amount("timeout", SECONDS)?;
    match reader.value("store") {
        OptionValue::Undefined => {}
        OptionValue::Text(store) if store == "memory" => {}
        _ => return Err(reader.wrong("store", "the string 'memory'")),
    }
    Ok(Lifetimes {
        max_age: seconds("maxAge", defaults.max_age)?,
        stale_while_revalidate: seconds("staleWhileRevalidate", defaults.stale_while_revalidate)?,
        stale_if_error: seconds("staleIfError", defaults.stale_if_error)?,
        cooldown: seconds("cooldown", defaults.cooldown)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::Algorithm;
    use crate::options::test_source::{text, Table};

    fn list(texts: &[&str]) -> OptionValue {
        OptionValue::List(texts.iter().map(|one| text(one)).collect())
    }

    fn with(more: &[(&'static str, OptionValue)]) -> Result<VerifierOptions, Misuse> {
        let mut table =
            vec![("jwksUrl", text("https://auth/jwks")), ("issuer", text("urn:i")), ("audience", OptionValue::Null)];
        table.extend_from_slice(more);
        VerifierOptions::read(&Table(table), None)
    }

    #[test]
    fn defaults() {
        let options = with(&[]).unwrap();
        assert_eq!(options.policy, Policy { issuers: Some(vec!["urn:i".into()]), ..Policy::default() });
        assert_eq!(options.keys, KeySource::Url("https://auth/jwks".into()));
        assert_eq!(options.lifetimes, Lifetimes::default());
    }

    #[test]
    fn what_is_given_counts() {
        let options = with(&[
            ("algorithms", list(&["ES256", "EdDSA"])),
            ("typ", OptionValue::Null),
            ("requiredClaims", list(&["sub"])),
            ("clockTolerance", OptionValue::Number(0.0)),
            ("maxTokenBytes", OptionValue::Number(99.0)),
            ("maxTokenAge", OptionValue::Number(60.0)),
        ])
        .unwrap();
        assert!(
            options.policy.algorithms.contains(Algorithm::EdDsa)
                && !options.policy.algorithms.contains(Algorithm::Rs256)
        );
        assert_eq!((options.policy.typ, options.policy.required), (None, vec!["sub".to_owned()]));
        assert_eq!((options.policy.tolerance, options.policy.max_age, options.policy.max_bytes), (0.0, Some(60.0), 99));
        let cache = Table(vec![("maxAge", OptionValue::Number(1.0)), ("cooldown", OptionValue::Number(2.0))]);
        let table =
            Table(vec![("jwks", OptionValue::Object), ("issuer", OptionValue::Null), ("audience", list(&["a", "b"]))]);
        let options = VerifierOptions::read(&table, Some(&cache)).unwrap();
        assert_eq!((options.lifetimes.max_age, options.lifetimes.cooldown), (1e3, 2e3));
        assert_eq!(options.keys, KeySource::Static);
    }

    #[test]
    fn a_wrong_option_is_named() {
        for (name, value, message) in [
            ("isuer", text("x"), "JwtVerifier: isuer: expected a known option, found an unknown name"),
            (
                "clockTolerance",
                text("5"),
                "JwtVerifier: clockTolerance: expected a number of seconds, 0 or more, found a string",
            ),
            (
                "maxTokenAge",
                OptionValue::Number(-1.0),
                "JwtVerifier: maxTokenAge: expected a number of seconds, 0 or more, found another number",
            ),
            (
                "maxTokenBytes",
                OptionValue::Number(0.5),
                "JwtVerifier: maxTokenBytes: expected a whole number of bytes from 1 to 1048576, found another number",
            ),
            ("now", OptionValue::Number(1.0), "JwtVerifier: now: expected a function, found a number"),
            ("jwks", OptionValue::Object, "JwtVerifier: jwksUrl: expected either jwksUrl or jwks, found both"),
            (
                "jwksUrl",
                text("/jwks"),
                "JwtVerifier: jwksUrl: expected an absolute http or https URL, as a string or URL, found another address",
            ),
            ("jwksCache", OptionValue::Null, "JwtVerifier: jwksCache: expected an object, found null"),
            ("repeatCache", OptionValue::Null, "JwtVerifier: repeatCache: expected a boolean, found null"),
        ] {
            assert_eq!(with(&[(name, value)]).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (name, value) in [
            ("algorithms", list(&[])),
            ("algorithms", list(&["RS256", "none"])),
            ("algorithms", list(&["HS256"])),
            ("algorithms", text("RS256")),
            ("issuer", OptionValue::Undefined),
            ("issuer", text("")),
            ("audience", list(&[])),
            ("audience", OptionValue::List(vec![OptionValue::Null])),
            ("typ", text("")),
            ("typ", OptionValue::Bool(false)),
            ("requiredClaims", text("sub")),
            ("clockTolerance", OptionValue::Number(f64::NAN)),
            ("maxTokenAge", OptionValue::Number(f64::INFINITY)),
        ] {
            let misuse = with(&[(name, value)]).unwrap_err();
            assert_eq!(misuse.option, format!("JwtVerifier: {name}"));
        }
    }
}
