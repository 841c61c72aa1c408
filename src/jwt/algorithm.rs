//! The table of signature algorithms. Nothing below it enumerates algorithms: rooms are handed a resolved [`Algorithm`].

use super::ed25519;

/// A signature algorithm of JWS (RFC 7518 §3.1, RFC 8037 §3.1). Symmetric ones and `none` do not exist here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256 and a salt of 32 octets.
    Ps256,
    /// RSASSA-PSS with SHA-384 and a salt of 48 octets.
    Ps384,
    /// RSASSA-PSS with SHA-512 and a salt of 64 octets.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// Ed25519; the name in a header is `EdDSA`.
    EdDsa,
}

/// The kind of key that an algorithm needs: `kty`, and `crv` where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// `kty: RSA`.
    Rsa,
    /// `kty: EC`, `crv: P-256`.
    P256,
    /// `kty: EC`, `crv: P-384`.
    P384,
    /// `kty: EC`, `crv: P-521`.
    P521,
    /// `kty: OKP`, `crv: Ed25519`.
    Ed25519,
}

impl KeyKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Rsa, Self::P256, Self::P384, Self::P521, Self::Ed25519];

    /// The kind with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }

    /// The kind that these members of a JWK name (RFC 7517 §4.1, RFC 7518 §6.2.1.1); RSA keys have no curve.
    #[must_use]
    pub fn from_names(kty: &str, crv: &str) -> Option<Self> {
        match (kty, crv) {
            ("RSA", _) => Some(Self::Rsa),
            ("EC", "P-256") => Some(Self::P256),
            ("EC", "P-384") => Some(Self::P384),
            ("EC", "P-521") => Some(Self::P521),
            ("OKP", "Ed25519") => Some(Self::Ed25519),
            _ => None,
        }
    }

    /// The length of one coordinate in octets (RFC 7518 §6.2.1.2, RFC 8037 §2); 0 for RSA, which has none.
    #[must_use]
    pub fn coordinate_length(self) -> usize {
        match self {
            KeyKind::Rsa => 0,
            KeyKind::P256 | KeyKind::Ed25519 => 32,
            KeyKind::P384 => 48,
            KeyKind::P521 => 66,
        }
    }
}

/// One row of the table.
struct Row {
    algorithm: Algorithm,
    key: KeyKind,
    /// In octets; 0 where it is the length of the RSA modulus, which the engines compare.
    signature_length: u8,
}

const fn row(algorithm: Algorithm, key: KeyKind, signature_length: u8) -> Row {
    Row { algorithm, key, signature_length }
}

/// In the order of the enum, so that an algorithm's number is its row's.
static TABLE: [Row; 10] = [
    row(Algorithm::Rs256, KeyKind::Rsa, 0),
    row(Algorithm::Rs384, KeyKind::Rsa, 0),
    row(Algorithm::Rs512, KeyKind::Rsa, 0),
    row(Algorithm::Ps256, KeyKind::Rsa, 0),
    row(Algorithm::Ps384, KeyKind::Rsa, 0),
    row(Algorithm::Ps512, KeyKind::Rsa, 0),
    row(Algorithm::Es256, KeyKind::P256, 64),
    row(Algorithm::Es384, KeyKind::P384, 96),
    row(Algorithm::Es512, KeyKind::P521, 132),
    row(Algorithm::EdDsa, KeyKind::Ed25519, 64),
];

/// The names, in the same order; apart, since who has them read by its own table needs none here.
static NAMES: [&str; 10] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

impl Algorithm {
    /// Every algorithm, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Algorithm> {
        TABLE.iter().map(|row| row.algorithm)
    }

    /// The algorithm with this `alg` value; case counts (RFC 7515 §4.1.1).
    ///
    /// ```
    /// use bixarena_auth_client::jwt::Algorithm;
    /// assert_eq!(Algorithm::from_name("RS256"), Some(Algorithm::Rs256));
    /// assert_eq!(Algorithm::from_name("rs256"), None);
    /// assert_eq!(Algorithm::from_name("none"), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|algorithm| algorithm.name() == name)
    }

    /// The algorithm with this number.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        TABLE.get(number as usize).map(|row| row.algorithm)
    }

    fn row(self) -> &'static Row {
        // The table is in the order of the enum: a test holds them together.
        #[allow(clippy::indexing_slicing)]
        &TABLE[self as usize]
    }

    /// The `alg` value.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.get(self as usize).copied().unwrap_or_default()
    }

    /// The kind of key that it needs.
    #[must_use]
    pub fn key(self) -> KeyKind {
        self.row().key
    }

    /// Whether these octets can be a signature of this algorithm at all: ECDSA in JWS is `r || s` of fixed length, never
    /// DER (RFC 7518 §3.4); Ed25519 begins with a point that must not have a small order.
    #[must_use]
    pub fn admits_signature(self, signature: &[u8]) -> bool {
        let length = usize::from(self.row().signature_length);
        (length == 0 || length == signature.len())
            && (self.key() != KeyKind::Ed25519
                || signature.get(..32).is_some_and(|point| !ed25519::is_weak_point(point)))
    }
}

/// A set of algorithms: an allow-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AlgorithmSet(u16);

impl AlgorithmSet {
    /// The set of this one alone.
    #[must_use]
    pub const fn of(algorithm: Algorithm) -> Self {
        Self(1 << algorithm as u16)
    }

    /// The set whose bits are these, one for the number of each algorithm.
    #[must_use]
    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// Whether it holds `algorithm`.
    #[must_use]
    pub fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & (1 << algorithm as u16) != 0
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Algorithm> for AlgorithmSet {
    fn from_iter<I: IntoIterator<Item = Algorithm>>(algorithms: I) -> Self {
        Self(algorithms.into_iter().fold(0, |set, algorithm| set | 1 << algorithm as u16))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stands_at_its_algorithms_number() {
        for (number, row) in TABLE.iter().enumerate() {
            assert_eq!(row.algorithm as usize, number);
            assert_eq!(Algorithm::from_name(NAMES[number]), Some(row.algorithm));
            assert_eq!(row.algorithm.name(), NAMES[number]);
        }
    }

    #[test]
    fn names_are_compared_to_the_letter() {
        for name in ["none", "None", "HS256", "rs256", "RS256 ", " RS256", "RS256\0", "__proto__", ""] {
            assert_eq!(Algorithm::from_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_set_holds_what_it_was_made_from() {
        let set: AlgorithmSet = [Algorithm::Rs256, Algorithm::EdDsa].into_iter().collect();
        assert!(set.contains(Algorithm::Rs256) && set.contains(Algorithm::EdDsa));
        assert!(!set.contains(Algorithm::Es256));
        assert!(AlgorithmSet::default().is_empty());
    }
}
