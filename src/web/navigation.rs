//! Where the page is and where it goes. On a server there is no location: everything answers nothing.

use super::clock::global;
use crate::session::{Address, Callback};
use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{History, Location, Url};

fn location() -> Option<Location> {
    let value = global("location");
    value.is_object().then(|| value.unchecked_into())
}

/// The address of this page.
pub(super) fn href() -> Option<String> {
    location()?.href().ok()
}

/// The origin of this page; `None` where it is opaque.
pub(super) fn origin() -> Option<String> {
    location()?.origin().ok().filter(|origin| origin != "null")
}

/// Path, query and hash of this page.
pub(super) fn here() -> Option<String> {
    let location = location()?;
    Some([location.pathname().ok()?, location.search().ok()?, location.hash().ok()?].concat())
}

/// Parses an address as the host does.
pub(super) fn resolve(text: &str, base: &str) -> Option<Address> {
    let url = Url::new_with_base(text, base).ok()?;
    Some(Address { origin: url.origin(), path: url.pathname(), query: url.search(), hash: url.hash() })
}

/// The query parameters of an address, in their order.
pub(super) fn parameters(address: &str) -> Vec<(String, String)> {
    let Ok(url) = Url::new(address) else { return Vec::new() };
    let mut pairs = Vec::new();
    for entry in js_sys::try_iter(&url.search_params().entries()).ok().flatten().into_iter().flatten().flatten() {
        let pair: js_sys::Array = entry.unchecked_into();
        pairs.push((pair.get(0).as_string().unwrap_or_default(), pair.get(1).as_string().unwrap_or_default()));
    }
    pairs
}

/// Takes the parameters of a callback out of the address bar and the history. Other parameters and the hash stay.
pub(super) fn clean_address() {
    let Some(url) = href().and_then(|href| Url::new(&href).ok()) else { return };
    let query = url.search_params();
    for (name, _) in parameters(&url.href()) {
        if Callback::owns(&name) {
            query.delete(&name);
        }
    }
    let history = global("history");
    if history.is_object() {
        let history: History = history.unchecked_into();
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&url.href()));
    }
}

/// Goes to an address, by the caller's function if there is one.
///
/// # Errors
/// What the function threw.
pub(super) fn go(address: &str, navigate: Option<&Function>) -> Result<(), JsValue> {
    match navigate {
        Some(navigate) => navigate.call1(&JsValue::UNDEFINED, &JsValue::from_str(address)).map(|_| ()),
        None => location().map_or(Ok(()), |location| location.assign(address)),
    }
}
