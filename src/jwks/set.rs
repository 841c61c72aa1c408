//! The set, and the choice of a key.

use super::jwk::{Key, KeyFacts, LONGEST_NUMBERS};
use crate::error::{Fault, Verdict};
use crate::jwt::Algorithm;

/// The largest set that is read. Real ones hold two or three keys; a huge one serves to keep a verifier busy.
pub const MAX_KEYS: usize = 100;

/// A parsed JWK Set (RFC 7517 §5).
pub trait Source {
    /// How many keys it has; `None` if it is no object with an array of keys.
    fn count(&mut self) -> Option<usize>;

    /// The key at `index`, and the text of its numbers (see [`Key::new`]), which is empty if there is no `room` for it.
    /// `None` if it is no object.
    fn key<'a>(&mut self, index: usize, room: &'a mut [u8]) -> Option<(KeyFacts, &'a [u8])>;
}

/// The keys that are known.
#[derive(Debug, Clone)]
pub struct KeySet {
    keys: [Key; MAX_KEYS],
    count: usize,
}

impl KeySet {
    /// A set without keys.
    pub const EMPTY: Self = Self { keys: [Key::UNUSED; MAX_KEYS], count: 0 };

    /// Reads a set. Keys that cannot be used are kept with their reason ([`KeySet::flaws`]), so that a token that names
    /// one gets that reason; so is what is no key at all if it `is_lenient`: what is fetched may hold anything beside good
    /// keys, what a caller gives is a mistake.
    ///
    /// # Errors
    /// `jwks_invalid` if it is none, or has more than [`MAX_KEYS`] keys.
    pub fn read(&mut self, source: &mut impl Source, is_lenient: bool) -> Verdict {
        self.count = 0;
        let count = Self::admit(source)?;
        self.fill(source, count, is_lenient)
    }

    /// [`KeySet::read`] for a set whose keys have been [counted](KeySet::admit).
    ///
    /// # Errors
    /// `jwks_invalid` if one is no key and that is a mistake; nothing else.
    pub fn fill(&mut self, source: &mut impl Source, count: usize, is_lenient: bool) -> Verdict {
        self.count = 0;
        let places = self.keys.get_mut(..count).unwrap_or_default();
        let mut room = [0; LONGEST_NUMBERS];
        for (index, place) in places.iter_mut().enumerate() {
            *place = match source.key(index, &mut room) {
                Some((facts, numbers)) => Key::new(facts, numbers),
                None if is_lenient => Key::NONE,
                None => return Err(Fault::JwksKeyNoObject),
            };
        }
        self.count = count;
        Ok(())
    }

    /// How many keys a set has, if it is one that can be read: of one that is fetched, nothing else can be wrong.
    ///
    /// # Errors
    /// `jwks_invalid` as in [`KeySet::read`].
    pub fn admit(source: &mut impl Source) -> Verdict<usize> {
        let count = source.count().ok_or(Fault::JwksNoSet)?;
        if count > MAX_KEYS {
            Err(Fault::JwksTooMany)
        } else {
            Ok(count)
        }
    }

    /// Whether any key can be used: a set that is all there will ever be must have one.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.keys().iter().any(|key| key.flaw().is_none())
    }

    fn keys(&self) -> &[Key] {
        self.keys.get(..self.count).unwrap_or_default()
    }

    /// Why keys of the set are never used: the place of each such key, with `key_invalid` or `key_unusable`.
    pub fn flaws(&self) -> impl Iterator<Item = (usize, Fault)> + '_ {
        self.keys().iter().enumerate().filter_map(|(index, key)| Some((index, key.flaw()?)))
    }

    /// The place of the key that a header means (RFC 7515 §6, appendix D): the one with its `kid` (`is_named`); if it
    /// `names_key` none, the only one that fits. A key without an ID is never taken for one that was named.
    ///
    /// # Errors
    /// `key_not_found`, `key_ambiguous`; if the named key does not fit, its reason.
    pub fn select(
        &self,
        algorithm: Algorithm,
        names_key: bool,
        mut is_named: impl FnMut(usize) -> bool,
    ) -> Verdict<usize> {
        let mut fitting = None;
        let mut reason = None;
        for (index, key) in self.keys().iter().enumerate() {
            if names_key && !is_named(index) {
                continue;
            }
            match key.fits(algorithm) {
                // Two keys that both fit: trying one after the other would let an attacker choose.
                Ok(()) if fitting.is_some() => return Err(Fault::KeyAmbiguous),
                Ok(()) => fitting = Some(index),
                Err(fault) if names_key => reason = reason.or(Some(fault)),
                Err(_) => {}
            }
        }
        fitting.ok_or(reason.unwrap_or(Fault::KeyNotFound))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jwt::KeyKind;

    const ONE: &[u8] = b"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk.";
    const TWO: &[u8] = b"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk.CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk";

    /// A key as these tests name it: its ID, its kind, and whether it is private.
    type Plain = (Option<&'static str>, KeyKind, bool);

    struct Table<'a>(&'a [Plain]);

    impl Source for Table<'_> {
        fn count(&mut self) -> Option<usize> {
            Some(self.0.len())
        }

        fn key<'a>(&mut self, index: usize, _room: &'a mut [u8]) -> Option<(KeyFacts, &'a [u8])> {
            let (_, kind, private) = *self.0.get(index)?;
            let numbers = if kind == KeyKind::Ed25519 { ONE } else { TWO };
            Some((KeyFacts::new(Some(kind)).private(private), numbers))
        }
    }

    fn ed(kid: Option<&'static str>) -> Plain {
        (kid, KeyKind::Ed25519, false)
    }

    fn ec(kid: &'static str) -> Plain {
        (Some(kid), KeyKind::P256, false)
    }

    #[track_caller]
    fn selects(keys: &[Plain], kid: Option<&str>, expected: Result<usize, &str>) {
        let mut set = KeySet::EMPTY;
        set.read(&mut Table(keys), true).unwrap();
        let selected = set.select(Algorithm::EdDsa, kid.is_some(), |index| keys[index].0 == kid);
        assert_eq!(selected.map_err(|fault| fault.code()), expected);
    }

    #[test]
    fn one_key_or_a_reason() {
        let broken = (Some("a"), KeyKind::Ed25519, true);
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
        selects(&[broken], Some("a"), Err("key_invalid"));
        selects(&[broken, ed(Some("a"))], Some("a"), Ok(1));
        selects(&[broken], None, Err("key_not_found"));
    }

    /// A set of one entry that is no object.
    struct NoObject;

    impl Source for NoObject {
        fn count(&mut self) -> Option<usize> {
            Some(1)
        }

        fn key<'a>(&mut self, _index: usize, _room: &'a mut [u8]) -> Option<(KeyFacts, &'a [u8])> {
            None
        }
    }

    #[test]
    fn what_is_no_object_is_skipped_or_a_mistake() {
        let mut set = KeySet::EMPTY;
        assert_eq!(set.read(&mut NoObject, false), Err(Fault::JwksKeyNoObject));
        assert_eq!(set.read(&mut NoObject, true), Ok(()));
        assert_eq!(set.flaws().collect::<Vec<_>>(), [(0, Fault::KeyNoObject)]);
    }

    #[test]
    fn a_set_is_usable_if_one_of_its_keys_is() {
        let broken = (None, KeyKind::Ed25519, true);
        let mut set = KeySet::EMPTY;
        for (keys, is_usable) in [(&[][..], false), (&[broken], false), (&[broken, ed(None)], true)] {
            set.read(&mut Table(keys), true).unwrap();
            assert_eq!(set.is_usable(), is_usable);
        }
        assert_eq!(set.flaws().map(|(at, flaw)| (at, flaw.code())).collect::<Vec<_>>(), [(0, "key_invalid")]);
        assert_eq!(set.read(&mut Table(&[ed(None); 101]), true), Err(Fault::JwksTooMany));
        assert!(!set.is_usable(), "what could not be read leaves nothing behind");
    }
}
