//! The host functions, as Rust sees them; `host.js` says what each does.

use alloc::string::String;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    pub(crate) fn attach(state: &JsValue, memory: JsValue, issuers: JsValue, audiences: JsValue, required: JsValue);
    #[wasm_bindgen(js_name = expectAudiences)]
    pub(crate) fn expect_audiences(state: &JsValue, audiences: JsValue);
    #[wasm_bindgen(js_name = writeToken)]
    pub(crate) fn write_token(state: &JsValue, at: *mut u8, room: usize) -> i32;
    #[wasm_bindgen(js_name = readHeader)]
    pub(crate) fn read_header(state: &JsValue, at: *const u8, length: usize) -> i32;
    #[wasm_bindgen(js_name = headerText)]
    pub(crate) fn header_text(state: &JsValue, name: &str) -> String;
    #[wasm_bindgen(js_name = readClaims)]
    pub(crate) fn read_claims(state: &JsValue, at: *const u8, length: usize, out: *mut f64) -> i32;
    #[wasm_bindgen(js_name = claimText)]
    pub(crate) fn claim_text(state: &JsValue, name: &str) -> String;
    #[wasm_bindgen(js_name = beginSignature)]
    pub(crate) fn begin_signature(
        state: &JsValue,
        key: u32,
        algorithm: u32,
        input: *const u8,
        input_length: usize,
        signature: *const u8,
        signature_length: usize,
    );
    pub(crate) fn reject(state: &JsValue, error: JsValue);
    pub(crate) fn report(state: &JsValue, flaw: JsValue);
    #[wasm_bindgen(js_name = useKeys)]
    pub(crate) fn use_keys(state: &JsValue, jwks: &JsValue);

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
