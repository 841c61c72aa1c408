//! What outlives a page: where the user wants to go after the sign-in, and which callback was used. No token, code or
//! state is ever stored. Where storage is blocked or full, nothing is remembered, and everything else works.

use super::clock::global;
use wasm_bindgen::prelude::*;
use web_sys::Storage;

/// The two stores of a browser.
#[derive(Clone, Copy)]
pub(super) enum Store {
    /// For this tab.
    Session,
    /// For this origin.
    Local,
}

fn open(store: Store) -> Option<Storage> {
    let value = global(match store {
        Store::Session => "sessionStorage",
        Store::Local => "localStorage",
    });
    value.is_object().then(|| value.unchecked_into())
}

fn key(name: &str) -> String {
    ["bixarena-auth-client:", name].concat()
}

/// What is stored under a name.
pub(super) fn load(store: Store, name: &str) -> Option<String> {
    open(store)?.get_item(&key(name)).ok()?
}

/// Stores a text.
pub(super) fn save(store: Store, name: &str, text: &str) {
    if let Some(storage) = open(store) {
        let _ = storage.set_item(&key(name), text);
    }
}

/// Removes what is stored, and gives it.
pub(super) fn take(store: Store, name: &str) -> Option<String> {
    let text = load(store, name)?;
    let _ = open(store)?.remove_item(&key(name));
    Some(text)
}
