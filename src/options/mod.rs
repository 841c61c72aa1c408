//! Options, validated once, at construction. What is wrong is named: the option, what it was, what was expected.

use alloc::string::String;
use alloc::vec::Vec;
#[cfg(feature = "client")]
mod client;

#[cfg(feature = "client")]
pub use client::ClientOptions;

use core::fmt;

/// The value of an option as a JavaScript caller gave it, as far as validation looks.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionValue {
    /// Not given.
    Undefined,
    /// Given as `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, finite or not.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<OptionValue>),
    /// A `URL` object, as its address.
    Url(String),
    /// A function.
    Function,
    /// Any other object.
    Object,
    /// A symbol or a big integer.
    Other,
}

impl OptionValue {
    /// What a message calls it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            OptionValue::Undefined => "undefined",
            OptionValue::Null => "null",
            OptionValue::Bool(_) => "a boolean",
            OptionValue::Number(_) => "a number",
            OptionValue::Text(_) => "a string",
            OptionValue::List(_) => "an array",
            OptionValue::Url(_) => "a URL",
            OptionValue::Function => "a function",
            OptionValue::Object => "an object",
            OptionValue::Other => "a symbol or bigint",
        }
    }
}

/// Where options are read from: a JavaScript object on the web, a table in tests.
pub trait Source {
    /// The names that were given.
    fn names(&self) -> Vec<String>;
    /// The value of one.
    fn value(&self, name: &str) -> OptionValue;
}

/// An option that cannot be meant: a `TypeError` in JavaScript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misuse {
    /// The option, with the class that it belongs to: `JwtVerifier: clockTolerance`.
    pub option: String,
    /// What would have been right.
    pub expected: &'static str,
    /// What it was: a type, or why the value cannot be meant.
    pub found: &'static str,
}

impl Misuse {
    /// The message of the `TypeError`.
    #[must_use]
    pub fn message(&self) -> String {
        [self.option.as_str(), ": expected ", self.expected, ", found ", self.found].concat()
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())
    }
}

impl core::error::Error for Misuse {}

/// Reads typed options from a [`Source`] and knows how to complain.
#[cfg(feature = "client")]
pub(crate) struct Reader<'a> {
    owner: &'static str,
    source: &'a dyn Source,
}

#[cfg(feature = "client")]
impl<'a> Reader<'a> {
    /// # Errors
    /// [`Misuse`] for a name that is not in `known`: it is nearly always a typo.
    pub(crate) fn new(owner: &'static str, source: &'a dyn Source, known: &[&str]) -> Result<Self, Misuse> {
        let reader = Self { owner, source };
        match source.names().into_iter().find(|name| !known.contains(&name.as_str())) {
            Some(unknown) => {
                Err(reader.misuse(crate::error::Untrusted::new(&unknown).as_str(), "a known option", "an unknown name"))
            }
            None => Ok(reader),
        }
    }

    pub(crate) fn misuse(&self, name: &str, expected: &'static str, found: &'static str) -> Misuse {
        Misuse { option: [self.owner, ": ", name].concat(), expected, found }
    }

    /// A wrong value, named by its type.
    pub(crate) fn wrong(&self, name: &str, expected: &'static str) -> Misuse {
        self.misuse(name, expected, self.value(name).type_name())
    }

    pub(crate) fn value(&self, name: &str) -> OptionValue {
        self.source.value(name)
    }

    /// A number that is finite and not negative; `None` if it is not given.
    pub(crate) fn amount(&self, name: &str, expected: &'static str) -> Result<Option<f64>, Misuse> {
        match self.value(name) {
            OptionValue::Undefined => Ok(None),
            OptionValue::Number(number) if number.is_finite() && number >= 0.0 => Ok(Some(number)),
            OptionValue::Number(_) => Err(self.misuse(name, expected, "another number")),
            _ => Err(self.wrong(name, expected)),
        }
    }

    /// A function; nothing to read, only to check.
    pub(crate) fn function(&self, name: &str) -> Result<(), Misuse> {
        match self.value(name) {
            OptionValue::Undefined | OptionValue::Function => Ok(()),
            _ => Err(self.wrong(name, "a function")),
        }
    }

    /// Strings that are not empty; at least one of them.
    pub(crate) fn texts(&self, name: &str, value: OptionValue, expected: &'static str) -> Result<Vec<String>, Misuse> {
        let list = match value {
            OptionValue::List(list) if !list.is_empty() => list,
            text @ OptionValue::Text(_) => Vec::from([text]),
            _ => return Err(self.wrong(name, expected)),
        };
        let text = |value| match value {
            OptionValue::Text(text) if !text.is_empty() => Ok(text),
            _ => Err(self.wrong(name, expected)),
        };
        list.into_iter().map(text).collect()
    }

    /// `iss` or `aud`: strings, or `null` for deliberately unchecked.
    pub(crate) fn identity(&self, name: &str) -> Result<Option<Vec<String>>, Misuse> {
        match self.value(name) {
            OptionValue::Null => Ok(None),
            value => self
                .texts(name, value, "a string, an array of strings, or null to leave it unchecked on purpose")
                .map(Some),
        }
    }
}

/// Options for tests.
#[cfg(test)]
pub(crate) mod test_source {
    use super::{OptionValue, Source};

    /// Options as a table; the last one of a name counts.
    pub(crate) struct Table(pub(crate) Vec<(&'static str, OptionValue)>);

    impl Source for Table {
        fn names(&self) -> Vec<String> {
            self.0.iter().map(|(name, _)| (*name).to_owned()).collect()
        }
        fn value(&self, name: &str) -> OptionValue {
            self.0.iter().rev().find(|(key, _)| *key == name).map_or(OptionValue::Undefined, |(_, value)| value.clone())
        }
    }

    pub(crate) fn text(text: &str) -> OptionValue {
        OptionValue::Text(text.into())
    }
}
