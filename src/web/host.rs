//! The host functions, as Rust sees them; host.js and what it imports say what each does. Everything that
//! crosses is a number: so the calls need no glue.

use crate::error::Fault;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = writeToken)]
    pub(super) fn write_token(at: i32, room: i32) -> i32;
    #[wasm_bindgen(js_name = readHeader)]
    pub(super) fn read_header(at: i32, length: i32) -> i32;
    #[wasm_bindgen(js_name = readClaims)]
    pub(super) fn read_claims(at: i32, length: i32, out: i32) -> i32;
    #[wasm_bindgen(js_name = isNamed)]
    pub(super) fn is_named(index: i32) -> i32;
    #[wasm_bindgen(js_name = refuse)]
    fn refuse_by_number(fault: i32, limit: f64);
    #[wasm_bindgen(js_name = noteFlaw)]
    pub(super) fn note_flaw(key: i32);
}

#[wasm_bindgen(module = "/src/web/crypto.js")]
extern "C" {
    #[wasm_bindgen(js_name = beginSignature)]
    pub(super) fn begin_signature(
        key: i32,
        algorithm: i32,
        input: i32,
        input_length: i32,
        signature: i32,
        signature_length: i32,
    );
    #[wasm_bindgen(js_name = countKeys)]
    pub(super) fn count_keys() -> i32;
    #[wasm_bindgen(js_name = readKey)]
    pub(super) fn read_key(index: i32, at: i32, room: i32, lengths: i32) -> i32;
    #[wasm_bindgen(js_name = useKeys)]
    pub(super) fn use_keys();
}

/// Where octets lie, for the host to read.
pub(super) fn at(octets: &[u8]) -> i32 {
    octets.as_ptr() as i32
}

/// Where there is room for the host to write.
pub(super) fn room<T>(place: &mut [T]) -> i32 {
    place.as_mut_ptr() as i32
}

/// Makes the error of this row of the table; `limit` as [`jwt::limit`](crate::jwt::limit) tells it.
pub(super) fn refuse(fault: Fault, limit: f64) {
    refuse_by_number(fault as i32, limit);
}
