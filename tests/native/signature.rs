//! The engine alone, without the checks that come before it in the verifier: it is strict by itself.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bixarena_auth_client::engine::signature::{supports, verify};
use bixarena_auth_client::error::Verdict;
use bixarena_auth_client::jwt::{compact, Algorithm};
use serde_json::Value;

/// What the engine says of the token of a case, under the key of that `kid`.
fn check(name: &str, kid: &str, algorithm: Algorithm) -> Verdict<bool> {
    let corpus: Value = serde_json::from_str(include_str!("../fixtures/tokens.json")).unwrap();
    let case = corpus["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).expect(name);
    let keys = corpus["keySets"][case["jwks"].as_str().unwrap()]["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == kid).expect(kid);
    let segments = compact::split(case["token"].as_str().unwrap().as_bytes()).unwrap();
    let (point, signature) = (decode(key["x"].as_str().unwrap().as_bytes()), decode(segments.signature));
    verify(algorithm, [&point, &[]], segments.signing_input, &signature)
}

fn decode(text: &[u8]) -> Vec<u8> {
    let mut room = vec![0; compact::room_for(text.len())];
    compact::decode(text, &mut room.as_mut_slice()).unwrap().to_vec()
}

#[test]
fn ed25519_is_strict() {
    for case in ["EdDSA with R of small order", "EdDSA with S + L", "EdDSA truncated"] {
        assert_eq!(check(&format!("signature: {case}"), "ed-1", Algorithm::EdDsa), Ok(false), "{case}");
    }
}

#[test]
fn numbers_of_another_kind_are_no_key() {
    let code = |algorithm| check("signature: EdDSA truncated", "ed-1", algorithm).unwrap_err().code();
    assert_eq!(code(Algorithm::Rs256), "key_invalid");
    assert_eq!(code(Algorithm::Es256), "key_invalid");
    assert_eq!(code(Algorithm::Es384), "environment_unsupported");
    assert!(!supports(Algorithm::Es512) && supports(Algorithm::EdDsa));
}

#[test]
fn numbers_that_are_no_key_are_told_from_signatures_that_are_bad() {
    let point = [1; 32];
    let code = |algorithm, numbers| verify(algorithm, numbers, b"input", &[0; 64]).map_err(|fault| fault.code());
    assert_eq!(code(Algorithm::Es256, [&point, &point]), Err("key_invalid"), "a point off the curve");
    assert_eq!(code(Algorithm::Es256, [&[], &[]]), Err("key_invalid"));
    assert_eq!(code(Algorithm::Rs256, [&[], &[]]), Err("key_invalid"));
    assert_eq!(code(Algorithm::Rs256, [&[1; 1025], &[3]]), Err("key_invalid"), "over 8192 bits");
    assert_eq!(code(Algorithm::EdDsa, [&[], &[]]), Ok(false));
}
