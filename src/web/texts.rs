//! The texts that JavaScript reads for itself: the table of faults; for a client the routes, too. They lie in sections of the
//! compiled file that no code reads. The build takes them out and writes them as JavaScript (scripts/build/texts.mjs), where they
//! cost a quarter less: compressed beside machine code, text takes the codes that suit machine code.

#![allow(unsafe_code)] // to name a section
#![allow(dead_code)] // nothing in Rust reads them; marked as `used`, they would lie in the memory as well

use crate::error::fault::CHECKS;

/// The octets of a text, as an array: of anything else a section would hold the address.
#[allow(clippy::indexing_slicing)] // at compile time, where nothing else can be done with arrays
const fn octets<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let mut octets = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        octets[at] = text.as_bytes()[at];
        at += 1;
    }
    octets
}

#[link_section = "text.CHECKS"]
static CHECKS_SECTION: [u8; CHECKS.len()] = octets(CHECKS);

#[cfg(feature = "client")]
mod client {
    use super::octets;
    use crate::error::fault::FLOW;
    use crate::service::ROUTES;

    #[link_section = "text.FLOW"]
    static FLOW_SECTION: [u8; FLOW.len()] = octets(FLOW);

    #[link_section = "text.ROUTES"]
    static ROUTES_SECTION: [u8; ROUTES.len()] = octets(ROUTES);
}
