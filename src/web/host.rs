//! The host functions, as Rust sees them; the JavaScript files beside this one say what each does.
//!
//! Everything that crosses is a number, but for the state object of the verifier: so the calls need no glue.

use crate::error::Fault;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    pub(super) fn attach(state: &JsValue, memory: JsValue);
    #[wasm_bindgen(js_name = writeToken)]
    pub(super) fn write_token(state: &JsValue, at: i32, room: i32) -> i32;
    #[wasm_bindgen(js_name = readHeader)]
    pub(super) fn read_header(state: &JsValue, at: i32, length: i32) -> i32;
    #[wasm_bindgen(js_name = writeType)]
    pub(super) fn write_type(state: &JsValue, expected: bool, at: i32, room: i32) -> i32;
    #[wasm_bindgen(js_name = readClaims)]
    pub(super) fn read_claims(state: &JsValue, at: i32, length: i32, out: i32) -> i32;
    #[wasm_bindgen(js_name = isNamed)]
    pub(super) fn is_named(state: &JsValue, index: i32) -> bool;
    #[wasm_bindgen(js_name = beginSignature)]
    pub(super) fn begin_signature(
        state: &JsValue,
        key: i32,
        algorithm: i32,
        input: i32,
        input_length: i32,
        signature: i32,
        signature_length: i32,
    );
}

#[wasm_bindgen(module = "/src/web/keys.js")]
extern "C" {
    #[wasm_bindgen(js_name = countKeys)]
    pub(super) fn count_keys(state: &JsValue) -> i32;
    #[wasm_bindgen(js_name = readKey)]
    pub(super) fn read_key(state: &JsValue, index: i32, at: i32, room: i32, lengths: i32) -> i32;
    #[wasm_bindgen(js_name = useKeys)]
    pub(super) fn use_keys(state: &JsValue);
}

#[wasm_bindgen(module = "/src/web/options.js")]
extern "C" {
    #[wasm_bindgen(js_name = lookAtOption)]
    pub(super) fn look_at_option(state: &JsValue, name: i32, length: i32) -> i32;
    #[wasm_bindgen(js_name = numberOption)]
    pub(super) fn number_option(state: &JsValue, name: i32, length: i32) -> f64;
    #[wasm_bindgen(js_name = isAllKnown)]
    pub(super) fn is_all_known(state: &JsValue) -> bool;
    #[wasm_bindgen(js_name = allowedAlgorithms)]
    pub(super) fn allowed_algorithms(state: &JsValue) -> i32;
    #[wasm_bindgen(js_name = refuseOption)]
    fn refuse_option_at(state: &JsValue, expected: i32, length: i32);
}

#[wasm_bindgen(module = "/src/web/refuse.js")]
extern "C" {
    #[wasm_bindgen(js_name = refuse)]
    fn refuse_at(
        state: &JsValue,
        code: i32,
        code_length: i32,
        message: i32,
        message_length: i32,
        claim: i32,
        claim_length: i32,
        limit: f64,
    );
    #[wasm_bindgen(js_name = noteFlaw)]
    pub(super) fn note_flaw(state: &JsValue, key: i32);
}

/// Where a text lies, for the host.
pub(super) fn at(octets: &[u8]) -> i32 {
    octets.as_ptr() as i32
}

/// Where there is room for the host to write.
pub(super) fn room(octets: &mut [u8]) -> i32 {
    octets.as_mut_ptr() as i32
}

/// Puts the error of this row of the table into `state.error`; `limit` as [`jwt::limit`](crate::jwt::limit) tells it.
pub(super) fn refuse(state: &JsValue, fault: &Fault, limit: f64) {
    let [code, message, claim] = [fault.code, fault.message, fault.claim].map(str::as_bytes);
    let length = |text: &[u8]| text.len() as i32;
    refuse_at(state, at(code), length(code), at(message), length(message), at(claim), length(claim), limit);
}

/// Puts a `TypeError` about the option that was looked at last into `state.error`.
pub(super) fn refuse_option(state: &JsValue, expected: &str) {
    refuse_option_at(state, at(expected.as_bytes()), expected.len() as i32);
}
