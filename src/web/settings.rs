//! The options of an `AuthClient`. They have been validated (pkg/lib/client-options.js), so nothing is refused here: what is
//! not given has its default.

use super::values::get_member;
use crate::service::Routes;
use wasm_bindgen::prelude::*;

/// What an `AuthClient` was asked to be. Times in milliseconds.
pub(super) struct Settings {
    /// Where the service is; `None`: at this origin, below [`Settings::default_path`].
    pub(super) base_url: Option<String>,
    /// The service's routes.
    pub(super) routes: Routes,
    /// How far clocks may differ.
    pub(super) tolerance: f64,
    /// How long before its expiry a token is renewed.
    pub(super) refresh_margin: Option<f64>,
    /// How long a request may take.
    pub(super) timeout: f64,
    /// The audience that a token is asked for on the newer routes.
    pub(super) audience: String,
    /// The path of the callback page.
    pub(super) callback_path: String,
    /// Whether tokens are renewed without being asked for.
    pub(super) renews: bool,
    /// Whether tabs tell each other what happened.
    pub(super) cross_tab: bool,
}

impl Settings {
    pub(super) fn read(options: &JsValue) -> Self {
        let text = |name| get_member(options, name).as_string();
        let number = |name| get_member(options, name).as_f64();
        let audience = get_member(options, "audience");
        // The verifier takes several; the service is asked for the first.
        let first = audience.as_string().or_else(|| get_member(&audience, "0").as_string());
        Self {
            base_url: text("baseUrl").map(|url| url.trim_end_matches('/').to_owned()),
            routes: read_routes(&get_member(options, "routes")),
            tolerance: number("clockTolerance").unwrap_or(5.0) * 1e3,
            refresh_margin: number("refreshMargin").map(|seconds| seconds * 1e3),
            timeout: number("timeout").unwrap_or(10e3),
            audience: first.unwrap_or_else(|| "urn:bixarena:auth".to_owned()),
            callback_path: text("callbackPath").unwrap_or_else(|| "/callback".to_owned()),
            renews: text("renew").as_deref() != Some("on-demand"),
            cross_tab: get_member(options, "crossTab") != JsValue::FALSE,
        }
    }

    /// What follows the origin where no `baseUrl` is given.
    pub(super) fn default_path(&self) -> &'static str {
        if self.routes.is_oauth2 {
            ""
        } else {
            "/v1"
        }
    }
}

/// A name, or an object with some of the paths.
fn read_routes(value: &JsValue) -> Routes {
    if value.as_string().as_deref() == Some("oauth2") {
        return Routes::oauth2();
    }
    let mut routes = Routes::v1();
    for (name, path) in [
        ("start", &mut routes.start),
        ("callback", &mut routes.callback),
        ("token", &mut routes.token),
        ("jwks", &mut routes.jwks),
        ("logout", &mut routes.logout),
    ] {
        if let Some(given) = get_member(value, name).as_string() {
            *path = given;
        }
    }
    routes
}
