//! The page that the provider sends the browser back to (RFC 6749 §4.1.2).

use crate::error::{Fault, Verdict};

/// How a query parameter of a callback was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    /// Not at all.
    Absent,
    /// Without a value.
    Empty,
    /// Once, with a value.
    Filled,
    /// More than once.
    Doubled,
}

impl Parameter {
    /// Reads its number.
    #[must_use]
    pub fn read(number: u32) -> Self {
        match number {
            0 => Self::Absent,
            1 => Self::Empty,
            2 => Self::Filled,
            _ => Self::Doubled,
        }
    }
}

/// Judges a callback by its parameters `code`, `state` and `error`.
///
/// # Errors
/// `login_denied` if the provider says `error`; `callback_invalid` if a parameter is missing, empty, or there twice, or
/// if there is a code beside an error.
pub fn judge_callback(code: Parameter, state: Parameter, error: Parameter) -> Verdict {
    use Parameter::{Absent, Doubled, Filled};
    match (code, state, error) {
        (Doubled, ..) | (_, Doubled, _) | (.., Doubled) => Err(Fault::CallbackTwice),
        (Absent, _, Absent) => Err(Fault::CallbackNoCode),
        (Absent, ..) => Err(Fault::LoginDenied),
        (Filled, Filled, Absent) => Ok(()),
        (Filled, _, Absent) => Err(Fault::CallbackNoState),
        (_, _, Absent) => Err(Fault::CallbackNoCode),
        _ => Err(Fault::CallbackBoth),
    }
}

/// A short mark of a `state`, to know it again without keeping it: FNV-1a, 64 bits. The `state` is of no use to anybody
/// once the service has seen it, and cannot be read back from this.
#[must_use]
pub fn state_mark(state: &[u8]) -> u64 {
    let mark = |hash: u64, octet: &u8| (hash ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3);
    state.iter().fold(0xcbf2_9ce4_8422_2325, mark)
}

#[cfg(test)]
mod tests {
    use super::Parameter::{Absent, Doubled, Empty, Filled};
    use super::*;

    #[test]
    fn a_callback_has_one_code_and_one_state() {
        for (code, state, error, expected) in [
            (Filled, Filled, Absent, Ok(())),
            (Filled, Absent, Absent, Err(Fault::CallbackNoState)),
            (Filled, Empty, Absent, Err(Fault::CallbackNoState)),
            (Absent, Filled, Absent, Err(Fault::CallbackNoCode)),
            (Empty, Filled, Absent, Err(Fault::CallbackNoCode)),
            (Absent, Absent, Absent, Err(Fault::CallbackNoCode)),
            (Doubled, Filled, Absent, Err(Fault::CallbackTwice)),
            (Filled, Doubled, Absent, Err(Fault::CallbackTwice)),
            (Absent, Filled, Doubled, Err(Fault::CallbackTwice)),
            (Filled, Filled, Filled, Err(Fault::CallbackBoth)),
            (Empty, Filled, Empty, Err(Fault::CallbackBoth)),
            (Absent, Filled, Filled, Err(Fault::LoginDenied)),
            (Absent, Absent, Empty, Err(Fault::LoginDenied)),
        ] {
            assert_eq!(judge_callback(code, state, error), expected, "{code:?} {state:?} {error:?}");
        }
    }

    #[test]
    fn parameters_have_numbers() {
        assert_eq!([0, 1, 2, 3, 9].map(Parameter::read), [Absent, Empty, Filled, Doubled, Doubled]);
    }

    #[test]
    fn marks_differ() {
        assert_eq!(state_mark(b"a"), state_mark(b"a"));
        assert_ne!(state_mark(b"a"), state_mark(b"b"));
        assert_eq!(state_mark(b"foobar"), 0x8594_4171_f739_67e8, "as FNV has it");
    }
}
