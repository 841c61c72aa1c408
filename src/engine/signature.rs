//! The check of one signature (RFC 7515 §5.2 step 8).

use crate::error::{Error, KeyFault, Untrusted};
use crate::jwks::{Key, Material};
use crate::jwt::{Algorithm, KeyKind};
use alloc::vec::Vec;
use jwt_compact::alg::{Ed25519, Es256, Rsa, RsaPublicKey, VerifyingKey};
use jwt_compact::{Algorithm as _, AlgorithmSignature};
use rsa::BigUint;

/// What [`Key`] allows at most; `rsa` alone stops at 4096 bits.
const MAX_RSA_BITS: usize = 8192;

/// Whether this engine has `algorithm`: ES384 and ES512 are not in `jwt-compact`.
#[must_use]
pub fn supports(algorithm: Algorithm) -> bool {
    !matches!(algorithm, Algorithm::Es384 | Algorithm::Es512)
}

/// What is said of an algorithm that is not here.
pub(super) const UNSUPPORTED: Error = Error::EnvironmentUnsupported("ES384 and ES512 need WebCrypto");

/// The public numbers of a key: big-endian octets without leading zeros, coordinates of full length.
#[derive(Debug, Clone, Copy)]
pub enum Numbers<'a> {
    /// The modulus and the exponent.
    Rsa(&'a [u8], &'a [u8]),
    /// The coordinates of a point.
    Ec(&'a [u8], &'a [u8]),
    /// An encoded point.
    Okp(&'a [u8]),
}

/// What [`check`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The signature does not belong to this input and this key.
    Bad,
    /// It does.
    Good,
    /// The numbers are no public key.
    KeyInvalid,
    /// The algorithm is not here, or the numbers are those of a key for another one.
    Unsupported,
}

/// Whether `signature` is the one of `key` over `input`.
///
/// # Errors
/// [`Error::EnvironmentUnsupported`] for an algorithm that is not here, [`Error::KeyInvalid`] for a key whose numbers
/// are no key, [`Error::KeyUnusable`] for a key of another kind.
pub fn verify(key: &Key, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Result<bool, Error> {
    if !supports(algorithm) {
        return Err(UNSUPPORTED);
    }
    // One key, one algorithm (RFC 8725 §3.1), whoever calls.
    key.fits(algorithm)?;
    let fault = |what| KeyFault { kid: key.kid.as_deref().map(Untrusted::new), what };
    let answer = match key.material() {
        Some((_, Material::Rsa { n, e })) => check(algorithm, Numbers::Rsa(n, e), input, signature),
        Some((_, Material::Ec { x, y })) => check(algorithm, Numbers::Ec(x, y), input, signature),
        Some((_, Material::Okp { x })) => check(algorithm, Numbers::Okp(x), input, signature),
        None => Answer::Unsupported,
    };
    match answer {
        Answer::Bad => Ok(false),
        Answer::Good => Ok(true),
        Answer::KeyInvalid => Err(Error::KeyInvalid(fault("its numbers are no public key"))),
        Answer::Unsupported => Err(Error::KeyUnusable(fault("its kty or crv is for another algorithm"))),
    }
}

/// The check by itself. The numbers have to be those of a key that [`Key`] finds usable.
#[must_use]
pub fn check(algorithm: Algorithm, key: Numbers<'_>, input: &[u8], signature: &[u8]) -> Answer {
    let checked = match (key, algorithm) {
        (Numbers::Rsa(n, e), _) if algorithm.key() == KeyKind::Rsa => verify_rsa(n, e, algorithm, input, signature),
        (Numbers::Ec(x, y), Algorithm::Es256) => verify_es256(x, y, input, signature),
        (Numbers::Okp(x), Algorithm::EdDsa) => Some(verify_ed25519(x, input, signature)),
        _ => return Answer::Unsupported,
    };
    match checked {
        Some(false) => Answer::Bad,
        Some(true) => Answer::Good,
        None => Answer::KeyInvalid,
    }
}

/// RFC 7518 §3.3 and §3.5. `None`: the numbers are no key.
fn verify_rsa(n: &[u8], e: &[u8], algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Option<bool> {
    let (modulus, exponent) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
    let key = RsaPublicKey::new_with_max_size(modulus, exponent, MAX_RSA_BITS).ok()?;
    // RFC 8017 §8.1.2 and §8.2.2, step 1: neither shorter nor longer than the modulus.
    if signature.len() != n.len() {
        return Some(false);
    }
    let rsa = match algorithm {
        Algorithm::Rs256 => Rsa::rs256(),
        Algorithm::Rs384 => Rsa::rs384(),
        Algorithm::Rs512 => Rsa::rs512(),
        Algorithm::Ps256 => Rsa::ps256(),
        Algorithm::Ps384 => Rsa::ps384(),
        Algorithm::Ps512 => Rsa::ps512(),
        _ => return None,
    };
    Some(match AlgorithmSignature::try_from_slice(signature) {
        Ok(signature) => rsa.verify_signature(&signature, &key, input),
        Err(_) => false,
    })
}

/// RFC 7518 §3.4. `None`: the point is not on the curve.
fn verify_es256(x: &[u8], y: &[u8], input: &[u8], signature: &[u8]) -> Option<bool> {
    /// SEC 1 §2.3.4: an uncompressed point.
    const UNCOMPRESSED: &[u8] = &[4];
    let point: Vec<u8> = [UNCOMPRESSED, x, y].concat();
    type Public = <Es256 as jwt_compact::Algorithm>::VerifyingKey;
    let key = <Public as VerifyingKey<Es256>>::from_slice(&point).ok()?;
    Some(match AlgorithmSignature::try_from_slice(signature) {
        Ok(signature) => Es256.verify_signature(&signature, &key, input),
        // r or s is zero or not below the order of the curve.
        Err(_) => false,
    })
}

/// RFC 8032 §5.1.7, strictly. Octets that are no point are no fault of the key here: engines that import a key without
/// decoding it cannot tell them from a signature that does not fit, and the answer is the same everywhere.
fn verify_ed25519(x: &[u8], input: &[u8], signature: &[u8]) -> bool {
    type Public = <Ed25519 as jwt_compact::Algorithm>::VerifyingKey;
    match (<Public as VerifyingKey<Ed25519>>::from_slice(x), AlgorithmSignature::try_from_slice(signature)) {
        // Not `Ed25519.verify_signature`: that one takes points of small order.
        (Ok(key), Ok(signature)) => key.verify_strict(input, &signature).is_ok(),
        _ => false,
    }
}
