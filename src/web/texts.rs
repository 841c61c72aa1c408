//! The texts that lie in the wasm and that JavaScript reads for itself: the table of faults; for a client the routes, too.

use crate::error::fault::CHECKS;

#[cfg(not(feature = "client"))]
pub(super) static TEXTS: &[u8] = CHECKS.as_bytes();

#[cfg(feature = "client")]
pub(super) static TEXTS: &[u8] = &JOINED;

#[cfg(feature = "client")]
const PARTS: [&str; 3] = [CHECKS, crate::error::fault::FLOW, crate::service::ROUTES];

#[cfg(feature = "client")]
static JOINED: [u8; PARTS[0].len() + PARTS[1].len() + PARTS[2].len()] = join();

#[cfg(feature = "client")]
#[allow(clippy::indexing_slicing)] // at compile time, where nothing else can be done with arrays
const fn join<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut joined = [0; LENGTH];
    let (mut part, mut from, mut at) = (0, 0, 0);
    while at < LENGTH {
        if from == PARTS[part].len() {
            (part, from) = (part + 1, 0);
        } else {
            joined[at] = PARTS[part].as_bytes()[from];
            (from, at) = (from + 1, at + 1);
        }
    }
    joined
}
