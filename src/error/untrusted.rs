//! Text that somebody else wrote, made safe to show.

use alloc::string::String;
use core::fmt;

/// Text from outside (a `kid`, an `iss`, a provider's words), made safe to show in a log: at most
/// [`Untrusted::MAX_CHARS`] characters, control characters escaped.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Untrusted(String);

impl Untrusted {
    /// The longest text that is kept, in characters.
    pub const MAX_CHARS: usize = 128;

    /// Shortens and escapes `text`.
    ///
    /// ```
    /// use bixarena_auth_client::error::Untrusted;
    /// assert_eq!(Untrusted::new("a\nb").as_str(), "a\\u{a}b");
    /// assert_eq!(Untrusted::new(&"x".repeat(1000)).as_str().len(), 128);
    /// ```
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut safe = String::new();
        let mut room = Self::MAX_CHARS;
        for character in text.chars() {
            // Bidirectional overrides and line separators could forge what a person reads in a log.
            let escape =
                character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let width = if escape { character.escape_unicode().count() } else { 1 };
            if width > room {
                break;
            }
            room -= width;
            if escape {
                safe.extend(character.escape_unicode());
            } else {
                safe.push(character);
            }
        }
        Self(safe)
    }

    /// The safe text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
