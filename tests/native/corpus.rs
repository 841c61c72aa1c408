//! The whole fixture corpus (see `tests/fixtures/README.md`) through the native verifier.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bixarena_auth_client::engine::{Policy, Verified, Verifier};
use bixarena_auth_client::jwt::Algorithm;
use bixarena_auth_client::Error;
use serde_json::{json, Value};

/// The cases that the corpus has at least: a shrunken file must not pass.
const AT_LEAST: usize = 900;

#[test]
fn every_case_has_its_answer() {
    let corpus: Value = serde_json::from_str(include_str!("../fixtures/tokens.json")).unwrap();
    let cases = corpus["cases"].as_array().unwrap();
    let failures: Vec<String> = cases.iter().filter_map(|case| failure(case, &corpus["keySets"])).collect();
    assert!(cases.len() >= AT_LEAST, "only {} cases", cases.len());
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// What is wrong with the answer to a case, if anything is. A token is verified twice: what the verifier remembers of
/// the first time must not change the second answer.
fn failure(case: &Value, key_sets: &Value) -> Option<String> {
    let expected = expected(case);
    let jwks = &key_sets[case["jwks"].as_str().unwrap()];
    assert!(!jwks.is_null(), "{}: no such key set", case["name"]);
    let answers = match construct(&case["options"], jwks) {
        Err(refusal) => vec![json!({ "construct": refusal })],
        Ok(mut verifier) => {
            let (token, now) = (expand(&case["token"]), case["now"].as_f64().unwrap() / 1e3);
            (0..2).map(|_| answer(verifier.verify(&token, now))).collect()
        }
    };
    let wrong = answers.iter().find(|answer| !is_equal(answer, &expected))?;
    Some(format!("{}: expected {expected}, found {wrong}", case["name"]))
}

/// What this engine must answer: one that lacks an allowed algorithm says so before it sees a token.
fn expected(case: &Value) -> Value {
    match case["engines"].as_array() {
        Some(engines) if !engines.contains(&json!("rust")) => json!({ "construct": "environment_unsupported" }),
        _ => case["expect"].clone(),
    }
}

fn construct(options: &Value, jwks: &Value) -> Result<Verifier, &'static str> {
    let texts = |name: &str| match &options[name] {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(list) => Some(list.iter().map(|one| one.as_str().unwrap().to_owned()).collect()),
        _ => None,
    };
    // Names that do not exist cannot be written in Rust, and what an empty list means is for options to say.
    let names = texts("algorithms").unwrap_or(vec!["RS256".into()]);
    let algorithms: Option<Vec<Algorithm>> = names.iter().map(|name| Algorithm::from_name(name)).collect();
    let algorithms = algorithms.filter(|list| !list.is_empty()).ok_or("TypeError")?;
    let policy = Policy {
        algorithms: algorithms.into_iter().collect(),
        issuers: texts("issuer"),
        audiences: texts("audience"),
        typ: match options.get("typ") {
            None => Policy::default().typ,
            Some(typ) => typ.as_str().map(Into::into),
        },
        required: texts("requiredClaims").unwrap_or_default(),
        tolerance: options["clockTolerance"].as_f64().unwrap_or(Policy::default().tolerance),
        max_age: options["maxTokenAge"].as_f64(),
        max_bytes: options["maxTokenBytes"].as_f64().map_or(Policy::default().max_bytes, |bytes| bytes as usize),
    };
    Verifier::new(policy, &jwks.to_string()).map_err(|error| error.code())
}

fn answer(result: Result<Verified, Error>) -> Value {
    match result {
        Ok(verified) => json!({ "claims": verified.claims }),
        Err(error) => json!({ "code": error.code() }),
    }
}

/// Puts a token together, as `expand.mjs` does.
fn expand(token: &Value) -> String {
    let piece = |piece: &Value| match piece {
        Value::String(text) => text.clone(),
        run => run[0].as_str().unwrap().repeat(usize::try_from(run[1].as_u64().unwrap()).unwrap()),
    };
    match token {
        Value::Array(pieces) => pieces.iter().map(piece).collect(),
        whole => piece(whole),
    }
}

/// Equal as JavaScript has it: every number is a double.
fn is_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| is_equal(a, b)))
        }
        _ => a == b,
    }
}
