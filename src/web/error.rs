//! The one conversion of [`Error`] into a JavaScript `AuthError`.

use super::host::{empty_list, empty_object, push, set_member as set, type_error};
use crate::error::{Error, Problem, Refusal, Untrusted, Value};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/auth_error.js")]
extern "C" {
    #[wasm_bindgen(js_name = authError)]
    fn auth_error(code: &str, message: &str) -> JsValue;
}

impl From<&Error> for JsValue {
    fn from(error: &Error) -> Self {
        let object = auth_error(error.code(), &error.message());
        let fields = error.fields();
        set_text(&object, "claim", fields.claim.as_deref());
        set_untrusted(&object, "kid", fields.kid.as_ref());
        set_value(&object, "expected", fields.expected);
        set_value(&object, "received", fields.received);
        if let Some(refusal) = &fields.refusal {
            set_refusal(&object, refusal);
        }
        object
    }
}

impl From<Error> for JsValue {
    fn from(error: Error) -> Self {
        JsValue::from(&error)
    }
}

/// A `TypeError`: the caller's mistake, not a condition.
pub(crate) fn misuse(message: &str) -> JsValue {
    type_error(message)
}

fn set_text(object: &JsValue, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        set(object, name, JsValue::from_str(text));
    }
}

fn set_untrusted(object: &JsValue, name: &str, text: Option<&Untrusted>) {
    set_text(object, name, text.map(Untrusted::as_str));
}

fn set_value(object: &JsValue, name: &str, value: Option<Value>) {
    match value {
        None => {}
        Some(Value::Text(text)) => set_text(object, name, Some(&text)),
        Some(Value::Untrusted(text)) => set_untrusted(object, name, Some(&text)),
        Some(Value::Number(number)) => set(object, name, JsValue::from_f64(number)),
        Some(Value::OneOf(texts)) => {
            let list = empty_list();
            texts.iter().for_each(|text| push(&list, text));
            set(object, name, list);
        }
    }
}

fn set_refusal(object: &JsValue, refusal: &Refusal) {
    if refusal.status != 0 {
        set(object, "status", JsValue::from_f64(f64::from(refusal.status)));
    }
    set_untrusted(object, "reason", refusal.reason.as_ref());
    set_untrusted(object, "description", refusal.description.as_ref());
    if let Some(seconds) = refusal.retry_after {
        set(object, "retryAfter", JsValue::from_f64(seconds));
    }
    if let Some(problem) = &refusal.problem {
        set_problem(object, problem);
    }
}

fn set_problem(object: &JsValue, problem: &Problem) {
    let members = empty_object();
    set_untrusted(&members, "type", problem.kind.as_ref());
    set_untrusted(&members, "title", problem.title.as_ref());
    set_untrusted(&members, "detail", problem.detail.as_ref());
    set_untrusted(&members, "instance", problem.instance.as_ref());
    if let Some(status) = problem.status {
        set(&members, "status", JsValue::from_f64(f64::from(status)));
    }
    set(object, "problem", members);
}

/// The error with the code of an `AuthError`, for the machine, which only looks at its kind. Its particulars stay in the
/// JavaScript object.
#[cfg(feature = "client")]
pub(crate) fn from_code(error: &JsValue) -> Error {
    use crate::error::{ClaimFault, KeyFault};
    let claim = || ClaimFault { claim: String::new(), expected: None, received: None };
    let key = || KeyFault { kid: None, what: "" };
    match super::host::get_member(error, "code").as_string().unwrap_or_default().as_str() {
        "token_malformed" => Error::TokenMalformed(""),
        "token_too_large" => Error::TokenTooLarge(0.0),
        "algorithm_not_allowed" => Error::AlgorithmNotAllowed(Untrusted::new("")),
        "critical_header_unsupported" => Error::CriticalHeaderUnsupported,
        "key_not_found" => Error::KeyNotFound(None),
        "key_ambiguous" => Error::KeyAmbiguous(None),
        "key_unusable" => Error::KeyUnusable(key()),
        "key_invalid" => Error::KeyInvalid(key()),
        "signature_invalid" => Error::SignatureInvalid(None),
        "token_expired" => Error::TokenExpired(claim()),
        "token_not_yet_valid" => Error::TokenNotYetValid(claim()),
        "issuer_mismatch" => Error::IssuerMismatch(claim()),
        "audience_mismatch" => Error::AudienceMismatch(claim()),
        "type_mismatch" => Error::TypeMismatch(claim()),
        "claim_missing" => Error::ClaimMissing(claim()),
        "claim_invalid" => Error::ClaimInvalid(claim()),
        "jwks_unavailable" => Error::JwksUnavailable(Refusal::default()),
        "jwks_invalid" => Error::JwksInvalid(""),
        "environment_unsupported" => Error::EnvironmentUnsupported(""),
        "disposed" => Error::Disposed,
        _ => Error::Internal,
    }
}
