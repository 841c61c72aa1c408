//! The check of one signature (RFC 7515 §5.2 step 8).

use crate::error::{Fault, Verdict};
use crate::jwt::{Algorithm, KeyKind};
use alloc::vec::Vec;
use jwt_compact::alg::{Ed25519, Es256, Rsa, RsaPublicKey, VerifyingKey};
use jwt_compact::{Algorithm as _, AlgorithmSignature};
use rsa::BigUint;

/// What a key set allows at most; `rsa` alone stops at 4096 bits.
const MAX_RSA_BITS: usize = 8192;

/// Whether this engine has `algorithm`: ES384 and ES512 are not in `jwt-compact`.
#[must_use]
pub fn supports(algorithm: Algorithm) -> bool {
    !matches!(algorithm, Algorithm::Es384 | Algorithm::Es512)
}

/// Whether `signature` over `input` is one of the key with these numbers: big-endian octets of `n` and `e`, of `x` and
/// `y`, or the point of an Ed25519 key and nothing. Whether a key may be used with an algorithm at all is no question of
/// this function: see [`Key::fits`](crate::jwks::Key::fits).
///
/// # Errors
/// `environment_unsupported` for an algorithm that is not here, `key_invalid` for numbers that are no key.
pub fn verify(algorithm: Algorithm, numbers: [&[u8]; 2], input: &[u8], signature: &[u8]) -> Verdict<bool> {
    let [first, second] = numbers;
    let checked = match algorithm.key() {
        KeyKind::Rsa => verify_rsa(first, second, algorithm, input, signature),
        KeyKind::P256 => verify_es256(first, second, input, signature),
        KeyKind::Ed25519 => Some(verify_ed25519(first, input, signature)),
        KeyKind::P384 | KeyKind::P521 => return Err(Fault::NotInRust),
    };
    checked.ok_or(Fault::KeyNoKey)
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
