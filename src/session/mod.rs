//! The life of a login and its token as a state machine: `(state, event, now) -> effects`.
//!
//! No promise, no clock, no chance: time and entropy are parameters, and what has to be done is answered as a list of
//! [`Effect`]s. Whoever carries them out keeps the token and the claims; the machine knows of them only what it needs
//! to decide.

mod callback;
mod clock;
mod event;
mod failure;
mod machine;
#[cfg(test)]
mod machine_tests;
#[cfg(test)]
mod machine_tests_faults;
#[cfg(test)]
mod machine_tests_users;
#[cfg(test)]
mod machine_walks;
mod minting;
mod return_to;
mod slot;
mod tabs;
mod token;

pub use callback::{judge_callback, state_mark, Parameter};
pub use event::{Audience, Cause, Config, Effect, Effects, Event, Moment, Purpose, Status, OWN};
pub use failure::Failure;
pub use machine::Session;
pub use return_to::{is_safe_return_to, Address, MAX_CHARS};
pub use slot::Slot;
pub use tabs::{limit_left, LockTrust, News};
pub use token::{TokenFacts, User};
