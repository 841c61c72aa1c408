//! The engine alone, without the checks that come before it in the verifier: it is strict by itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bixarena_auth_client::engine::signature::{check as check_numbers, verify, Answer, Numbers};
use bixarena_auth_client::jwks::{Jwk, Key};
use bixarena_auth_client::jwt::{compact, Algorithm, Member};
use bixarena_auth_client::Error;
use serde_json::Value;

/// What the engine says of the token of a case, under the key of that `kid`.
fn check(name: &str, kid: &str, algorithm: Algorithm) -> Result<bool, Error> {
    let corpus: Value = serde_json::from_str(include_str!("../fixtures/tokens.json")).unwrap();
    let case = corpus["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).expect(name);
    let keys = corpus["keySets"][case["jwks"].as_str().unwrap()]["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == kid).expect(kid);
    let segments = compact::split(case["token"].as_str().unwrap().as_bytes()).unwrap();
    let mut signature = Vec::new();
    compact::decode(segments.signature, &mut signature).unwrap();
    verify(&read(key), algorithm, segments.signing_input, &signature)
}

fn read(key: &Value) -> Key {
    let member = |name: &str| key[name].as_str().map_or(Member::Absent, |text| Member::Is(text.to_owned()));
    Key::new(
        0,
        &Jwk {
            kty: member("kty"),
            alg: member("alg"),
            crv: member("crv"),
            n: member("n"),
            e: member("e"),
            x: member("x"),
            y: member("y"),
            ..Jwk::default()
        },
    )
}

#[test]
fn ed25519_is_strict() {
    for case in ["EdDSA with R of small order", "EdDSA with S + L", "EdDSA truncated"] {
        assert_eq!(check(&format!("signature: {case}"), "ed-1", Algorithm::EdDsa), Ok(false), "{case}");
    }
}

#[test]
fn a_key_is_for_one_algorithm() {
    let code = |algorithm| check("signature: EdDSA truncated", "ed-1", algorithm).unwrap_err().code();
    assert_eq!(code(Algorithm::Rs256), "key_unusable");
    assert_eq!(code(Algorithm::Es256), "key_unusable");
    assert_eq!(code(Algorithm::Es384), "environment_unsupported");
}

/// What the fallback engine of the web calls, where no `Key` has looked at the numbers.
#[test]
fn numbers_are_for_the_algorithms_of_their_kind() {
    let point = [1; 32];
    for (key, algorithm, expected) in [
        (Numbers::Rsa(&[5], &[3]), Algorithm::Es256, Answer::Unsupported),
        (Numbers::Rsa(&[5], &[3]), Algorithm::EdDsa, Answer::Unsupported),
        (Numbers::Ec(&point, &point), Algorithm::Rs256, Answer::Unsupported),
        (Numbers::Ec(&point, &point), Algorithm::Es384, Answer::Unsupported),
        (Numbers::Okp(&point), Algorithm::Ps512, Answer::Unsupported),
        (Numbers::Ec(&point, &point), Algorithm::Es256, Answer::KeyInvalid),
        (Numbers::Ec(&[], &[]), Algorithm::Es256, Answer::KeyInvalid),
        (Numbers::Rsa(&[], &[]), Algorithm::Rs256, Answer::KeyInvalid),
        (Numbers::Rsa(&[1; 1025], &[3]), Algorithm::Rs256, Answer::KeyInvalid),
        (Numbers::Okp(&[]), Algorithm::EdDsa, Answer::Bad),
    ] {
        assert_eq!(check_numbers(algorithm, key, b"input", &[0; 64]), expected, "{algorithm:?} {key:?}");
    }
}
