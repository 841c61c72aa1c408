//! The set, and the choice of a key.

use super::jwk::{Jwk, Key};
use crate::error::{Error, Untrusted};
use crate::jwt::Algorithm;
use alloc::vec::Vec;

/// The largest set that is read. Real ones hold two or three keys; a huge one serves to keep a verifier busy.
pub const MAX_KEYS: usize = 100;

/// The keys that are known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeySet {
    keys: Vec<Key>,
}

impl KeySet {
    /// Reads a set. Keys that cannot be used are kept with their reason ([`KeySet::flaws`]), so that a token that names
    /// one gets that reason.
    ///
    /// # Errors
    /// [`Error::JwksInvalid`] for more than [`MAX_KEYS`] keys.
    pub fn new(jwks: &[Jwk]) -> Result<Self, Error> {
        if jwks.len() > MAX_KEYS {
            return Err(Error::JwksInvalid("it holds more than 100 keys"));
        }
        Ok(Self { keys: jwks.iter().enumerate().map(|(index, jwk)| Key::new(index, jwk)).collect() })
    }

    /// Reads a set that is all there will ever be: it must hold a usable key.
    ///
    /// # Errors
    /// [`Error::JwksInvalid`] as above, or if no key is usable.
    pub fn sole(jwks: &[Jwk]) -> Result<Self, Error> {
        let set = Self::new(jwks)?;
        match set.keys.iter().any(|key| key.material().is_some()) {
            true => Ok(set),
            false => Err(Error::JwksInvalid(match set.flaws().next() {
                Some(Error::KeyUnusable(fault) | Error::KeyInvalid(fault)) => fault.what,
                _ => "it holds no key",
            })),
        }
    }

    /// Why keys of the set are never used: [`Error::KeyInvalid`] or [`Error::KeyUnusable`], one for each such key.
    pub fn flaws(&self) -> impl Iterator<Item = Error> + '_ {
        self.keys.iter().filter_map(Key::flaw)
    }

    /// The key that a header means (RFC 7515 §6, appendix D): the one with its `kid`; without a `kid` the only one
    /// that fits. A key without an ID is never taken for one that was named.
    ///
    /// # Errors
    /// [`Error::KeyNotFound`], [`Error::KeyAmbiguous`]; if the named key does not fit, its reason.
    pub fn select(&self, algorithm: Algorithm, kid: Option<&str>) -> Result<&Key, Error> {
        let safe_kid = || kid.map(Untrusted::new);
        let mut fitting = None;
        let mut reason = None;
        for key in self.keys.iter().filter(|key| kid.is_none() || key.kid.as_deref() == kid) {
            match key.fits(algorithm) {
                // Two keys that both fit: trying one after the other would let an attacker choose.
                Ok(()) if fitting.is_some() => return Err(Error::KeyAmbiguous(safe_kid())),
                Ok(()) => fitting = Some(key),
                Err(error) => reason = reason.or(kid.map(|_| error)),
            }
        }
        fitting.ok_or_else(|| reason.unwrap_or_else(|| Error::KeyNotFound(safe_kid())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::Member;

    fn is(text: &str) -> Member<String> {
        Member::Is(text.into())
    }

    fn ed(kid: Option<&str>) -> Jwk {
        let x = is("CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk");
        Jwk { kty: is("OKP"), crv: is("Ed25519"), x, kid: kid.map_or(Member::Absent, is), ..Jwk::default() }
    }

    fn ec(kid: &str) -> Jwk {
        let x = ed(None).x;
        Jwk { kty: is("EC"), crv: is("P-256"), y: x.clone(), x, kid: is(kid), ..Jwk::default() }
    }

    #[track_caller]
    fn selects(jwks: &[Jwk], kid: Option<&str>, expected: Result<usize, &str>) {
        let set = KeySet::new(jwks).unwrap();
        let selected = set.select(Algorithm::EdDsa, kid);
        assert_eq!(selected.map(|key| key.index).map_err(|error| error.code()), expected);
    }

    #[test]
    fn one_key_or_a_reason() {
        let broken = || Jwk { private: true, ..ed(Some("a")) };
        selects(&[ed(Some("a")), ed(Some("b"))], Some("b"), Ok(1));
        selects(&[ed(Some("a"))], Some("b"), Err("key_not_found"));
        selects(&[ed(None)], Some("b"), Err("key_not_found"));
        selects(&[], None, Err("key_not_found"));
        selects(&[ed(Some("a"))], None, Ok(0));
        selects(&[ec("a"), ed(None)], None, Ok(1));
        selects(&[ed(Some("a")), ed(Some("b"))], None, Err("key_ambiguous"));
        selects(&[ed(Some("a")), ed(Some("a"))], Some("a"), Err("key_ambiguous"));
        selects(&[ec("a"), ed(Some("a"))], Some("a"), Ok(1));
        selects(&[ec("a")], Some("a"), Err("key_unusable"));
        selects(&[broken()], Some("a"), Err("key_invalid"));
        selects(&[broken(), ed(Some("a"))], Some("a"), Ok(1));
        selects(&[broken()], None, Err("key_not_found"));
    }

    #[test]
    fn a_sole_set_has_a_usable_key() {
        assert!(KeySet::sole(&[ed(None)]).is_ok());
        let broken = Jwk { private: true, ..ed(None) };
        for set in [vec![], vec![broken.clone()]] {
            assert_eq!(KeySet::sole(&set).unwrap_err().code(), "jwks_invalid");
        }
        let mixed = KeySet::sole(&[broken, ed(None)]).unwrap();
        assert_eq!(mixed.flaws().map(|flaw| flaw.code()).collect::<Vec<_>>(), ["key_invalid"]);
        assert_eq!(KeySet::new(&vec![ed(None); 101]).unwrap_err().code(), "jwks_invalid");
    }
}
