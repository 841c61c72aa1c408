//! The table of everything that can go wrong: codes and messages, and nothing that came from outside.

/// What a check answers: it passes, or a row of the table says why not.
pub type Verdict<T = ()> = Result<T, Fault>;

macro_rules! faults {
    ($(
        $(#[$part:meta])*
        const $text:ident = {$(
            $code:ident $message:literal {
                $( $(#[$where:meta])* $name:ident $(: $detail:literal)? $(@ $claim:literal)? ; )+
            }
        )*}
    )*) => {
        /// A row of the table. There is one for each way to fail; several may share a code.
        ///
        /// A row is its number: a check that fails costs an octet, and the texts lie in one place, where JavaScript
        /// reads them for itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(missing_docs)] // the messages say it
        pub enum Fault { $( $( $( $(#[$where])* $name, )+ )* )* }

        impl Fault {
            /// Every row, in the order of their numbers.
            pub const ALL: &'static [Self] = &[ $( $( $( $(#[$where])* Self::$name, )+ )* )* ];
        }

        $(
            $(#[$part])*
            pub(crate) const $text: &str = concat!($( $(
                stringify!($code), "|", $message, $(": ", $detail,)? "|", $($claim,)? "\n",
            )+ )*);
        )*
    };
}

faults! {
    /// What checks of tokens and of keys say. The first nine are raised by JavaScript, by their numbers (web/numbers.js).
    const CHECKS = {
    // The signature does not belong to this token and this key.
    signature_invalid "the signature does not verify" { SignatureInvalid; }
    key_invalid "the key that the token names is weak or broken" { KeyNoKey: "its numbers are no key"; }
    environment_unsupported "this environment lacks what is needed" { NoEngine: "its crypto.subtle is missing or lacks the algorithm"; }
    // The key set cannot be had now.
    jwks_unavailable "the key set cannot be fetched: try again later" { JwksUnavailable; }
    jwks_invalid "the key set is not usable" {
        JwksNotJson: "it is not JSON";
        JwksTooLarge: "it is over 512 KiB";
        JwksContentType: "its content type is not JSON";
    }
    // Used after `dispose()`.
    disposed "this object has been disposed of" { Disposed; }
    jwks_invalid "the key set is not usable" { JwksNoKey: "it holds no usable key"; }

    // Not a JWS in compact form with JSON objects inside (RFC 7515 §7.1).
    token_malformed "the token is malformed" {
        NotAString: "it is not a string";
        NotThreeSegments: "it does not have three segments";
        EmptySegment: "a segment is empty";
        EmptySignature: "the signature is empty";
        NotBase64url: "a segment is not canonical base64url";
        TooDeep: "it nests too deeply";
        HeaderNoObject: "the header is not a JSON object";
        ClaimsNoObject: "the payload is not a JSON object";
        AlgNoString: "the header has no alg that is a string";
        TypNoString: "the header's typ is not a string";
        KidNoString: "the header's kid is not a string";
    }
    // Longer than `maxTokenBytes`.
    token_too_large "the token is longer than maxTokenBytes" { TooLarge; }
    // The header's `alg` is not in the allow-list (RFC 8725 §3.1).
    algorithm_not_allowed "the token's alg is not one of the allowed algorithms" { AlgorithmNotAllowed @ "alg"; }
    // The header has `crit` or `b64`: no extension is understood (RFC 7515 §4.1.11, RFC 7797).
    critical_header_unsupported "the token demands a critical header extension, and none is supported" { CriticalHeader; }
    // No key of the set has the header's `kid`, or none fits a header without one.
    key_not_found "no key of the key set fits the token" { KeyNotFound; }
    // More than one key fits.
    key_ambiguous "more than one key of the key set fits the token: give the keys distinct key IDs" { KeyAmbiguous; }
    // The named key is of another kind or for another use (RFC 7517 §4.2 to §4.4).
    key_unusable "the key that the token names may not be used for it" {
        KeyOfNoAlgorithm: "no supported algorithm has its kty and crv";
        KeyNotForSignatures: "its use is not sig";
        KeyNotForVerifying: "its key_ops do not hold verify";
        KeyAlgUnsupported: "its alg is not supported for its kty";
        KeyOfOtherKind: "its kty or crv is for another algorithm";
        KeyOfOtherAlg: "its alg is not the token's";
    }
    // The named key is weak or broken.
    key_invalid "the key that the token names is weak or broken" {
        KeyNoObject: "it is not an object";
        KeyPrivate: "it has private members, so it is no secret any more: replace it at the issuer";
        KeyNotBase64url: "one of its numbers is not base64url";
        KeyLeadingZero: "one of its numbers begins with a zero octet";
        KeyModulusShort: "its modulus has less than 2048 bits";
        KeyTooLong: "its numbers are over 8192 bits";
        KeyModulusEven: "its modulus is even";
        KeyExponent: "its exponent is even, below 3, or over 33 bits";
        KeyCoordinate: "a coordinate has the wrong length";
        KeyWeakPoint: "its point has a small order or is not canonical";
    }
    // `exp` has passed, or the token is older than `maxTokenAge` (RFC 7519 §4.1.4).
    token_expired "the token has expired: get a new one" {
        Expired @ "exp";
        TooOld @ "iat";
    }
    // `nbf` or `iat` lies in the future (RFC 7519 §4.1.5).
    token_not_yet_valid "the token is not valid yet: check the clocks" {
        BeforeNbf @ "nbf";
        BeforeIat @ "iat";
    }
    // `iss` is not the expected issuer (RFC 7519 §4.1.1).
    issuer_mismatch "the token is from another issuer" { IssuerMismatch @ "iss"; }
    // `aud` does not hold the expected audience (RFC 7519 §4.1.3).
    audience_mismatch "the token is for another audience" { AudienceMismatch @ "aud"; }
    // `typ` is another kind of token (RFC 8725 §3.11).
    type_mismatch "the token is of another type" { TypeMismatch @ "typ"; }
    // A required claim is absent.
    claim_missing "the token lacks a required claim" {
        ExpMissing: "exp" @ "exp";
        IatMissing: "iat" @ "iat";
        IssMissing: "iss" @ "iss";
        AudMissing: "aud" @ "aud";
        RequiredMissing;
    }
    // A claim is of the wrong type.
    claim_invalid "a claim of the token has the wrong type" {
        ExpInvalid: "exp" @ "exp";
        NbfInvalid: "nbf" @ "nbf";
        IatInvalid: "iat" @ "iat";
        IssInvalid: "iss" @ "iss";
        AudInvalid: "aud" @ "aud";
        SubInvalid: "sub" @ "sub";
    }
    // What came is no usable key set.
    jwks_invalid "the key set is not usable" {
        JwksNoSet: "it is not an object with an array of keys";
        JwksKeyNoObject: "one of its keys is not an object";
        JwksTooMany: "it holds more than 100 keys";
    }
    }
    /// What only the client says. JavaScript raises some of them, by code and part of the message (exchange.js).
    const FLOW = {
    // There is no session: the user has to sign in.
    login_required "there is no session: sign in first" { LoginRequired; }
    // The provider or the user refused.
    login_denied "the sign-in was refused by the identity provider" { LoginDenied; }
    // Nothing navigated.
    login_not_started "the page is still here: the service did not start the sign-in, or something blocked the navigation" { LoginNotStarted; }
    // The callback address lacks or doubles a parameter.
    callback_invalid "this is no callback of a sign-in" {
        CallbackOtherOrigin: "its address is of another origin";
        CallbackTwice: "it has a parameter twice";
        CallbackBoth: "it has a code and an error";
        CallbackNoCode: "it has no code";
        CallbackNoState: "it has no state";
        CallbackUsed: "it has been used already";
    }
    // The service refused the callback.
    callback_rejected "the service refused the sign-in: start it again" { CallbackRejected; }
    // Another user is signed in now.
    user_changed "another user has signed in" { UserChanged; }
    // The user signed out meanwhile.
    signed_out "the user has signed out" { SignedOut; }
    // No answer at all.
    network_error "the service cannot be reached: no network, no CORS permission, or a wrong baseUrl" { NetworkError; }
    // No answer in time.
    timeout "the service did not answer in time" { Timeout; }
    // The caller's signal, or a page that was left and came back.
    aborted "the call was aborted" { Aborted; }
    // `429`.
    rate_limited "too many requests: wait for retryAfter seconds" { RateLimited; }
    // `5xx`.
    service_unavailable "the service is not available: try again later" { ServiceUnavailable; }
    // An answer that the contract does not know.
    response_invalid "the service gave an answer that is not in its contract" {
        ReplyStatus: "its status is not expected";
        ReplyTooLong: "it is too long";
        ReplyNoObject: "the token answer is not a JSON object";
        ReplyNotBearer: "token_type is not Bearer";
        ReplyNoToken: "there is no access_token";
        ReplyNotOk: "the callback's answer is not ok";
        ReplyNotOfUser: "it is not about the user";
    }
    environment_unsupported "this environment lacks what is needed" { NoLocation: "no location: give the option baseUrl"; }
    // A fault of ours.
    internal "an internal fault: please report it" { Internal; }
    }
    /// What is said where these texts are not: by the engine in Rust, and by JavaScript before the wasm is loaded.
    const ELSEWHERE = {
    token_malformed "the token is malformed" { Unrepresentable: "it holds a value that cannot be represented"; }
    environment_unsupported "this environment lacks what is needed" { NotInRust: "ES384 and ES512 need WebCrypto"; }
    // The content security policy forbids WebAssembly.
    wasm_blocked "the content security policy blocks WebAssembly: add 'wasm-unsafe-eval' to script-src" { WasmBlocked; }
    // Used before the wasm was loaded.
    not_initialized "the wasm is not loaded yet: await init() or use create()" { NotInitialized; }
    // Only Rust programs have types. At the end, where no other row's number depends on it, and not in the shipped wasm.
    claim_invalid "a claim of the token has the wrong type" {
        #[cfg(feature = "rust-crypto")]
        ClaimsNotOfType: "the claims do not fit the program's own type";
    }
    }
}

/// The codes, in the order of the README's table.
pub(crate) const CODES: [&str; 36] = [
    "token_malformed",
    "token_too_large",
    "algorithm_not_allowed",
    "critical_header_unsupported",
    "key_not_found",
    "key_ambiguous",
    "key_unusable",
    "key_invalid",
    "signature_invalid",
    "token_expired",
    "token_not_yet_valid",
    "issuer_mismatch",
    "audience_mismatch",
    "type_mismatch",
    "claim_missing",
    "claim_invalid",
    "jwks_unavailable",
    "jwks_invalid",
    "login_required",
    "login_denied",
    "login_not_started",
    "callback_invalid",
    "callback_rejected",
    "user_changed",
    "signed_out",
    "network_error",
    "timeout",
    "aborted",
    "rate_limited",
    "service_unavailable",
    "response_invalid",
    "environment_unsupported",
    "wasm_blocked",
    "not_initialized",
    "disposed",
    "internal",
];

impl Fault {
    /// The row's text: code, message and claim.
    fn column(self, number: usize) -> &'static str {
        let own = usize::from(self as u8);
        let row = CHECKS.lines().chain(FLOW.lines()).chain(ELSEWHERE.lines()).nth(own).unwrap_or_default();
        row.split('|').nth(number).unwrap_or_default()
    }

    /// The stable code: the value of `AuthError.code` in JavaScript.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.column(0)
    }

    /// What is wrong and what to do: lower case, without a full stop.
    #[must_use]
    pub fn message(self) -> &'static str {
        self.column(1)
    }

    /// The claim or header parameter that was looked at; empty if it was none in particular.
    #[must_use]
    pub fn claim(self) -> &'static str {
        self.column(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_codes_of_the_list() {
        let mut found: Vec<&str> = Fault::ALL.iter().map(|fault| fault.code()).collect();
        let mut listed = CODES.to_vec();
        found.sort_unstable();
        found.dedup();
        listed.sort_unstable();
        assert_eq!(found, listed);
        assert_eq!(Fault::Internal.code(), "internal");
        assert_eq!((Fault::Expired.code(), Fault::Expired.claim()), ("token_expired", "exp"));
    }

    #[test]
    fn messages_are_lower_case_sentences_without_a_full_stop() {
        for fault in Fault::ALL {
            assert!(fault.message().starts_with(char::is_lowercase), "{}", fault.message());
            assert!(!fault.message().ends_with('.'), "{}", fault.message());
        }
    }
}
