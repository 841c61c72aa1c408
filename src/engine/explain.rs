//! What was looked at when a check failed, for whoever reads the error.

use super::json::Members;
use super::Policy;
use crate::error::{Error, Fault, Fields, Untrusted, Value};
use alloc::string::String;

/// The error of a token: `limit` as [`jwt::limit`](crate::jwt::limit) tells it, header and claims as they were parsed.
pub(super) fn explain(fault: Fault, limit: f64, policy: &Policy, header: &str, claims: &str) -> Error {
    let header = Members::read(header);
    let claims = Members::read(claims);
    let text = |members: Option<Members<'_>>| Some(Value::Untrusted(Untrusted::new(&members?.shown(fault.claim())?)));
    let number = |members: Option<Members<'_>>| members?.number(fault.claim()).map(Value::Number);
    let (expected, received) = match fault.code() {
        "algorithm_not_allowed" => (None, text(header)),
        "type_mismatch" => (policy.typ.clone().map(Value::Text), text(header)),
        "issuer_mismatch" => (one_of(policy.issuers.as_deref()), text(claims)),
        "audience_mismatch" => (one_of(policy.audiences.as_deref()), text(claims)),
        "token_too_large" => (Some(Value::Number(limit)), None),
        "token_expired" | "token_not_yet_valid" => (Some(Value::Number(limit)), number(claims)),
        "claim_missing" if fault.claim().is_empty() => {
            let claim = claims.and_then(|claims| policy.required.get(claims.claims(policy).missing()?).cloned());
            return Error::with(fault, Fields { claim, ..Fields::default() });
        }
        "signature_invalid" | "key_not_found" | "key_ambiguous" | "key_unusable" | "key_invalid" => {
            return about_key(fault, header.and_then(|header| header.text("kid")).as_deref());
        }
        _ => return Error::new(fault),
    };
    Error::with(fault, Fields { expected, received, ..Fields::default() })
}

/// The error of a key, with its ID.
pub(super) fn about_key(fault: Fault, kid: Option<&str>) -> Error {
    Error::with(fault, Fields { kid: kid.map(Untrusted::new), ..Fields::default() })
}

fn one_of(accepted: Option<&[String]>) -> Option<Value> {
    match accepted? {
        [one] => Some(Value::Text(one.clone())),
        several => Some(Value::OneOf(several.to_vec())),
    }
}
