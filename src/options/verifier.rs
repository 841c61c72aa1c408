//! The options of `JwtVerifier`.

use super::table::{check, is, Misuse, Row, Source};
use crate::jwks::cache::Lifetimes;
use crate::jwt::Rules;

/// What a `JwtVerifier` was asked to be. The texts (issuers, audiences, the type, names of required claims, the address
/// of the keys) stay with the source; so do the algorithms, which are in [`Rules`] only once they have been told.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifierOptions {
    /// What a token must satisfy.
    pub rules: Rules,
    /// When to fetch the keys; `None` where they are given once and for all.
    pub lifetimes: Option<Lifetimes>,
}

const fn row(name: &'static str, accepts: u32, expected: &'static str) -> Row {
    Row { name, accepts, expected }
}

const SECONDS: &str = "a number of seconds, 0 or more";
const IDENTITY: &str = "a string, an array of strings, or null to leave it unchecked on purpose";
const ONE_SOURCE: &str = "either jwksUrl or jwks";
const ANY: u32 = u32::MAX;

static TABLE: [Row; 21] = [
    row("jwksUrl", is::ABSENT | is::URL, "an absolute http or https URL, as a string or URL"),
    // What is wrong with a set is no matter of options: `jwks_invalid` says it.
    row("jwks", ANY, ""),
    row("issuer", is::NULL | is::TEXT | is::TEXTS, IDENTITY),
    row("audience", is::NULL | is::TEXT | is::TEXTS, IDENTITY),
    // `none` and symmetric algorithms do not exist (RFC 8725 §3.2).
    row(
        "algorithms",
        is::ABSENT | is::ALGORITHMS,
        "an array of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
    ),
    row(
        "typ",
        is::ABSENT | is::NULL | is::TEXT,
        "a string that is not empty, or null to leave it unchecked on purpose",
    ),
    row("requiredClaims", is::ABSENT | is::EMPTY_LIST | is::TEXTS, "an array of claim names"),
    row("clockTolerance", is::ABSENT | is::AMOUNT, SECONDS),
    row("maxTokenAge", is::ABSENT | is::AMOUNT, SECONDS),
    row("maxTokenBytes", is::ABSENT | is::SIZE, "a whole number of bytes from 1 to 1048576"),
    row("now", is::ABSENT | is::FUNCTION, "a function"),
    row("fetch", is::ABSENT | is::FUNCTION, "a function"),
    row("logger", is::ABSENT | is::FUNCTION, "a function"),
    row("repeatCache", is::ABSENT | is::BOOL, "a boolean"),
    row("jwksCache", is::ABSENT | is::OBJECT, "an object"),
    row("jwksCache.maxAge", is::ABSENT | is::AMOUNT, SECONDS),
    row("jwksCache.staleWhileRevalidate", is::ABSENT | is::AMOUNT, SECONDS),
    row("jwksCache.staleIfError", is::ABSENT | is::AMOUNT, SECONDS),
    row("jwksCache.cooldown", is::ABSENT | is::AMOUNT, SECONDS),
    row("jwksCache.timeout", is::ABSENT | is::AMOUNT, SECONDS),
    row("jwksCache.store", is::ABSENT | is::STORE, "the string 'memory'"),
];

impl VerifierOptions {
    /// Reads and validates.
    ///
    /// # Errors
    /// [`Misuse`], naming the option.
    pub fn read(source: &mut dyn Source) -> Result<Self, Misuse> {
        check(source, &TABLE)?;
        let is_remote = source.look("jwksUrl") != is::ABSENT;
        if is_remote != (source.look("jwks") == is::ABSENT) {
            return Err(Misuse { name: Some("jwks"), expected: ONE_SOURCE });
        }
        let mut amount = |name, default| if source.look(name) == is::ABSENT { default } else { source.amount(name) };
        let defaults = Rules::default();
        let ages = Lifetimes::default();
        let mut milliseconds = |name, default: f64| amount(name, default / 1e3) * 1e3;
        let lifetimes = Lifetimes {
            max_age: milliseconds("jwksCache.maxAge", ages.max_age),
            stale_while_revalidate: milliseconds("jwksCache.staleWhileRevalidate", ages.stale_while_revalidate),
            stale_if_error: milliseconds("jwksCache.staleIfError", ages.stale_if_error),
            cooldown: milliseconds("jwksCache.cooldown", ages.cooldown),
        };
        let rules = Rules {
            tolerance: amount("clockTolerance", defaults.tolerance),
            max_age: amount("maxTokenAge", defaults.max_age),
            max_bytes: amount("maxTokenBytes", defaults.max_bytes as f64) as usize,
            checks_issuer: source.look("issuer") != is::NULL,
            checks_audience: source.look("audience") != is::NULL,
            checks_type: source.look("typ") != is::NULL,
            ..defaults
        };
        Ok(Self { rules, lifetimes: Some(lifetimes).filter(|_| is_remote) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::table::test_source::Table;

    fn with(more: &[(&'static str, u32, f64)]) -> Result<VerifierOptions, Misuse> {
        let mut rows = more.to_vec();
        rows.extend([("jwksUrl", is::TEXT | is::URL, 0.0), ("issuer", is::TEXT, 0.0), ("audience", is::NULL, 0.0)]);
        VerifierOptions::read(&mut Table(rows, vec![]))
    }

    #[test]
    fn defaults() {
        let options = with(&[]).unwrap();
        assert_eq!(options.rules, Rules { checks_audience: false, ..Rules::default() });
        assert_eq!(options.lifetimes, Some(Lifetimes::default()));
    }

    #[test]
    fn what_is_given_counts() {
        let options = with(&[
            ("typ", is::NULL, 0.0),
            ("clockTolerance", is::AMOUNT, 0.0),
            ("maxTokenBytes", is::AMOUNT | is::SIZE, 99.0),
            ("maxTokenAge", is::AMOUNT, 60.0),
            ("jwksCache", is::OBJECT, 0.0),
            ("jwksCache.maxAge", is::AMOUNT, 1.0),
            ("jwksCache.cooldown", is::AMOUNT, 2.0),
        ])
        .unwrap();
        let Rules { checks_issuer, checks_type, tolerance, max_age, max_bytes, .. } = options.rules;
        assert_eq!((checks_issuer, checks_type), (true, false));
        assert_eq!((tolerance, max_age, max_bytes), (0.0, 60.0, 99));
        let lifetimes = options.lifetimes.unwrap();
        assert_eq!((lifetimes.max_age, lifetimes.cooldown, lifetimes.stale_if_error), (1e3, 2e3, 3_600e3));
        let fixed = [("jwks", is::OBJECT, 0.0), ("issuer", is::NULL, 0.0), ("audience", is::TEXTS, 0.0)];
        assert_eq!(VerifierOptions::read(&mut Table(fixed.to_vec(), vec![])).unwrap().lifetimes, None);
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        for (name, what) in [
            ("jwksUrl", is::TEXT),
            ("issuer", is::ABSENT),
            ("audience", is::EMPTY_LIST),
            ("algorithms", is::TEXTS),
            ("algorithms", is::EMPTY_LIST),
            ("typ", 0),
            ("typ", is::BOOL),
            ("requiredClaims", is::TEXT),
            ("clockTolerance", 0),
            ("maxTokenAge", is::TEXT),
            ("maxTokenBytes", is::AMOUNT),
            ("now", is::AMOUNT),
            ("logger", is::OBJECT),
            ("repeatCache", is::NULL),
            ("jwksCache", is::NULL),
            ("jwksCache.timeout", is::TEXT),
            ("jwksCache.store", is::TEXT),
        ] {
            let mut rows = vec![(name, what, 0.0)];
            for (other, what) in [("jwksUrl", is::URL), ("issuer", is::TEXT), ("audience", is::TEXT)] {
                rows.extend((other != name).then_some((other, what, 0.0)));
            }
            assert_eq!(VerifierOptions::read(&mut Table(rows, vec![])).unwrap_err().name, Some(name));
        }
    }

    #[test]
    fn there_is_one_source_of_keys_and_no_unknown_option() {
        assert_eq!(with(&[("jwks", is::OBJECT, 0.0)]).unwrap_err().expected, ONE_SOURCE);
        let none = vec![("issuer", is::NULL, 0.0), ("audience", is::NULL, 0.0)];
        assert_eq!(VerifierOptions::read(&mut Table(none, vec![])).unwrap_err().expected, ONE_SOURCE);
        assert_eq!(with(&[("isuer", is::TEXT, 0.0)]).unwrap_err(), Misuse { name: None, expected: "a known option" });
    }
}
