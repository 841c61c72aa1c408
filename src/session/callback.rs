//! The page that the provider sends the browser back to (RFC 6749 §4.1.2).

use crate::error::{Error, Fault, Refusal, Untrusted};

/// What a callback address holds. Neither member ever appears in an error, a log or storage.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// The authorization code.
    pub code: String,
    /// The `state` that ties it to the request.
    pub state: String,
}

/// The parameters that belong to a callback: they leave the address, others stay.
pub(super) const PARAMETERS: [&str; 6] = ["code", "state", "error", "error_description", "error_uri", "iss"];

impl Callback {
    /// Whether a query parameter belongs to a callback.
    #[must_use]
    pub fn owns(name: &str) -> bool {
        PARAMETERS.contains(&name)
    }
}

/// Reads the parameters of a callback.
///
/// # Errors
/// `login_denied` with the provider's words; `callback_invalid` if a parameter is missing, empty, or
/// there twice, or if there is a code beside an error.
pub fn parse_callback(parameters: &[(String, String)]) -> Result<Callback, Error> {
    let find = |wanted: &str| {
        let mut values = parameters.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Error::new(Fault::CallbackTwice)),
            (value, None) => Ok(value),
        }
    };
    let code = find("code")?;
    let state = find("state")?;
    let error = find("error")?;
    if let Some(error) = error {
        if code.is_some() {
            return Err(Error::new(Fault::CallbackBoth));
        }
        let description = parameters.iter().find(|(name, _)| name == "error_description");
        return Err(Error::refused(
            Fault::LoginDenied,
            Refusal {
                reason: Some(Untrusted::new(error)),
                description: description.map(|(_, text)| Untrusted::new(text)),
                ..Refusal::default()
            },
        ));
    }
    let filled = |value: Option<&String>, missing: Fault| value.filter(|text| !text.is_empty()).cloned().ok_or(missing);
    Ok(Callback { code: filled(code, Fault::CallbackNoCode)?, state: filled(state, Fault::CallbackNoState)? })
}

/// A short mark of a `state`, to know it again without keeping it: FNV-1a, 64 bits. The `state` is of no use to anybody
/// once the service has seen it, and cannot be read back from this.
#[must_use]
pub fn state_mark(state: &str) -> String {
    let hash = state
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(query: &[(&str, &str)], expected: &str) {
        let pairs: Vec<_> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(parse_callback(&pairs).map_or_else(|error| error.code(), |_| "ok"), expected, "{query:?}");
    }

    #[test]
    fn a_callback_has_one_code_and_one_state() {
        reads(&[("code", "c"), ("state", "s"), ("tab", "2")], "ok");
        reads(&[("code", "c")], "callback_invalid");
        reads(&[("state", "s")], "callback_invalid");
        reads(&[("code", ""), ("state", "s")], "callback_invalid");
        reads(&[("code", "c"), ("state", "")], "callback_invalid");
        reads(&[("code", "c"), ("code", "c"), ("state", "s")], "callback_invalid");
        reads(&[("code", "c"), ("state", "s"), ("state", "s")], "callback_invalid");
        reads(&[("code", "c"), ("state", "s"), ("error", "e")], "callback_invalid");
        reads(&[("error", "access_denied"), ("state", "s")], "login_denied");
        reads(&[], "callback_invalid");
    }

    #[test]
    fn the_providers_words_are_data() {
        let pairs = [
            ("error".to_owned(), "access_denied".to_owned()),
            ("error_description".to_owned(), "<b>no</b>\n".to_owned()),
        ];
        let refusal = parse_callback(&pairs).map(|_| ()).unwrap_err().refusal().cloned().unwrap();
        assert_eq!(refusal.reason.unwrap().as_str(), "access_denied");
        assert_eq!(refusal.description.unwrap().as_str(), "<b>no</b>\\u{a}");
    }

    #[test]
    fn marks_differ_and_tell_nothing() {
        assert_eq!(state_mark("a"), state_mark("a"));
        assert_ne!(state_mark("a"), state_mark("b"));
        assert_eq!(state_mark("secret").len(), 16);
    }
}
