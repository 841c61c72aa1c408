//! The fallback engine: one signature checked in Rust, for hosts whose WebCrypto is missing or lacks an algorithm. A wasm
//! file of its own, so that only they pay for it; `pkg/lib/fallback.js` gives it the shape of WebCrypto.

use crate::engine::signature::verify;
use crate::error::Fault;
use crate::jwt::Algorithm;
use wasm_bindgen::prelude::*;

/// Checks one signature with the algorithm of this number. `first` and `second` are `n` and `e`, `x` and `y`, or `x` and
/// nothing. Answers 0 for a bad signature, 1 for a good one, 2 for numbers that are no key, 3 for an algorithm that is
/// not here.
#[wasm_bindgen(js_name = checkSignature)]
#[must_use]
pub fn check_signature(algorithm: u32, first: &[u8], second: &[u8], input: &[u8], signature: &[u8]) -> u32 {
    let Some(algorithm) = Algorithm::from_number(algorithm) else { return 3 };
    match verify(algorithm, [first, second], input, signature) {
        Ok(is_good) => is_good.into(),
        Err(Fault::KeyNoKey) => 2,
        Err(_) => 3,
    }
}

/// Checking signatures draws no random numbers; were it to, it would fail.
#[cfg(not(feature = "rust-crypto"))]
mod randomness {
    fn none(_: &mut [u8]) -> Result<(), getrandom_02::Error> {
        Err(getrandom_02::Error::UNSUPPORTED)
    }
    getrandom_02::register_custom_getrandom!(none);
}
