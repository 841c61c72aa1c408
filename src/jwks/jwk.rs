//! One key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2): whether it may and can verify anything.

use crate::error::{Fault, Verdict};
use crate::jwt::{compact, ed25519, Algorithm, KeyKind, Match};

/// What the checks need to know of a JWK beside its numbers; read by whoever parsed it.
///
/// From the lowest bit: the number of the kind that `kty` and `crv` name, 7 for another; whether it has a private member
/// (`d`, `p`, `q`, `dp`, `dq`, `qi`, `oth`, `k`); `use`, `key_ops` and `alg`, each a [`Match`] (with `sig`, with a list
/// that holds `verify`, and for `alg` good where it is a string); the number of the algorithm, 15 for a name that is
/// none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFacts(pub u32);

impl KeyFacts {
    /// The facts of a key of this kind and with nothing else.
    #[must_use]
    pub fn new(kind: Option<KeyKind>) -> Self {
        Self(kind.map_or(7, |kind| kind as u32) | 15 << 10)
    }

    /// The same facts, with a private member or none.
    #[must_use]
    pub fn private(self, private: bool) -> Self {
        Self(self.0 | u32::from(private) << 3)
    }

    /// The same facts, with these marks for `use`, `key_ops` and `alg`.
    #[must_use]
    pub fn bound(self, purpose: Match, key_ops: Match, alg: Match, algorithm: Option<Algorithm>) -> Self {
        let number = algorithm.map_or(15, |algorithm| algorithm as u32);
        let marks = (purpose as u32) << 4 | (key_ops as u32) << 6 | (alg as u32) << 8 | number << 10;
        Self(self.0 & 15 | marks)
    }

    fn kind(self) -> Option<KeyKind> {
        KeyKind::from_number(self.0 & 7)
    }

    fn is_private(self) -> bool {
        self.0 >> 3 & 1 != 0
    }

    fn algorithm(self) -> Option<Algorithm> {
        Algorithm::from_number(self.0 >> 10 & 15)
    }
}

/// The longest text of a key's numbers that is worth reading, in characters: twice of a modulus over 8192 bits.
pub const LONGEST_NUMBERS: usize = 2_800;

/// A key of a set: what it may verify, or why it is never used. Its numbers stay with whoever checks signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    usable: Verdict<KeyKind>,
    /// Its `alg`, if it is bound to one.
    algorithm: Option<Algorithm>,
}

impl Key {
    /// A place without a key. All its octets are zero: so a build ships none of them.
    pub(super) const UNUSED: Self = Self { usable: Ok(KeyKind::Rsa), algorithm: Some(Algorithm::Rs256) };

    /// What stands in a set and is no object.
    pub(super) const NONE: Self = Self { usable: Err(Fault::KeyNoObject), algorithm: None };

    /// Reads a key. `numbers` are the texts of `n` and `e`, or of `x` and `y` (nothing for Ed25519), with a dot between them;
    /// without a dot they were too long to be read. At most [`LONGEST_NUMBERS`] characters.
    #[must_use]
    pub fn new(facts: KeyFacts, numbers: &[u8]) -> Self {
        Self { usable: read(facts, numbers), algorithm: facts.algorithm() }
    }

    /// Why the key is never used: `key_invalid` or `key_unusable`. `None` for a usable one.
    #[must_use]
    pub fn flaw(&self) -> Option<Fault> {
        self.usable.err()
    }

    /// Whether it can verify what this algorithm signed (RFC 8725 §3.1: one key, one algorithm).
    ///
    /// # Errors
    /// `key_invalid` or `key_unusable`.
    pub fn fits(&self, algorithm: Algorithm) -> Verdict {
        if self.usable? != algorithm.key() {
            Err(Fault::KeyOfOtherKind)
        } else if self.algorithm.is_some_and(|bound| bound != algorithm) {
            Err(Fault::KeyOfOtherAlg)
        } else {
            Ok(())
        }
    }
}

fn read(facts: KeyFacts, numbers: &[u8]) -> Verdict<KeyKind> {
    let Some(kind) = facts.kind() else { return Err(Fault::KeyOfNoAlgorithm) };
    if facts.is_private() {
        return Err(Fault::KeyPrivate);
    }
    let is_bound = |shift| Match::at(facts.0, shift) != Match::Absent;
    let is_good = |shift| Match::at(facts.0, shift) == Match::Good;
    if is_bound(4) && !is_good(4) {
        return Err(Fault::KeyNotForSignatures);
    }
    if is_bound(6) && !is_good(6) {
        return Err(Fault::KeyNotForVerifying);
    }
    if is_bound(8) && facts.algorithm().is_none_or(|algorithm| algorithm.key() != kind) {
        return Err(Fault::KeyAlgUnsupported);
    }
    let (first, second) = compact::cut(numbers).map_err(|_| Fault::KeyTooLong)?;
    // Each of the two takes a multiple of 3.
    let mut room = [0; compact::room_for(LONGEST_NUMBERS) + 2 * 3];
    let mut room = &mut room[..];
    let mut octets = |text| compact::decode(text, &mut room).map_err(|_| Fault::KeyNotBase64url);
    let (first, second) = (octets(first)?, octets(second)?);
    match kind {
        KeyKind::Rsa => check_rsa(first, second)?,
        _ => check_point(kind, first, second)?,
    }
    Ok(kind)
}

/// RFC 7518 §3.3: 2048 bits or more. Larger than 8192 bits only serves to keep a verifier busy, as does an exponent
/// over 33 bits; an even number is no RSA modulus and no exponent.
fn check_rsa(n: &[u8], e: &[u8]) -> Verdict {
    // RFC 7518 §6.3.1.1: in the fewest octets; leading zeros would count as bits of strength.
    if n.first() == Some(&0) || e.first() == Some(&0) {
        return Err(Fault::KeyLeadingZero);
    }
    match bits(n) {
        ..2048 => return Err(Fault::KeyModulusShort),
        8193.. => return Err(Fault::KeyTooLong),
        _ => {}
    }
    if is_even(n) {
        return Err(Fault::KeyModulusEven);
    }
    if is_even(e) || !(2..=33).contains(&bits(e)) {
        return Err(Fault::KeyExponent);
    }
    Ok(())
}

/// RFC 7518 §6.2.1.2, RFC 8037 §2: coordinates of exactly the length of the curve.
fn check_point(kind: KeyKind, x: &[u8], y: &[u8]) -> Verdict {
    let length = kind.coordinate_length();
    let is_single = kind == KeyKind::Ed25519;
    if x.len() != length || y.len() != if is_single { 0 } else { length } {
        return Err(Fault::KeyCoordinate);
    }
    if is_single && ed25519::is_weak_point(x) {
        return Err(Fault::KeyWeakPoint);
    }
    Ok(())
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|last| last & 1 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSA: KeyFacts = KeyFacts(15 << 10);

    /// An RSA modulus of `bits` bits: the top and the lowest bit set, `zeros` octets in front.
    fn modulus(bits: usize, zeros: usize) -> Vec<u8> {
        let mut number = vec![0; zeros];
        number.push(1 << ((bits - 1) % 8));
        number.resize(zeros + bits.div_ceil(8), 0);
        *number.last_mut().unwrap() |= 1;
        number
    }

    fn encode(octets: &[u8]) -> String {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = String::new();
        for chunk in octets.chunks(3) {
            let bits = chunk.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - chunk.len()));
            for at in 0..=chunk.len() {
                text.push(char::from(alphabet[(bits >> (18 - 6 * at) & 63) as usize]));
            }
        }
        text
    }

    #[track_caller]
    fn reads(facts: KeyFacts, first: &str, second: &str, expected: &str) {
        let key = Key::new(facts, format!("{first}.{second}").as_bytes());
        assert_eq!(key.flaw().map_or("ok", |flaw| flaw.code()), expected, "{key:?}");
    }

    #[test]
    fn rsa_keys_are_of_good_size_without_leading_zeros() {
        for (bits, zeros, e, expected) in [
            (2048, 0, "AQAB", "ok"),
            (2048, 3, "AQAB", "key_invalid"),
            (2047, 0, "AQAB", "key_invalid"),
            (1024, 128, "AQAB", "key_invalid"),
            (8192, 0, "Aw", "ok"),
            (8193, 0, "AQAB", "key_invalid"),
            (2048, 0, "AQ", "key_invalid"),
            (2048, 0, "", "key_invalid"),
            (2048, 0, "AA", "key_invalid"),
            (2048, 0, "AAEAAQ", "key_invalid"),
            (2048, 0, "AQAC", "key_invalid"),
            (2048, 0, "A_____8", "key_invalid"),
            (2048, 0, "AQAB=", "key_invalid"),
        ] {
            reads(RSA, &encode(&modulus(bits, zeros)), e, expected);
        }
        reads(RSA, &encode(&[0xfe; 256]), "AQAB", "key_invalid");
        assert_eq!(Key::new(RSA, b"").flaw(), Some(Fault::KeyTooLong));
        reads(RSA, "AQAB.AQAB", "", "key_invalid");
        reads(RSA, "", "", "key_invalid");
    }

    #[test]
    fn a_key_may_be_for_something_else() {
        use Match::{Absent, Differs, Good, OtherType};
        let n = encode(&modulus(2048, 0));
        let with = |purpose, key_ops, alg, algorithm| RSA.bound(purpose, key_ops, alg, algorithm);
        for (facts, expected) in [
            (with(Good, Absent, Absent, None), "ok"),
            (with(Differs, Absent, Absent, None), "key_unusable"),
            (with(OtherType, Absent, Absent, None), "key_unusable"),
            (with(Absent, Good, Absent, None), "ok"),
            (with(Absent, Differs, Absent, None), "key_unusable"),
            (with(Absent, OtherType, Absent, None), "key_unusable"),
            (with(Absent, Absent, Good, Some(Algorithm::Ps512)), "ok"),
            (with(Absent, Absent, Good, Some(Algorithm::Es256)), "key_unusable"),
            (with(Absent, Absent, Good, None), "key_unusable"),
            (with(Absent, Absent, OtherType, None), "key_unusable"),
            (KeyFacts::new(None).private(true), "key_unusable"),
            (RSA.private(true), "key_invalid"),
        ] {
            reads(facts, &n, "AQAB", expected);
        }
    }

    #[test]
    fn points_have_the_length_of_their_curve_and_no_small_order() {
        let p521 = KeyFacts::new(Some(KeyKind::P521));
        reads(p521, &encode(&[1; 66]), &encode(&[1; 66]), "ok");
        reads(p521, &encode(&[1; 65]), &encode(&[1; 66]), "key_invalid");
        reads(p521, &encode(&[1; 66]), "", "key_invalid");
        let point = |x: &[u8], expected| reads(KeyFacts::new(Some(KeyKind::Ed25519)), &encode(x), "", expected);
        point(&[9; 32], "ok");
        point(&[9; 31], "key_invalid");
        let mut identity = [0; 32];
        point(&identity, "key_invalid");
        identity[0] = 1;
        point(&identity, "key_invalid");
        identity[31] = 0x80;
        point(&identity, "key_invalid");
        point(&[0xff; 32], "key_invalid");
    }

    #[test]
    fn a_key_fits_its_own_algorithm_only() {
        let n = encode(&modulus(2048, 0));
        let read = |facts| Key::new(facts, format!("{n}.AQAB").as_bytes());
        let bound = read(RSA.bound(Match::Absent, Match::Absent, Match::Good, Some(Algorithm::Rs256)));
        assert_eq!(bound.fits(Algorithm::Rs256), Ok(()));
        assert_eq!(bound.fits(Algorithm::Ps256), Err(Fault::KeyOfOtherAlg));
        assert_eq!(read(RSA).fits(Algorithm::Ps256), Ok(()));
        assert_eq!(read(RSA).fits(Algorithm::Es256), Err(Fault::KeyOfOtherKind));
    }
}
