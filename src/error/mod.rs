//! The one error type: what went wrong, what was found, and what to do.
//!
//! Every error has a [`code`](Error::code) from a closed list that JavaScript sees as `AuthError.code`. Messages are
//! lower case, end without a full stop, and hold nothing that came from outside; what was found stands in
//! [`fields`](Error::fields), shortened and escaped where an attacker could have written it. No error ever holds a
//! token, an authorization code or a `state`.

pub(crate) mod fault;
mod untrusted;

pub use fault::{Fault, Verdict};
pub use untrusted::Untrusted;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What a check expected or received, where that is no secret.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text of our own, or from the options.
    Text(String),
    /// Text from outside.
    Untrusted(Untrusted),
    /// A NumericDate (seconds since the epoch) or another number.
    Number(f64),
    /// Any one of these.
    OneOf(Vec<String>),
}

/// What an error holds beside its row of the table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    /// The claim or header parameter that was looked at.
    pub claim: Option<String>,
    /// What would have passed.
    pub expected: Option<Value>,
    /// What was found.
    pub received: Option<Value>,
    /// The key ID that the token names.
    pub kid: Option<Untrusted>,
}

/// Something that went wrong. See the [module documentation](self) for what it may hold.
///
/// ```
/// use bixarena_auth_client::error::{Error, Fault};
/// let error = Error::new(Fault::Expired);
/// assert_eq!(error.code(), "token_expired");
/// assert_eq!(error.to_string(), "the token has expired: get a new one");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Error {
    fault: Fault,
    /// Most errors have none: they stay small.
    fields: Option<Box<Fields>>,
}

impl Error {
    /// Every code, in the order of the README's table.
    pub const CODES: &'static [&'static str] = &fault::CODES;

    /// An error without particulars.
    #[must_use]
    pub const fn new(fault: Fault) -> Self {
        Self { fault, fields: None }
    }

    /// An error with particulars.
    #[must_use]
    pub fn with(fault: Fault, fields: Fields) -> Self {
        Self { fault, fields: Some(Box::new(fields)) }
    }

    /// The stable code: the value of `AuthError.code` in JavaScript.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }

    /// The row of the table.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// Whether it has the code of this row.
    #[must_use]
    pub fn is(&self, fault: Fault) -> bool {
        self.fault.code() == fault.code()
    }

    /// The claim or header parameter that was looked at, if it was one.
    #[must_use]
    pub fn claim(&self) -> Option<&str> {
        let own = Some(self.fault.claim()).filter(|claim| !claim.is_empty());
        own.or_else(|| self.fields()?.claim.as_deref())
    }

    /// The particulars, where the message is not the place for them.
    #[must_use]
    pub fn fields(&self) -> Option<&Fields> {
        self.fields.as_deref()
    }

    /// What is wrong and what to do, in one line.
    #[must_use]
    pub fn message(&self) -> &'static str {
        self.fault.message()
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_tells_its_claim() {
        assert_eq!(Error::from(Fault::ExpMissing).claim(), Some("exp"));
        assert_eq!(Error::from(Fault::TooLarge).claim(), None);
        let fields = Fields { claim: Some("roles".into()), ..Fields::default() };
        assert_eq!(Error::with(Fault::RequiredMissing, fields).claim(), Some("roles"));
        assert!(Error::from(Fault::Expired).is(Fault::TooOld));
    }
}
