//! Other tabs, and how this page is seen; `tabs.js` does it.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/tabs.js")]
extern "C" {
    /// What a page hears with.
    pub(super) type Tabs;
    pub(super) fn watch(name: Option<&str>, heard: &Closure<dyn FnMut(u32)>) -> Tabs;
    #[wasm_bindgen(method)]
    pub(super) fn tell(this: &Tabs, news: u32);
    /// A function that releases the lock, or nothing if it could not be had.
    #[wasm_bindgen(method)]
    pub(super) async fn lock(this: &Tabs, what: &str, patience: f64) -> JsValue;
    #[wasm_bindgen(method)]
    pub(super) fn end(this: &Tabs);
}

/// Numbers of what is heard beside news; see `tabs.js`.
pub(super) const SHOWN: u32 = 3;
pub(super) const HIDDEN: u32 = 4;
pub(super) const RETURNED: u32 = 5;
