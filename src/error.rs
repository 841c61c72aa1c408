//! The one error type: what went wrong, what was found, and what to do.
//!
//! Every error has a [`code`](Error::code) from a closed list that JavaScript sees as `AuthError.code`. Messages are
//! lower case, end without a full stop, and hold nothing that came from outside; what was found stands in
//! [`fields`](Error::fields), shortened and escaped where an attacker could have written it. No error ever holds a
//! token, an authorization code or a `state`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Text from outside (a `kid`, an `iss`, a provider's words), made safe to show in a log: at most
/// [`Untrusted::MAX_CHARS`] characters, control characters escaped.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Untrusted(String);

impl Untrusted {
    /// The longest text that is kept, in characters.
    pub const MAX_CHARS: usize = 128;

    /// Shortens and escapes `text`.
    ///
    /// ```
    /// use bixarena_auth_client::error::Untrusted;
    /// assert_eq!(Untrusted::new("a\nb").as_str(), "a\\u{a}b");
    /// assert_eq!(Untrusted::new(&"x".repeat(1000)).as_str().len(), 128);
    /// ```
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut safe = String::new();
        let mut room = Self::MAX_CHARS;
        for character in text.chars() {
            // Bidirectional overrides and line separators could forge what a person reads in a log.
            let escape =
                character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            let width = if escape { character.escape_unicode().count() } else { 1 };
            if width > room {
                break;
            }
            room -= width;
            if escape {
                safe.extend(character.escape_unicode());
            } else {
                safe.push(character);
            }
        }
        Self(safe)
    }

    /// The safe text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a check expected or received, where that is no secret.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text of our own, or from the options.
    Text(String),
    /// Text from outside.
    Untrusted(Untrusted),
    /// A NumericDate (seconds since the epoch) or another number.
    Number(f64),
    /// Any one of these.
    OneOf(Vec<String>),
}

/// The members of an RFC 9457 problem details object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Problem {
    /// `type`: a URI that names the kind of problem.
    pub kind: Option<Untrusted>,
    /// `title`: a short summary.
    pub title: Option<Untrusted>,
    /// `status`: the HTTP status.
    pub status: Option<u16>,
    /// `detail`: what happened this time.
    pub detail: Option<Untrusted>,
    /// `instance`: a URI that names this occurrence.
    pub instance: Option<Untrusted>,
}

/// A claim whose value failed a check, with what was expected and received.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimFault {
    /// The claim's name, `exp` for example.
    pub claim: String,
    /// What would have passed: for times the limit in seconds since the epoch.
    pub expected: Option<Value>,
    /// What the token holds.
    pub received: Option<Value>,
}

/// What the service said when a request failed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Refusal {
    /// The HTTP status; 0 if there is none to tell.
    pub status: u16,
    /// The service's `error:<reason>`, or the provider's `error`.
    pub reason: Option<Untrusted>,
    /// The provider's `error_description`.
    pub description: Option<Untrusted>,
    /// RFC 9457 problem details, if the answer held any.
    pub problem: Option<Box<Problem>>,
    /// Seconds until a retry is welcome.
    pub retry_after: Option<f64>,
}

/// A key of the set that may not, or cannot, verify the token.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFault {
    /// The key ID, if the key has one.
    pub kid: Option<Untrusted>,
    /// What is wrong with the key.
    pub what: &'static str,
}

/// An answer of the service that its contract does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseFault {
    /// What is wrong with the answer.
    pub what: &'static str,
    /// The HTTP status; 0 if there is none to tell.
    pub status: u16,
}

macro_rules! errors {
    ($( $(#[$doc:meta])* $variant:ident $( ( $field:ty ) )? => $code:literal, $message:literal; )*) => {
        /// Everything that can go wrong. See the [module documentation](self) for what an error may hold.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Error { $( $(#[$doc])* $variant $( ($field) )?, )* }

        impl Error {
            /// Every code, in the order of the README's table.
            pub const CODES: &'static [&'static str] = &[ $( $code ),* ];

            /// The stable code: the value of `AuthError.code` in JavaScript.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self { $( errors!(@pattern $variant $($field)?) => $code, )* }
            }

            /// What is wrong and what to do, without the particulars.
            fn summary(&self) -> &'static str {
                match self { $( errors!(@pattern $variant $($field)?) => $message, )* }
            }
        }
    };
    (@pattern $variant:ident $field:ty) => { Error::$variant(_) };
    (@pattern $variant:ident) => { Error::$variant };
}

errors! {
    /// Not a JWS in compact form with JSON objects inside (RFC 7515 §7.1); the text says what is wrong.
    TokenMalformed(&'static str) => "token_malformed", "the token is malformed";
    /// Longer than `maxTokenBytes`, which is the number held.
    TokenTooLarge(f64) => "token_too_large", "the token is longer than maxTokenBytes";
    /// The header's `alg` is not in the allow-list (RFC 8725 §3.1).
    AlgorithmNotAllowed(Untrusted) => "algorithm_not_allowed", "the token's alg is not one of the allowed algorithms";
    /// The header has `crit` or `b64`: no extension is understood (RFC 7515 §4.1.11, RFC 7797).
    CriticalHeaderUnsupported => "critical_header_unsupported", "the token demands a critical header extension, and none is supported";
    /// No key of the set has the header's `kid`, or none fits a header without one.
    KeyNotFound(Option<Untrusted>) => "key_not_found", "no key of the key set fits the token";
    /// More than one key fits.
    KeyAmbiguous(Option<Untrusted>) => "key_ambiguous", "more than one key of the key set fits the token: give the keys distinct key IDs";
    /// The named key is of another kind or for another use (RFC 7517 §4.2 to §4.4).
    KeyUnusable(KeyFault) => "key_unusable", "the key that the token names may not be used for it";
    /// The named key is weak or broken.
    KeyInvalid(KeyFault) => "key_invalid", "the key that the token names is weak or broken";
    /// The signature does not belong to this token and this key.
    SignatureInvalid(Option<Untrusted>) => "signature_invalid", "the signature does not verify";
    /// `exp` has passed, or the token is older than `maxTokenAge` (RFC 7519 §4.1.4).
    TokenExpired(ClaimFault) => "token_expired", "the token has expired: get a new one";
    /// `nbf` or `iat` lies in the future (RFC 7519 §4.1.5).
    TokenNotYetValid(ClaimFault) => "token_not_yet_valid", "the token is not valid yet: check the clocks";
    /// `iss` is not the expected issuer (RFC 7519 §4.1.1).
    IssuerMismatch(ClaimFault) => "issuer_mismatch", "the token is from another issuer";
    /// `aud` does not hold the expected audience (RFC 7519 §4.1.3).
    AudienceMismatch(ClaimFault) => "audience_mismatch", "the token is for another audience";
    /// `typ` is another kind of token (RFC 8725 §3.11).
    TypeMismatch(ClaimFault) => "type_mismatch", "the token is of another type";
    /// A required claim is absent.
    ClaimMissing(ClaimFault) => "claim_missing", "the token lacks a required claim";
    /// A claim is of the wrong type.
    ClaimInvalid(ClaimFault) => "claim_invalid", "a claim of the token has the wrong type";

    /// The key set cannot be had now.
    JwksUnavailable(Refusal) => "jwks_unavailable", "the key set cannot be fetched: try again later";
    /// What came is no usable key set; the text says why.
    JwksInvalid(&'static str) => "jwks_invalid", "the key set is not usable";

    /// There is no session: the user has to sign in.
    LoginRequired(Refusal) => "login_required", "there is no session: sign in first";
    /// The provider or the user refused.
    LoginDenied(Refusal) => "login_denied", "the sign-in was refused by the identity provider";
    /// Nothing navigated.
    LoginNotStarted => "login_not_started", "the page is still here: the service did not start the sign-in, or something blocked the navigation";
    /// The callback address lacks or doubles a parameter; the text says which.
    CallbackInvalid(&'static str) => "callback_invalid", "this is no callback of a sign-in";
    /// The service refused the callback.
    CallbackRejected(Refusal) => "callback_rejected", "the service refused the sign-in: start it again";
    /// Another user is signed in now.
    UserChanged => "user_changed", "another user has signed in";
    /// The user signed out meanwhile.
    SignedOut => "signed_out", "the user has signed out";

    /// No answer at all.
    NetworkError => "network_error", "the service cannot be reached: no network, no CORS permission, or a wrong baseUrl";
    /// No answer in time.
    Timeout => "timeout", "the service did not answer in time";
    /// The caller's signal.
    Aborted => "aborted", "the call was aborted";
    /// `429`.
    RateLimited(Refusal) => "rate_limited", "too many requests: wait for retryAfter seconds";
    /// `5xx`.
    ServiceUnavailable(Refusal) => "service_unavailable", "the service is not available: try again later";
    /// An answer that the contract does not know; the text says what is wrong.
    ResponseInvalid(ResponseFault) => "response_invalid", "the service gave an answer that is not in its contract";

    /// The host lacks something; the text says what.
    EnvironmentUnsupported(&'static str) => "environment_unsupported", "this environment lacks what is needed";
    /// The content security policy forbids WebAssembly.
    WasmBlocked => "wasm_blocked", "the content security policy blocks WebAssembly: add 'wasm-unsafe-eval' to script-src";
    /// Used before the wasm was loaded.
    NotInitialized => "not_initialized", "the wasm is not loaded yet: await init() or use create()";
    /// Used after `dispose()`.
    Disposed => "disposed", "this object has been disposed of";
    /// A fault of ours.
    Internal => "internal", "an internal fault: please report it";
}

/// What an error holds beside its code: one view of every variant, for conversions and logs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields {
    /// The claim or header parameter that was looked at.
    pub claim: Option<String>,
    /// What would have passed.
    pub expected: Option<Value>,
    /// What was found.
    pub received: Option<Value>,
    /// The key ID that the token names.
    pub kid: Option<Untrusted>,
    /// What the service said.
    pub refusal: Option<Refusal>,
}

impl Error {
    /// The particulars, where the message is not the place for them.
    #[must_use]
    pub fn fields(&self) -> Fields {
        use Error as E;
        match self {
            E::AlgorithmNotAllowed(received) => Fields {
                claim: Some("alg".into()),
                received: Some(Value::Untrusted(received.clone())),
                ..Fields::default()
            },
            E::TokenTooLarge(limit) => Fields { expected: Some(Value::Number(*limit)), ..Fields::default() },
            E::KeyNotFound(kid) | E::KeyAmbiguous(kid) | E::SignatureInvalid(kid) => {
                Fields { kid: kid.clone(), ..Fields::default() }
            }
            E::KeyUnusable(fault) | E::KeyInvalid(fault) => Fields { kid: fault.kid.clone(), ..Fields::default() },
            E::TokenExpired(fault)
            | E::TokenNotYetValid(fault)
            | E::IssuerMismatch(fault)
            | E::AudienceMismatch(fault)
            | E::TypeMismatch(fault)
            | E::ClaimMissing(fault)
            | E::ClaimInvalid(fault) => Fields {
                claim: Some(fault.claim.clone()),
                expected: fault.expected.clone(),
                received: fault.received.clone(),
                ..Fields::default()
            },
            E::JwksUnavailable(refusal)
            | E::LoginRequired(refusal)
            | E::LoginDenied(refusal)
            | E::CallbackRejected(refusal)
            | E::RateLimited(refusal)
            | E::ServiceUnavailable(refusal) => Fields { refusal: Some(refusal.clone()), ..Fields::default() },
            E::ResponseInvalid(fault) => {
                Fields { refusal: Some(Refusal { status: fault.status, ..Refusal::default() }), ..Fields::default() }
            }
            _ => Fields::default(),
        }
    }

    /// The message: what is wrong and what to do, in one line.
    #[must_use]
    pub fn message(&self) -> String {
        let mut message = String::from(self.summary());
        if let Some(detail) = self.detail() {
            message.push_str(": ");
            message.push_str(detail);
        }
        message
    }

    /// What exactly is wrong, in words of our own.
    fn detail(&self) -> Option<&str> {
        use Error as E;
        match self {
            E::TokenMalformed(what)
            | E::JwksInvalid(what)
            | E::CallbackInvalid(what)
            | E::EnvironmentUnsupported(what) => Some(what),
            E::KeyUnusable(fault) | E::KeyInvalid(fault) => Some(fault.what),
            E::ClaimMissing(fault) | E::ClaimInvalid(fault) => Some(&fault.claim),
            E::ResponseInvalid(fault) => Some(fault.what),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.summary())?;
        match self.detail() {
            Some(detail) => {
                f.write_str(": ")?;
                f.write_str(detail)
            }
            None => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
