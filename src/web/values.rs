//! How the client looks at JavaScript values that it did not make, and makes some; `page.js` says what each does.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/page.js")]
extern "C" {
    #[wasm_bindgen(js_name = getMember)]
    pub(crate) fn get_member(object: &JsValue, name: &str) -> JsValue;
    #[wasm_bindgen(js_name = setMember)]
    pub(crate) fn set_member(object: &JsValue, name: &str, value: JsValue);
    #[wasm_bindgen(js_name = emptyObject)]
    pub(crate) fn empty_object() -> JsValue;
    #[wasm_bindgen(js_name = typeError)]
    pub(crate) fn type_error(message: &str) -> JsValue;
}
