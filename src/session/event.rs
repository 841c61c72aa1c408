//! What goes into the machine and what comes out of it.

use super::failure::Failure;
use super::tabs::News;
use super::token::TokenFacts;
use crate::error::{Fault, Verdict};
#[cfg(test)]
use alloc::vec::Vec;

/// What the machine was configured to do. Times in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// How long before its expiry a token is renewed; `None`: a minute or a tenth of its lifetime.
    pub refresh_margin: Option<f64>,
    /// How far clocks may differ.
    pub tolerance: f64,
    /// Whether tokens are renewed without being asked for. If not, there is neither a timer nor a request for it.
    pub renews: bool,
    /// Whether this tab has begun a sign-in before this page was loaded.
    pub is_after_login: bool,
}

/// A moment on both clocks of the device, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Only ever grows; may stand still while the device sleeps.
    pub monotonic: f64,
    /// Since the epoch, as the device has it: may be wrong, and may be set.
    pub wall: f64,
}

/// Three answers, never two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Status {
    /// Not asked yet, or no answer that could be believed.
    Unknown(Option<Fault>),
    /// The service said: no session.
    Anonymous,
    /// A verified token is at hand.
    Authenticated,
}

/// An audience, by number; see [`OWN`].
pub type Audience = usize;

/// The audience that the client is configured for. Its token decides the status; the others come and go with it.
pub const OWN: Audience = 0;

/// What somebody waits for. Only the last two exist for other audiences than [`OWN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// To know whether there is a session; any state is an answer.
    Start,
    /// The token of a session that has just begun.
    Callback,
    /// A valid token.
    Token,
    /// A new token: the one at hand will not do.
    NewToken,
}

impl Purpose {
    /// In the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Start, Self::Callback, Self::Token, Self::NewToken];
    /// Those that are about a token of whoever was signed in when it was asked for.
    pub(super) const TOKENS: [Self; 2] = [Self::Token, Self::NewToken];

    /// What it means for somebody who waits that there is a token, or why there is none that is valid.
    pub(super) fn answer(self, why: Option<Fault>) -> Verdict {
        let Some(fault) = why else { return Ok(()) };
        let is_answer = match self {
            // Any state is an answer, but for a page where no token can ever be verified.
            Self::Start => !matches!(fault, Fault::NoEngine | Fault::Disposed),
            // Whoever signs in may be another user.
            Self::Callback => fault == Fault::UserChanged,
            Self::Token | Self::NewToken => false,
        };
        if is_answer {
            Ok(())
        } else {
            Err(fault)
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// Somebody asks. Whoever is not answered at once waits, and is answered with all who wait for the same.
    Ask(Audience, Purpose),
    /// A mint brought a token, and it verified.
    Minted(u32, TokenFacts),
    /// A mint brought none, or one that did not verify.
    MintFailed(u32, Failure),
    /// The service has ended the session.
    LoggedOut,
    /// Another tab says that something happened. It may be a lie: this tab looks for itself.
    Heard(News),
    /// The timer rang: look at the time.
    Due,
    /// The page is shown, or comes back, or there is a network again.
    Woke,
    /// The page is hidden.
    Hidden,
    /// The client is disposed of.
    Disposed,
}

/// How somebody came to be signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cause {
    /// By a sign-in of this tab that just ended.
    Login,
    /// There was a session already.
    Restored,
    /// By a sign-in in another tab.
    OtherTab,
}

/// What has to be done now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// Ask the service for a token for this audience and verify it; answer with the number.
    Mint(u32, Audience),
    /// Verify the token of this mint once more; answer with the number.
    Verify(u32, Audience),
    /// The token of this mint is the one in use for the audience.
    Keep(u32, Audience),
    /// There is no token in use for the audience any more.
    Forget(Audience),
    /// Answer whoever has just asked for this.
    Answer(Audience, Purpose, Verdict),
    /// Answer everybody who waits for this.
    AnswerAll(Audience, Purpose, Verdict),
    /// What the next answer does not say: the HTTP status with which the service asked for patience, 0 if it told another tab; and
    /// how many seconds of it are left.
    Limited(Fault, u16, f64),
    /// This is the status from now on: tell the listeners.
    Publish(Status),
    /// The token was renewed and nothing else changed.
    Renewed,
    /// The service knows the user now, who was not known before.
    SignedIn(Cause),
    /// The user, who was known, is so no more.
    SignedOut,
    /// Another user is signed in.
    UserChanged,
    /// The device's clock is so many seconds ahead of the service's; negative: behind.
    Skewed(f64),
    /// Tell the other tabs.
    Tell(News),
    /// The service wants no request for so many milliseconds, from any tab.
    Limit(f64),
    /// Something went wrong that nobody asked for.
    Report(Fault),
    /// Send [`Event::Due`] after so many milliseconds, instead of what was said before; infinite: never.
    Wake(f64),
}

/// Takes what has to be done, one after the other.
pub trait Effects {
    /// Do this now, or later in the same order.
    fn push(&mut self, effect: Effect);
}

#[cfg(test)]
impl Effects for Vec<Effect> {
    fn push(&mut self, effect: Effect) {
        self.push(effect);
    }
}
