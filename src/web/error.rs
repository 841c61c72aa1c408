//! The one conversion of [`Error`] into a JavaScript `AuthError`.

use super::values::{empty_object, set_member as set, type_error};
use crate::error::{Error, Fault, Problem, Refusal, Untrusted};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = authError)]
    fn auth_error(code: &str, message: &str) -> JsValue;
}

impl From<&Error> for JsValue {
    fn from(error: &Error) -> Self {
        let object = auth_error(error.code(), error.message());
        if let Some(refusal) = error.refusal() {
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
pub(crate) fn from_code(error: &JsValue) -> Error {
    let code = super::values::get_member(error, "code").as_string().unwrap_or_default();
    Error::new(Fault::ALL.iter().copied().find(|fault| fault.code() == code).unwrap_or(Fault::Internal))
}
