//! Where the user goes after the sign-in: a place of this origin, and nothing that merely looks like one (CWE-601).

/// The longest return-to, in characters: the service takes no more.
pub const MAX_CHARS: usize = 500;

/// An address as the host's URL parser has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Scheme, host and port.
    pub origin: String,
    /// The path, beginning with a slash.
    pub path: String,
    /// The query with its question mark, or nothing.
    pub query: String,
    /// The fragment with its hash, or nothing.
    pub hash: String,
}

/// The path, query and hash of a safe return-to, or `None`. `resolve` is the host's URL parser, with `origin` as the
/// base: what it makes of `text` is what a navigation would make of it, so that is what is judged.
#[must_use]
pub fn safe_return_to(
    text: &str,
    origin: &str,
    callback_path: &str,
    resolve: impl Fn(&str) -> Option<Address>,
) -> Option<String> {
    if text.is_empty() || text.chars().count() > MAX_CHARS || text.chars().any(|c| c.is_control() || c == '\\') {
        return None;
    }
    // A path, or an address that begins with this very origin: nothing that needs a parser's mercy to be one.
    let path = text.strip_prefix(origin).unwrap_or(text);
    if !path.starts_with('/') || path.starts_with("//") {
        return None;
    }
    let address = resolve(text)?;
    if address.origin != origin || address.path == callback_path || !is_plain(&address.path) {
        return None;
    }
    let safe = [address.path, address.query, address.hash].concat();
    // Once more as a whole: what comes out has to mean the same when it is used.
    let again = resolve(&safe)?;
    (again.origin == origin && safe.starts_with('/')).then_some(safe)
}

/// Whether a path begins with one slash and not with what some server or browser takes for a second one, and holds no
/// control character in disguise.
fn is_plain(path: &str) -> bool {
    // A slash, a backslash, and their full-width and small forms, encoded.
    const SECOND_SLASHES: [&str; 6] = ["/", "%2f", "%5c", "%ef%bc%8f", "%ef%bc%bc", "%ef%b9%a8"];
    let Some(rest) = path.strip_prefix('/') else { return false };
    let rest = rest.to_ascii_lowercase();
    let is_control = |octet: &str| octet.starts_with(['0', '1']) || octet.starts_with("7f");
    !SECOND_SLASHES.iter().any(|slash| rest.starts_with(slash)) && !rest.split('%').skip(1).any(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://app.example";

    /// Enough of a URL parser for the table below; the real one is the host's, in the browser's tests.
    fn resolve(text: &str) -> Option<Address> {
        let rest = match text.split_once(':') {
            Some(("https", rest)) => rest.strip_prefix("//")?.to_owned(),
            Some((scheme, _)) if !scheme.contains('/') => return None,
            _ if text.starts_with("//") => text[2..].to_owned(),
            _ => format!("app.example/{}", text.trim_start_matches("/.").trim_start_matches('/')),
        };
        let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
        let path = if text.starts_with("/./") { format!("/{path}") } else { path.to_owned() };
        let (path, hash) =
            path.split_once('#').map_or((path.clone(), String::new()), |(p, h)| (p.into(), format!("#{h}")));
        let (path, query) =
            path.split_once('?').map_or((path.clone(), String::new()), |(p, q)| (p.into(), format!("?{q}")));
        Some(Address { origin: format!("https://{host}"), path: format!("/{path}"), query, hash })
    }

    #[track_caller]
    fn gives(text: &str, expected: Option<&str>) {
        assert_eq!(safe_return_to(text, ORIGIN, "/callback", resolve).as_deref(), expected, "{text:?}");
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
            "/%5cevil",
            "/%2Fevil",
            "/%ef%bc%8fevil",
            "https://app.example@evil/",
            "/callback",
            "/callback?code=x",
        ] {
            gives(text, None);
        }
        gives(&format!("/{}", "a".repeat(500)), None);
        gives(&format!("/{}", "a".repeat(499)), Some(&format!("/{}", "a".repeat(499))));
    }
}
