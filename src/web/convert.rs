//! Options, from JavaScript values to what the core validates.

use super::error::misuse;
use super::values::{get_item, get_member, kind_of, length_of, names_of, text_of};
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
