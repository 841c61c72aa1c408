//! What each status and body means.

use crate::error::{Error, Fault, Problem, Refusal, Untrusted};

/// What a JSON body held, as far as the contract knows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// `access_token`, if it is a string.
    pub access_token: Option<String>,
    /// `token_type`, if it is a string.
    pub token_type: Option<String>,
    /// `expires_in`, if it is a number.
    pub expires_in: Option<f64>,
    /// `status`, if it is a string: `ok` or `error:<reason>`.
    pub status: Option<String>,
    /// `retryAfterSeconds` of a rate limiter's body.
    pub retry_after_seconds: Option<f64>,
    /// The members of a problem details object.
    pub problem: Option<Problem>,
}

/// An answer of the service. `facts` is `None` unless the body was a JSON object of a JSON type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reply {
    /// The HTTP status; 0 for a redirect that was not followed.
    pub status: u16,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<f64>,
    /// What the body held.
    pub facts: Option<Facts>,
}

/// What a page callback was answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The session is established.
    Done,
    /// The service refused; there may be a session all the same. The error to give if there is none.
    Refused(Error),
}

/// Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date, which `parse_date` turns into milliseconds since the
/// epoch. What is over a day is no advice but a mistake, and is cut.
#[must_use]
pub fn retry_after(text: &str, now: f64, parse_date: impl Fn(&str) -> Option<f64>) -> Option<f64> {
    const MOST: f64 = 86_400.0;
    let text = text.trim();
    let seconds = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Whole seconds; reading them as a float would cost 10 kB. What does not fit is over a day anyway.
        f64::from(text.parse::<u32>().unwrap_or(u32::MAX))
    } else {
        (parse_date(text)? - now) / 1e3
    };
    seconds.is_finite().then(|| seconds.clamp(0.0, MOST).ceil())
}

/// The token of a `POST /token`.
///
/// # Errors
/// `login_required` for `401`, and what `refused` says.
pub fn minted(reply: Reply) -> Result<String, Error> {
    if reply.status == 401 {
        return Err(Error::refused(Fault::LoginRequired, refusal(reply)));
    }
    if reply.status != 200 {
        return Err(refused(reply));
    }
    let invalid = |fault| unexpected(fault, 200);
    let facts = reply.facts.ok_or_else(|| invalid(Fault::ReplyNoObject))?;
    // RFC 6749 §5.1: the type is compared without case.
    if facts.token_type.is_none_or(|kind| !kind.eq_ignore_ascii_case("Bearer")) {
        return Err(invalid(Fault::ReplyNotBearer));
    }
    facts.access_token.filter(|token| !token.is_empty()).ok_or_else(|| invalid(Fault::ReplyNoToken))
}

/// The answer to a page callback.
///
/// # Errors
/// What `refused` says, for anything but `200`, `400` and `401`.
pub fn called_back(reply: Reply) -> Result<Answer, Error> {
    match reply.status {
        200 => match reply.facts.as_ref().and_then(|facts| facts.status.as_deref()) {
            Some("ok") => Ok(Answer::Done),
            _ => Err(unexpected(Fault::ReplyNotOk, 200)),
        },
        400 | 401 => Ok(Answer::Refused(Error::refused(Fault::CallbackRejected, refusal(reply)))),
        _ => Err(refused(reply)),
    }
}

/// The answer to a logout. On the newer routes `401` says that there was no session: the user is signed out.
///
/// # Errors
/// What `refused` says.
pub fn logged_out(reply: Reply, is_oauth2: bool) -> Result<(), Error> {
    match reply.status {
        200..=299 => Ok(()),
        401 if is_oauth2 => Ok(()),
        _ => Err(refused(reply)),
    }
}

/// What a status means that no operation has a meaning of its own for.
fn refused(reply: Reply) -> Error {
    match reply.status {
        429 => Error::refused(Fault::RateLimited, refusal(reply)),
        500.. => Error::refused(Fault::ServiceUnavailable, refusal(reply)),
        status => unexpected(Fault::ReplyStatus, status),
    }
}

/// An answer that the contract does not know.
pub(crate) fn unexpected(fault: Fault, status: u16) -> Error {
    Error::refused(fault, Refusal { status, ..Refusal::default() })
}

fn refusal(reply: Reply) -> Refusal {
    let facts = reply.facts.unwrap_or_default();
    let reason = facts.status.as_deref().and_then(|status| status.strip_prefix("error:")).map(Untrusted::new);
    Refusal {
        status: reply.status,
        reason,
        description: None,
        problem: facts.problem.map(Box::new),
        // Script of another origin sees the header only if the service exposes it; the body says it too.
        retry_after: reply
            .retry_after
            .or(facts.retry_after_seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, facts: Option<Facts>) -> Reply {
        Reply { status, retry_after: None, facts }
    }

    fn token(text: &str, kind: &str) -> Option<Facts> {
        Some(Facts { access_token: Some(text.into()), token_type: Some(kind.into()), ..Facts::default() })
    }

    fn status(text: &str) -> Option<Facts> {
        Some(Facts { status: Some(text.into()), ..Facts::default() })
    }

    #[test]
    fn a_token_answer() {
        assert_eq!(minted(reply(200, token("a.b.c", "bearer"))), Ok("a.b.c".into()));
        for (status, facts, code) in [
            (200, token("", "Bearer"), "response_invalid"),
            (200, token("a.b.c", "mac"), "response_invalid"),
            (200, None, "response_invalid"),
            (401, None, "login_required"),
            (404, None, "response_invalid"),
            (0, None, "response_invalid"),
            (429, None, "rate_limited"),
            (500, None, "service_unavailable"),
            (503, None, "service_unavailable"),
        ] {
            assert_eq!(minted(reply(status, facts)).unwrap_err().code(), code, "{status}");
        }
    }

    #[test]
    fn a_callback_answer() {
        assert_eq!(called_back(reply(200, status("ok"))), Ok(Answer::Done));
        let Ok(Answer::Refused(error)) = called_back(reply(400, status("error:state-mismatch"))) else { panic!() };
        let refusal = error.refusal().cloned().unwrap();
        assert_eq!((error.code(), refusal.status), ("callback_rejected", 400));
        assert_eq!(refusal.reason, Some(Untrusted::new("state-mismatch")));
        assert!(matches!(called_back(reply(401, None)), Ok(Answer::Refused(_))));
        assert_eq!(called_back(reply(200, status("error:x"))).unwrap_err().code(), "response_invalid");
        assert_eq!(called_back(reply(503, None)).unwrap_err().code(), "service_unavailable");
    }

    #[test]
    fn a_logout_answer() {
        assert_eq!(logged_out(reply(204, None), false), Ok(()));
        assert_eq!(logged_out(reply(401, None), true), Ok(()));
        assert_eq!(logged_out(reply(401, None), false).unwrap_err().code(), "response_invalid");
        assert_eq!(logged_out(reply(503, None), true).unwrap_err().code(), "service_unavailable");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = |text: &str| (text == "tomorrow").then_some(90_000.0);
        for (text, expected) in [
            ("7", Some(7.0)),
            (" 7 ", Some(7.0)),
            ("99999999", Some(86_400.0)),
            ("tomorrow", Some(60.0)),
            ("-1", None),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(retry_after(text, 30_000.0, date), expected, "{text:?}");
        }
        let body = Facts { retry_after_seconds: Some(3.0), ..Facts::default() };
        assert_eq!(minted(reply(429, Some(body))).unwrap_err().refusal().cloned().unwrap().retry_after, Some(3.0));
    }
}
