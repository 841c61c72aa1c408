//! What each status and body means.

use crate::error::{Fault, Verdict};

/// What a body held, as far as the contract knows it: one bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks(pub u32);

impl Marks {
    /// It is a JSON object, of a JSON type.
    pub const IS_OBJECT: u32 = 1;
    /// `token_type` is `Bearer`; RFC 6749 §5.1: compared without case.
    pub const IS_BEARER: u32 = 2;
    /// `access_token` is a string that is not empty.
    pub const HAS_TOKEN: u32 = 4;
    /// `status` is `ok`.
    pub const IS_OK: u32 = 8;
    /// `sub` is the verified one (OpenID Connect Core 5.3.2).
    pub const IS_OF_USER: u32 = 16;
    /// It is longer than any answer of the service, and was not read.
    pub const IS_TOO_LONG: u32 = 32;

    fn has(self, bit: u32) -> bool {
        self.0 & bit != 0
    }
}

/// An answer of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status; 0 for a redirect that was not followed.
    pub status: u16,
    /// What the body held.
    pub marks: Marks,
}

/// What the service was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `POST` for a token of the session.
    Token,
    /// The `code` and `state` of a page callback are passed on.
    Callback,
    /// The end of the session.
    Logout,
    /// The same on the newer routes, where `401` says that there was no session: the user is signed out.
    Logout2,
    /// Who the user is.
    UserInfo,
}

impl Operation {
    /// In the order of the numbers in `exchange.js`.
    pub const ALL: [Self; 5] = [Self::Token, Self::Callback, Self::Logout, Self::Logout2, Self::UserInfo];
}

/// What the service means.
///
/// # Errors
/// `login_required` if there is no session; `callback_rejected` if the callback was refused, although there may be a
/// session all the same; `rate_limited`, `service_unavailable`, and `response_invalid` for all that the contract does not
/// know.
pub fn judge(operation: Operation, reply: Reply) -> Verdict {
    let Reply { status, marks } = reply;
    if marks.has(Marks::IS_TOO_LONG) {
        return Err(Fault::ReplyTooLong);
    }
    match (operation, status) {
        (Operation::Token, 200) => judge_token(marks),
        (Operation::Callback, 200) if marks.has(Marks::IS_OK) => Ok(()),
        (Operation::Callback, 200) => Err(Fault::ReplyNotOk),
        (Operation::Callback, 400 | 401) => Err(Fault::CallbackRejected),
        (Operation::Logout | Operation::Logout2, 200..=299) | (Operation::Logout2, 401) => Ok(()),
        (Operation::UserInfo, 200) if marks.has(Marks::IS_OF_USER) => Ok(()),
        (Operation::UserInfo, 200) => Err(Fault::ReplyNotOfUser),
        (Operation::Token | Operation::UserInfo, 401) => Err(Fault::LoginRequired),
        (_, 429) => Err(Fault::RateLimited),
        (_, 500..) => Err(Fault::ServiceUnavailable),
        _ => Err(Fault::ReplyStatus),
    }
}

fn judge_token(marks: Marks) -> Verdict {
    for (bit, fault) in [
        (Marks::IS_OBJECT, Fault::ReplyNoObject),
        (Marks::IS_BEARER, Fault::ReplyNotBearer),
        (Marks::HAS_TOKEN, Fault::ReplyNoToken),
    ] {
        if !marks.has(bit) {
            return Err(fault);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn means(operation: Operation, status: u16, marks: u32, expected: &str) {
        let verdict = judge(operation, Reply { status, marks: Marks(marks) });
        assert_eq!(verdict.map_or_else(Fault::code, |()| "ok"), expected, "{operation:?} {status} {marks}");
    }

    #[test]
    fn a_token_answer() {
        let whole = Marks::IS_OBJECT | Marks::IS_BEARER | Marks::HAS_TOKEN;
        for (status, marks, expected) in [
            (200, whole, "ok"),
            (200, whole & !Marks::HAS_TOKEN, "response_invalid"),
            (200, whole & !Marks::IS_BEARER, "response_invalid"),
            (200, 0, "response_invalid"),
            (200, whole | Marks::IS_TOO_LONG, "response_invalid"),
            (204, whole, "response_invalid"),
            (401, 0, "login_required"),
            (404, whole, "response_invalid"),
            (0, 0, "response_invalid"),
            (429, 0, "rate_limited"),
            (500, 0, "service_unavailable"),
            (503, whole, "service_unavailable"),
            (503, Marks::IS_TOO_LONG, "response_invalid"),
        ] {
            means(Operation::Token, status, marks, expected);
        }
    }

    #[test]
    fn a_callback_answer() {
        means(Operation::Callback, 200, Marks::IS_OBJECT | Marks::IS_OK, "ok");
        means(Operation::Callback, 200, Marks::IS_OBJECT, "response_invalid");
        for status in [400, 401] {
            means(Operation::Callback, status, Marks::IS_OBJECT, "callback_rejected");
        }
        means(Operation::Callback, 404, 0, "response_invalid");
        means(Operation::Callback, 503, 0, "service_unavailable");
    }

    #[test]
    fn a_logout_answer() {
        means(Operation::Logout, 204, 0, "ok");
        means(Operation::Logout2, 401, 0, "ok");
        means(Operation::Logout, 401, 0, "response_invalid");
        means(Operation::Logout2, 503, 0, "service_unavailable");
    }

    #[test]
    fn an_answer_about_the_user() {
        means(Operation::UserInfo, 200, Marks::IS_OBJECT | Marks::IS_OF_USER, "ok");
        means(Operation::UserInfo, 200, Marks::IS_OBJECT, "response_invalid");
        means(Operation::UserInfo, 401, 0, "login_required");
        means(Operation::UserInfo, 429, 0, "rate_limited");
        means(Operation::UserInfo, 302, 0, "response_invalid");
    }
}
