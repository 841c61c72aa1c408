//! The host functions, as Rust sees them; host.js and what it imports say what each does. Everything that
//! crosses is a number: so the calls need no glue.

use crate::error::{Fault, Verdict};
use crate::jwks::{KeyFacts, Source};
use crate::jwt::verify::Host;
use crate::jwt::{Algorithm, ClaimsFacts, HeaderFacts};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/web/host.js")]
extern "C" {
    #[wasm_bindgen(js_name = writeToken)]
    pub(super) fn write_token(at: i32, room: i32) -> i32;
    #[wasm_bindgen(js_name = readHeader)]
    fn read_header(at: i32, length: i32) -> i32;
    #[wasm_bindgen(js_name = readClaims)]
    fn read_claims(at: i32, length: i32, out: i32) -> i32;
    #[wasm_bindgen(js_name = isNamed)]
    fn is_named(index: i32) -> i32;
    #[wasm_bindgen(js_name = refuse)]
    fn refuse_by_number(fault: i32, limit: f64);
    #[wasm_bindgen(js_name = noteFlaw)]
    pub(super) fn note_flaw(key: i32);
}

#[wasm_bindgen(module = "/src/web/crypto.js")]
extern "C" {
    #[wasm_bindgen(js_name = beginSignature)]
    fn begin_signature(key: i32, algorithm: i32, input: i32, input_length: i32, signature: i32, signature_length: i32);
    #[wasm_bindgen(js_name = countKeys)]
    fn count_keys() -> i32;
    #[wasm_bindgen(js_name = readKey)]
    fn read_key(index: i32, at: i32, room: i32) -> i32;
    #[wasm_bindgen(js_name = useKeys)]
    pub(super) fn use_keys();
}

/// Where octets lie, for the host to read.
fn at(octets: &[u8]) -> i32 {
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

/// The browser's, the Worker's or Node's own parser and engine.
pub(super) struct Browser;

impl Host for Browser {
    type Begun = ();

    fn header(&mut self, json: &[u8]) -> Option<HeaderFacts> {
        u32::try_from(read_header(at(json), json.len() as i32)).ok().map(HeaderFacts)
    }

    fn claims(&mut self, json: &[u8]) -> Option<ClaimsFacts> {
        let mut times = [0.0; 3];
        let marks = read_claims(at(json), json.len() as i32, room(&mut times));
        Some(ClaimsFacts { marks: u32::try_from(marks).ok()?, times })
    }

    fn is_named(&mut self, index: usize) -> bool {
        is_named(index as i32) != 0
    }

    fn signature(&mut self, index: usize, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Verdict {
        let (signed, octets) = (at(input), at(signature));
        begin_signature(index as i32, algorithm as i32, signed, input.len() as i32, octets, signature.len() as i32);
        Ok(())
    }
}

impl Source for Browser {
    fn count(&mut self) -> Option<usize> {
        usize::try_from(count_keys()).ok()
    }

    fn key<'a>(&mut self, index: usize, place: &'a mut [u8]) -> Option<(KeyFacts, &'a [u8])> {
        let facts = u32::try_from(read_key(index as i32, room(place), place.len() as i32)).ok()?;
        // No text where it is longer than the place: see readKey.
        let text = place.get(..(facts >> 14) as usize).unwrap_or_default();
        Some((KeyFacts(facts & 0x3fff), text))
    }
}
