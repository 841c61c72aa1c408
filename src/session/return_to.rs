//! Where the user goes after the sign-in: a place of this origin, and nothing that merely looks like one (CWE-601).

/// The longest return-to, in characters: the service takes no more.
pub const MAX_CHARS: usize = 500;

/// What the host's URL parser makes of a return-to, with the origin as the base: what a navigation would make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    /// The path, beginning with a slash.
    pub path: &'a [u8],
    /// Whether it lies in the origin; and still does when path, query and hash are parsed once more, as a whole.
    pub stays: bool,
}

/// Whether path, query and hash of an address, which is what the host makes of `text`, are a safe return-to. All texts in UTF-8.
#[must_use]
pub fn is_safe_return_to(text: &[u8], origin: &[u8], callback_path: &[u8], address: Address<'_>) -> bool {
    let characters = text.iter().filter(|octet| !matches!(octet, 0x80..=0xbf)).count();
    let is_control = |octets: &[u8]| matches!(octets, [..=0x1f | 0x7f | b'\\', ..] | [0xc2, 0x80..=0x9f, ..]);
    // A path, or an address that begins with this very origin: nothing that needs a parser's mercy to be one.
    let path = text.strip_prefix(origin).unwrap_or(text);
    characters <= MAX_CHARS
        && !ends(text).any(is_control)
        && path.starts_with(b"/")
        && !path.starts_with(b"//")
        && address.stays
        && address.path != callback_path
        && is_plain(address.path)
}

/// A text from each of its octets on.
fn ends(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..text.len()).filter_map(|at| text.get(at..))
}

/// Whether a path begins with one slash and not with what some server or browser takes for a second one, and holds no
/// control character in disguise.
fn is_plain(path: &[u8]) -> bool {
    // A slash, a backslash, and their full-width and small forms, encoded.
    const SECOND_SLASHES: [&str; 6] = ["/", "%2f", "%5c", "%ef%bc%8f", "%ef%bc%bc", "%ef%b9%a8"];
    let Some((b'/', rest)) = path.split_first() else { return false };
    let begins =
        |slash: &&str| rest.get(..slash.len()).is_some_and(|start| start.eq_ignore_ascii_case(slash.as_bytes()));
    let is_control = |octets: &[u8]| matches!(octets, [b'%', b'0' | b'1', ..] | [b'%', b'7', b'f' | b'F', ..]);
    !SECOND_SLASHES.iter().any(begins) && !ends(rest).any(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://app.example";

    /// Origin, path and what follows it: enough of a URL parser for the table below; the real one is the host's, in the
    /// browser's tests.
    fn resolve(text: &str) -> Option<(String, String, String)> {
        let rest = match text.split_once(':') {
            Some(("https", rest)) => rest.strip_prefix("//")?.to_owned(),
            Some((scheme, _)) if !scheme.contains('/') => return None,
            _ if text.starts_with("//") => text[2..].to_owned(),
            _ => format!("app.example/{}", text.trim_start_matches("/.").trim_start_matches('/')),
        };
        let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
        let path = if text.starts_with("/./") { format!("/{path}") } else { path.to_owned() };
        let end = path.find(['?', '#']).unwrap_or(path.len());
        Some((format!("https://{host}"), format!("/{}", &path[..end]), path[end..].to_owned()))
    }

    #[track_caller]
    fn gives(text: &str, expected: Option<&str>) {
        let safe = resolve(text).and_then(|(origin, path, more)| {
            let safe = [path.as_str(), &more].concat();
            let stays = origin == ORIGIN && resolve(&safe).is_some_and(|again| again.0 == ORIGIN);
            let address = Address { path: path.as_bytes(), stays };
            is_safe_return_to(text.as_bytes(), ORIGIN.as_bytes(), b"/callback", address).then_some(safe)
        });
        assert_eq!(safe.as_deref(), expected, "{text:?}");
    }

    #[test]
    fn a_place_of_this_origin() {
        gives("/battle?id=1#top", Some("/battle?id=1#top"));
        gives("https://app.example/battle", Some("/battle"));
        gives("/", Some("/"));
    }

    #[test]
    fn nothing_else() {
        for text in [
            "",
            "//evil",
            "/\\evil",
            "/.//evil",
            "https://evil/x",
            "javascript:alert(1)",
            "data:text/html,x",
            "/\tevil",
            "/a\nb",
            "/a\u{7f}",
            "/a\u{85}b",
            "/%5cevil",
            "/%2Fevil",
            "/%EF%bc%8Fevil",
            "/a%0d",
            "/a%1",
            "/a%7F",
            "https://app.example@evil/",
            "/callback",
            "/callback?code=x",
        ] {
            gives(text, None);
        }
        gives(&format!("/{}", "a".repeat(500)), None);
        gives(&format!("/{}", "a".repeat(499)), Some(&format!("/{}", "a".repeat(499))));
        gives(&format!("/{}", "\u{1f3c6}".repeat(499)), Some(&format!("/{}", "\u{1f3c6}".repeat(499))));
        gives(&format!("/{}", "\u{1f3c6}".repeat(500)), None);
        gives("/\u{c5}\u{a0}", Some("/\u{c5}\u{a0}"));
    }
}
