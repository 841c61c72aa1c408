//! How the client looks at JavaScript values that it did not make, and makes some; `values.js` says what each does.

use alloc::string::String;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/values.js")]
extern "C" {
    #[wasm_bindgen(js_name = kindOf)]
    pub(crate) fn kind_of(value: &JsValue) -> u32;
    #[wasm_bindgen(js_name = getMember)]
    pub(crate) fn get_member(object: &JsValue, name: &str) -> JsValue;
    #[wasm_bindgen(js_name = getMember)]
    pub(crate) fn get_item(list: &JsValue, at: u32) -> JsValue;
    #[wasm_bindgen(js_name = namesOf)]
    pub(crate) fn names_of(object: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = lengthOf)]
    pub(crate) fn length_of(list: &JsValue) -> u32;
    #[wasm_bindgen(js_name = textOf)]
    pub(crate) fn text_of(value: &JsValue) -> String;
    #[wasm_bindgen(js_name = setMember)]
    pub(crate) fn set_member(object: &JsValue, name: &str, value: JsValue);
    #[wasm_bindgen(js_name = emptyObject)]
    pub(crate) fn empty_object() -> JsValue;
    #[wasm_bindgen(js_name = emptyList)]
    pub(crate) fn empty_list() -> JsValue;
    pub(crate) fn push(list: &JsValue, text: &str);
    #[wasm_bindgen(js_name = typeError)]
    pub(crate) fn type_error(message: &str) -> JsValue;
}
