//! The whole fixture corpus (see `tests/fixtures/README.md`) through the native verifier.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bixarena_auth_client::engine::{Verified, Verifier};
use bixarena_auth_client::options::{OptionValue, Source, VerifierOptions};
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
    let options = VerifierOptions::read(&Options { options, jwks }, None).map_err(|_| "TypeError")?;
    Verifier::new(options.policy, &jwks.to_string()).map_err(|error| error.code())
}

fn answer(result: Result<Verified, Error>) -> Value {
    match result {
        Ok(verified) => json!({ "claims": verified.claims }),
        Err(error) => json!({ "code": error.code() }),
    }
}

/// The options of a case, with the key set among them as JavaScript has it.
struct Options<'a> {
    options: &'a Value,
    jwks: &'a Value,
}

impl Source for Options<'_> {
    fn names(&self) -> Vec<String> {
        self.options.as_object().unwrap().keys().cloned().chain(["jwks".to_owned()]).collect()
    }

    fn value(&self, name: &str) -> OptionValue {
        let given = if name == "jwks" { Some(self.jwks) } else { self.options.get(name) };
        given.map_or(OptionValue::Undefined, option_value)
    }
}

fn option_value(value: &Value) -> OptionValue {
    match value {
        Value::Null => OptionValue::Null,
        Value::Bool(value) => OptionValue::Bool(*value),
        Value::Number(number) => OptionValue::Number(number.as_f64().unwrap()),
        Value::String(text) => OptionValue::Text(text.clone()),
        Value::Array(list) => OptionValue::List(list.iter().map(option_value).collect()),
        Value::Object(_) => OptionValue::Object,
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
