//! Options and key sets, from JavaScript values to what the core validates.

use super::error::misuse;
use super::host::{get_item, get_member, kind_of, length_of, names_of, text_of};
use crate::error::Error;
use crate::jwks::{Jwk, MAX_KEYS};
use crate::jwt::Member;
use crate::options::{Misuse, OptionValue, Source};
use alloc::string::String;
use alloc::vec::Vec;
use wasm_bindgen::prelude::*;

/// A JavaScript object that holds options.
pub(crate) struct JsOptions<'a>(&'a JsValue);

impl<'a> JsOptions<'a> {
    /// # Errors
    /// A `TypeError` if there is no object.
    pub(crate) fn new(owner: &'static str, value: &'a JsValue) -> Result<Self, JsValue> {
        match option_value(value) {
            OptionValue::Object => Ok(Self(value)),
            other => Err(misuse(&[owner, ": expected an object of options, found ", other.type_name()].concat())),
        }
    }
}

impl Source for JsOptions<'_> {
    fn names(&self) -> Vec<String> {
        let names = names_of(self.0);
        (0..length_of(&names)).map(|at| text_of(&get_item(&names, at))).collect()
    }

    fn value(&self, name: &str) -> OptionValue {
        option_value(&get_member(self.0, name))
    }
}

impl From<Misuse> for JsValue {
    fn from(fault: Misuse) -> Self {
        misuse(&fault.message())
    }
}

/// In the order of the kinds in host.js.
pub(crate) fn option_value(value: &JsValue) -> OptionValue {
    match kind_of(value) {
        0 => OptionValue::Undefined,
        1 => OptionValue::Null,
        2 => OptionValue::Bool(value.is_truthy()),
        3 => OptionValue::Number(value.as_f64().unwrap_or(f64::NAN)),
        4 => OptionValue::Text(text_of(value)),
        5 => OptionValue::List((0..length_of(value)).map(|at| option_value(&get_item(value, at))).collect()),
        6 => OptionValue::Url(text_of(value)),
        7 => OptionValue::Function,
        8 => OptionValue::Object,
        _ => OptionValue::Other,
    }
}

/// The keys of a JWK Set (RFC 7517 §5).
///
/// # Errors
/// [`Error::JwksInvalid`] if it is none.
pub(crate) fn jwks(value: &JsValue) -> Result<Vec<Jwk>, Error> {
    let keys = get_member(value, "keys");
    if kind_of(&keys) != LIST {
        return Err(Error::JwksInvalid("it is not an object with an array of keys"));
    }
    // One more than is allowed is enough to know that there are too many.
    (0..length_of(&keys).min(MAX_KEYS as u32 + 1)).map(|at| jwk(&get_item(&keys, at))).collect()
}

const LIST: u32 = 5;
const TEXT: u32 = 4;
const OBJECT: u32 = 8;

fn jwk(value: &JsValue) -> Result<Jwk, Error> {
    if kind_of(value) != OBJECT {
        return Err(Error::JwksInvalid("one of its keys is not an object"));
    }
    let text = |name| {
        let member = get_member(value, name);
        match kind_of(&member) {
            0 => Member::Absent,
            TEXT => Member::Is(text_of(&member)),
            _ => Member::OtherType,
        }
    };
    let key_ops = get_member(value, "key_ops");
    let private = |name: &&str| !get_member(value, name).is_undefined();
    Ok(Jwk {
        kty: text("kty"),
        use_: text("use"),
        key_ops: match option_value(&key_ops) {
            OptionValue::Undefined => Member::Absent,
            OptionValue::List(list) => Member::Is(list.contains(&OptionValue::Text("verify".into()))),
            _ => Member::OtherType,
        },
        alg: text("alg"),
        kid: text("kid"),
        crv: text("crv"),
        n: text("n"),
        e: text("e"),
        x: text("x"),
        y: text("y"),
        private: ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(private),
    })
}
