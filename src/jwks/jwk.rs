//! One key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2): whether it may and can verify anything.

use crate::error::{Error, KeyFault, Untrusted};
use crate::jwt::{compact, ed25519, Algorithm, KeyKind, Member};
use alloc::string::String;
use alloc::vec::Vec;

/// The members of a JWK that matter, as whoever parsed it found them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Jwk {
    /// `kty` (§4.1).
    pub kty: Member<String>,
    /// `use` (§4.2).
    pub use_: Member<String>,
    /// `key_ops` (§4.3): whether it is a list that holds `verify`.
    pub key_ops: Member<bool>,
    /// `alg` (§4.4).
    pub alg: Member<String>,
    /// `kid` (§4.5).
    pub kid: Member<String>,
    /// `crv`.
    pub crv: Member<String>,
    /// The modulus.
    pub n: Member<String>,
    /// The public exponent.
    pub e: Member<String>,
    /// The x coordinate, or the Ed25519 public key.
    pub x: Member<String>,
    /// The y coordinate.
    pub y: Member<String>,
    /// Whether it has a private member (`d`, `p`, `q`, `dp`, `dq`, `qi`, `oth`, `k`).
    pub private: bool,
}

/// The public numbers of a key, decoded and checked: big-endian octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Material {
    /// RSA, without leading zeros.
    Rsa {
        /// The modulus.
        n: Vec<u8>,
        /// The public exponent.
        e: Vec<u8>,
    },
    /// A point on a curve, its coordinates of full length.
    Ec {
        /// The x coordinate.
        x: Vec<u8>,
        /// The y coordinate.
        y: Vec<u8>,
    },
    /// An Ed25519 public key of 32 octets.
    Okp {
        /// The encoded point.
        x: Vec<u8>,
    },
}

/// Why a key is never used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    /// It may not verify.
    Unusable(&'static str),
    /// It is weak or broken.
    Invalid(&'static str),
}

/// A key of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Its place in the set as it was published.
    pub index: usize,
    /// Its key ID.
    pub kid: Option<String>,
    /// Its `alg`, if it is bound to one that exists here.
    algorithm: Option<Algorithm>,
    usable: Result<(KeyKind, Material), Flaw>,
}

const PRIVATE: Flaw = Flaw::Invalid("it has private members, so it is no secret any more: replace it at the issuer");

impl Key {
    /// Reads the key at `index` of a set.
    #[must_use]
    pub fn new(index: usize, jwk: &Jwk) -> Self {
        let algorithm = jwk.alg.as_ref().and_then(|name| Algorithm::from_name(name));
        Self { index, kid: jwk.kid.as_ref().cloned(), algorithm, usable: read(jwk, algorithm) }
    }

    /// The kind and the public numbers, if the key is usable at all.
    #[must_use]
    pub fn material(&self) -> Option<(KeyKind, &Material)> {
        self.usable.as_ref().ok().map(|(kind, material)| (*kind, material))
    }

    /// Why the key is never used: [`Error::KeyInvalid`] or [`Error::KeyUnusable`]. `None` for a usable one.
    #[must_use]
    pub fn flaw(&self) -> Option<Error> {
        let fault = |what| KeyFault { kid: self.kid.as_deref().map(Untrusted::new), what };
        match self.usable {
            Ok(_) => None,
            Err(Flaw::Unusable(what)) => Some(Error::KeyUnusable(fault(what))),
            Err(Flaw::Invalid(what)) => Some(Error::KeyInvalid(fault(what))),
        }
    }

    /// Whether it can verify what this algorithm signed (RFC 8725 §3.1: one key, one algorithm).
    ///
    /// # Errors
    /// [`Error::KeyInvalid`] or [`Error::KeyUnusable`], with the reason.
    pub fn fits(&self, algorithm: Algorithm) -> Result<(), Error> {
        if let Some(flaw) = self.flaw() {
            return Err(flaw);
        }
        let what = match self.material() {
            Some((kind, _)) if kind != algorithm.key() => "its kty or crv is for another algorithm",
            _ if self.algorithm.is_some_and(|bound| bound != algorithm) => "its alg is not the token's",
            _ => return Ok(()),
        };
        Err(Error::KeyUnusable(KeyFault { kid: self.kid.as_deref().map(Untrusted::new), what }))
    }
}

fn read(jwk: &Jwk, algorithm: Option<Algorithm>) -> Result<(KeyKind, Material), Flaw> {
    let text = |member: &Member<String>| member.as_ref().cloned().unwrap_or_default();
    let kind = match (text(&jwk.kty).as_str(), text(&jwk.crv).as_str()) {
        ("RSA", _) => KeyKind::Rsa,
        ("EC", "P-256") => KeyKind::P256,
        ("EC", "P-384") => KeyKind::P384,
        ("EC", "P-521") => KeyKind::P521,
        ("OKP", "Ed25519") => KeyKind::Ed25519,
        _ => return Err(Flaw::Unusable("no supported algorithm has its kty and crv")),
    };
    if jwk.private {
        return Err(PRIVATE);
    }
    if !jwk.use_.is_absent() && jwk.use_.as_ref().is_none_or(|purpose| purpose != "sig") {
        return Err(Flaw::Unusable("its use is not sig"));
    }
    if !jwk.key_ops.is_absent() && jwk.key_ops != Member::Is(true) {
        return Err(Flaw::Unusable("its key_ops do not hold verify"));
    }
    if !jwk.alg.is_absent() && algorithm.is_none_or(|algorithm| algorithm.key() != kind) {
        return Err(Flaw::Unusable("its alg is not supported for its kty"));
    }
    let material = match kind.coordinate_length() {
        None => rsa(&text(&jwk.n), &text(&jwk.e))?,
        Some(length) if kind == KeyKind::Ed25519 => {
            let x = coordinate(&text(&jwk.x), length)?;
            if ed25519::is_weak_point(&x) {
                return Err(Flaw::Invalid("its point has a small order or is not canonical"));
            }
            Material::Okp { x }
        }
        Some(length) => Material::Ec { x: coordinate(&text(&jwk.x), length)?, y: coordinate(&text(&jwk.y), length)? },
    };
    Ok((kind, material))
}

/// RFC 7518 §3.3: 2048 bits or more. Larger than 8192 bits only serves to keep a verifier busy, as does an exponent
/// over 33 bits; an even number is no RSA modulus and no exponent.
fn rsa(n: &str, e: &str) -> Result<Material, Flaw> {
    let (n, e) = (unsigned(n)?, unsigned(e)?);
    match bits(&n) {
        ..2048 => return Err(Flaw::Invalid("its modulus has less than 2048 bits")),
        8193.. => return Err(Flaw::Invalid("its modulus has more than 8192 bits")),
        _ => {}
    }
    if is_even(&n) {
        return Err(Flaw::Invalid("its modulus is even"));
    }
    if is_even(&e) || bits(&e) < 2 || bits(&e) > 33 {
        return Err(Flaw::Invalid("its exponent is even, below 3, or over 33 bits"));
    }
    Ok(Material::Rsa { n, e })
}

fn octets(text: &str) -> Result<Vec<u8>, Flaw> {
    let mut octets = Vec::new();
    compact::decode(text.as_bytes(), &mut octets).map_err(|_| Flaw::Invalid("one of its numbers is not base64url"))?;
    Ok(octets)
}

/// A big-endian number. RFC 7518 §6.3.1.1: in the fewest octets; leading zeros would count as bits of strength.
fn unsigned(text: &str) -> Result<Vec<u8>, Flaw> {
    let octets = octets(text)?;
    match octets.first() {
        Some(0) => Err(Flaw::Invalid("one of its numbers begins with a zero octet")),
        _ => Ok(octets),
    }
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|last| last & 1 == 0)
}

/// RFC 7518 §6.2.1.2: of exactly the length of the curve.
fn coordinate(text: &str, length: usize) -> Result<Vec<u8>, Flaw> {
    let octets = octets(text)?;
    if octets.len() == length {
        Ok(octets)
    } else {
        Err(Flaw::Invalid("a coordinate has the wrong length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> Member<String> {
        Member::Is(text.into())
    }

    /// An RSA key of `bits` bits: the top and the lowest bit set, `zeros` octets in front.
    fn rsa_key(bits: usize, zeros: usize, e: &str) -> Jwk {
        let mut number = vec![0; zeros];
        number.push(1 << ((bits - 1) % 8));
        number.resize(zeros + bits.div_ceil(8), 0);
        *number.last_mut().unwrap() |= 1;
        Jwk { kty: is("RSA"), n: is(&encode(&number)), e: is(e), ..Jwk::default() }
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
    fn reads(jwk: &Jwk, expected: &str) {
        assert_eq!(Key::new(0, jwk).flaw().map_or("ok", |error| error.code()), expected, "{jwk:?}");
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
            reads(&rsa_key(bits, zeros, e), expected);
        }
        let even = encode(&[0xfe; 256]);
        reads(&Jwk { n: is(&even), ..rsa_key(2048, 0, "AQAB") }, "key_invalid");
    }

    #[test]
    fn a_key_may_be_for_something_else() {
        let good = || rsa_key(2048, 0, "AQAB");
        for (jwk, expected) in [
            (Jwk { use_: is("sig"), ..good() }, "ok"),
            (Jwk { use_: is("enc"), ..good() }, "key_unusable"),
            (Jwk { use_: Member::OtherType, ..good() }, "key_unusable"),
            (Jwk { key_ops: Member::Is(true), ..good() }, "ok"),
            (Jwk { key_ops: Member::Is(false), ..good() }, "key_unusable"),
            (Jwk { alg: is("PS512"), ..good() }, "ok"),
            (Jwk { alg: is("ES256"), ..good() }, "key_unusable"),
            (Jwk { alg: is("RSA-OAEP"), ..good() }, "key_unusable"),
            (Jwk { kty: is("oct"), private: true, ..Jwk::default() }, "key_unusable"),
            (Jwk { private: true, ..good() }, "key_invalid"),
            (Jwk { kty: is("EC"), crv: is("secp256k1"), ..Jwk::default() }, "key_unusable"),
        ] {
            reads(&jwk, expected);
        }
    }

    #[test]
    fn points_have_the_length_of_their_curve_and_no_small_order() {
        let ec = |length: usize| Jwk {
            kty: is("EC"),
            crv: is("P-521"),
            x: is(&encode(&vec![1; length])),
            y: is(&encode(&[1; 66])),
            ..Jwk::default()
        };
        reads(&ec(66), "ok");
        reads(&ec(65), "key_invalid");
        let okp = |x: &[u8]| Jwk { kty: is("OKP"), crv: is("Ed25519"), x: is(&encode(x)), ..Jwk::default() };
        reads(&okp(&[9; 32]), "ok");
        reads(&okp(&[9; 31]), "key_invalid");
        let mut identity = [0; 32];
        reads(&okp(&identity), "key_invalid");
        identity[0] = 1;
        reads(&okp(&identity), "key_invalid");
        identity[31] = 0x80;
        reads(&okp(&identity), "key_invalid");
        reads(&okp(&[0xff; 32]), "key_invalid");
    }

    #[test]
    fn a_key_fits_its_own_algorithm_only() {
        let bound = Key::new(0, &Jwk { alg: is("RS256"), ..rsa_key(2048, 0, "AQAB") });
        assert_eq!(bound.fits(Algorithm::Rs256), Ok(()));
        assert_eq!(bound.fits(Algorithm::Ps256).unwrap_err().code(), "key_unusable");
        let free = Key::new(0, &rsa_key(2048, 0, "AQAB"));
        assert_eq!(free.fits(Algorithm::Ps256), Ok(()));
        assert_eq!(free.fits(Algorithm::Es256).unwrap_err().code(), "key_unusable");
    }
}
