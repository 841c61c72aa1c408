//! The options of `AuthClient`.

use super::{Misuse, OptionValue, Reader, Source};
use crate::service::Routes;

/// What an `AuthClient` was asked to be. The options that only the verifier reads (`issuer`, `audience`, `algorithms`)
/// are validated there.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientOptions {
    /// Where the service is; `None`: at this origin, below [`ClientOptions::default_path`].
    pub base_url: Option<String>,
    /// The service's routes.
    pub routes: Routes,
    /// How far clocks may differ, in milliseconds.
    pub tolerance: f64,
    /// How long before its expiry a token is renewed, in milliseconds.
    pub refresh_margin: Option<f64>,
    /// How long a request may take, in milliseconds.
    pub timeout: f64,
    /// The audience that a token is asked for on the newer routes.
    pub audience: String,
    /// The path of the callback page.
    pub callback_path: String,
    /// Whether tokens are renewed without being asked for.
    pub renews: bool,
    /// Whether tabs tell each other what happened.
    pub cross_tab: bool,
}

const NAMES: [&str; 15] = [
    "baseUrl",
    "routes",
    "issuer",
    "audience",
    "algorithms",
    "clockTolerance",
    "refreshMargin",
    "timeout",
    "callbackPath",
    "navigate",
    "fetch",
    "now",
    "logger",
    "renew",
    "crossTab",
];
const ROUTE_NAMES: [&str; 5] = ["start", "callback", "token", "jwks", "logout"];

const SECONDS: &str = "a number of seconds, 0 or more";

impl ClientOptions {
    /// Reads and validates; `routes` is the value of the option `routes`, if it is an object.
    ///
    /// # Errors
    /// [`Misuse`], naming the option.
    pub fn read(source: &dyn Source, routes: Option<&dyn Source>) -> Result<Self, Misuse> {
        let reader = Reader::new("AuthClient", source, &NAMES)?;
        for name in ["navigate", "fetch", "now", "logger"] {
            reader.function(name)?;
        }
        let timeout = match reader.amount("timeout", "a number of milliseconds over 0")? {
            Some(0.0) => return Err(reader.misuse("timeout", "a number of milliseconds over 0", "0")),
            timeout => timeout.unwrap_or(10e3),
        };
        Ok(Self {
            base_url: read_base_url(&reader)?,
            routes: read_routes(&reader, routes)?,
            tolerance: reader.amount("clockTolerance", SECONDS)?.unwrap_or(5.0) * 1e3,
            refresh_margin: reader.amount("refreshMargin", SECONDS)?.map(|seconds| seconds * 1e3),
            timeout,
            audience: read_audience(&reader)?,
            callback_path: read_path(&reader, "callbackPath", "/callback")?,
            renews: read_renew(&reader)?,
            cross_tab: match reader.value("crossTab") {
                OptionValue::Undefined => true,
                OptionValue::Bool(cross_tab) => cross_tab,
                _ => return Err(reader.wrong("crossTab", "a boolean")),
            },
        })
    }

    /// What follows the origin where no `baseUrl` is given.
    #[must_use]
    pub fn default_path(&self) -> &'static str {
        if self.routes.is_oauth2 {
            ""
        } else {
            "/v1"
        }
    }
}

fn read_renew(reader: &Reader<'_>) -> Result<bool, Misuse> {
    const EXPECTED: &str = "'auto' or 'on-demand'";
    match reader.value("renew") {
        OptionValue::Undefined => Ok(true),
        OptionValue::Text(renew) if renew == "auto" => Ok(true),
        OptionValue::Text(renew) if renew == "on-demand" => Ok(false),
        OptionValue::Text(_) => Err(reader.misuse("renew", EXPECTED, "another string")),
        _ => Err(reader.wrong("renew", EXPECTED)),
    }
}

/// The verifier takes several; the service is asked for the first.
fn read_audience(reader: &Reader<'_>) -> Result<String, Misuse> {
    let given = match reader.value("audience") {
        OptionValue::Undefined => None,
        _ => reader.identity("audience")?.and_then(|audiences| audiences.into_iter().next()),
    };
    Ok(given.unwrap_or_else(|| "urn:bixarena:auth".to_owned()))
}

fn read_base_url(reader: &Reader<'_>) -> Result<Option<String>, Misuse> {
    const EXPECTED: &str = "an absolute http or https URL without query and hash, as a string or URL";
    let url = match reader.value("baseUrl") {
        OptionValue::Undefined => return Ok(None),
        OptionValue::Text(url) | OptionValue::Url(url) => url,
        _ => return Err(reader.wrong("baseUrl", EXPECTED)),
    };
    let is_absolute = url.starts_with("https://") || url.starts_with("http://");
    if !is_absolute || url.contains(['?', '#', '@', '\\']) || url.chars().any(char::is_control) {
        return Err(reader.misuse("baseUrl", EXPECTED, "another address"));
    }
    Ok(Some(url.trim_end_matches('/').to_owned()))
}

fn read_routes(reader: &Reader<'_>, source: Option<&dyn Source>) -> Result<Routes, Misuse> {
    const EXPECTED: &str = "'v1', 'oauth2', or an object of paths";
    let Some(source) = source else {
        return match reader.value("routes") {
            OptionValue::Undefined => Ok(Routes::v1()),
            OptionValue::Text(name) if name == "v1" => Ok(Routes::v1()),
            OptionValue::Text(name) if name == "oauth2" => Ok(Routes::oauth2()),
            OptionValue::Text(_) => Err(reader.misuse("routes", EXPECTED, "another string")),
            _ => Err(reader.wrong("routes", EXPECTED)),
        };
    };
    let reader = Reader::new("AuthClient: routes", source, &ROUTE_NAMES)?;
    let default = Routes::v1();
    Ok(Routes {
        start: read_path(&reader, "start", &default.start)?,
        callback: read_path(&reader, "callback", &default.callback)?,
        token: read_path(&reader, "token", &default.token)?,
        jwks: read_path(&reader, "jwks", &default.jwks)?,
        logout: read_path(&reader, "logout", &default.logout)?,
        is_oauth2: false,
    })
}

fn read_path(reader: &Reader<'_>, name: &str, default: &str) -> Result<String, Misuse> {
    const EXPECTED: &str = "a path that begins with one slash";
    match reader.value(name) {
        OptionValue::Undefined => Ok(default.to_owned()),
        OptionValue::Text(path) if path.starts_with('/') && !path.starts_with("//") => Ok(path),
        OptionValue::Text(_) => Err(reader.misuse(name, EXPECTED, "another string")),
        _ => Err(reader.wrong(name, EXPECTED)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::test_source::{text, Table};

    #[test]
    fn defaults() {
        let options = ClientOptions::read(&Table(vec![]), None).unwrap();
        assert_eq!((options.base_url.clone(), options.default_path()), (None, "/v1"));
        assert_eq!((options.timeout, options.callback_path.as_str()), (10e3, "/callback"));
        assert!(options.renews && options.cross_tab);
        let options = ClientOptions::read(&Table(vec![("renew", text("on-demand"))]), None).unwrap();
        assert!(!options.renews);
        let options = ClientOptions::read(&Table(vec![("routes", text("oauth2"))]), None).unwrap();
        assert_eq!((options.routes.token.as_str(), options.default_path()), ("/oauth2/token", ""));
        let routes = Table(vec![("token", text("/t"))]);
        let options = ClientOptions::read(&Table(vec![("baseUrl", text("https://a/v1/"))]), Some(&routes)).unwrap();
        assert_eq!((options.base_url.as_deref(), options.routes.token.as_str()), (Some("https://a/v1"), "/t"));
    }

    #[test]
    fn a_wrong_option_is_named() {
        for (name, value, message) in [
            ("baseUrl", text("/v1"), "AuthClient: baseUrl: expected an absolute http or https URL without query and hash, as a string or URL, found another address"),
            ("baseUrl", OptionValue::Number(1.0), "AuthClient: baseUrl: expected an absolute http or https URL without query and hash, as a string or URL, found a number"),
            ("routes", text("v2"), "AuthClient: routes: expected 'v1', 'oauth2', or an object of paths, found another string"),
            ("timeout", OptionValue::Number(0.0), "AuthClient: timeout: expected a number of milliseconds over 0, found 0"),
            ("callbackPath", text("//x"), "AuthClient: callbackPath: expected a path that begins with one slash, found another string"),
            ("refreshMargin", text("60"), "AuthClient: refreshMargin: expected a number of seconds, 0 or more, found a string"),
            ("logger", OptionValue::Object, "AuthClient: logger: expected a function, found an object"),
            ("renew", text("never"), "AuthClient: renew: expected 'auto' or 'on-demand', found another string"),
            ("crossTab", text("yes"), "AuthClient: crossTab: expected a boolean, found a string"),
            ("baseURL", text("x"), "AuthClient: baseURL: expected a known option, found an unknown name"),
        ] {
            assert_eq!(ClientOptions::read(&Table(vec![(name, value)]), None).unwrap_err().message(), message);
        }
    }
}
