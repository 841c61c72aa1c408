//! The table of everything that can go wrong: codes and messages, and nothing that came from outside.

/// A row of the table. There is one for each way to fail; several may share a code.
///
/// Rows are `static` and handed around by reference: a check that fails costs a pointer, and a build holds the texts of
/// those rows only that it can raise.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The stable code: the value of `AuthError.code` in JavaScript.
    pub code: &'static str,
    /// What is wrong and what to do: lower case, without a full stop.
    pub message: &'static str,
    /// The claim or header parameter that was looked at; empty if it was none in particular.
    pub claim: &'static str,
}

/// What a check answers: it passes, or a row of the table says why not.
pub type Verdict<T = ()> = Result<T, &'static Fault>;

macro_rules! faults {
    ($( $code:ident $message:literal { $( $name:ident $(: $detail:literal)? $(@ $claim:literal)? ; )+ } )*) => {
        $( $( #[doc = concat!("`", stringify!($code), "`: ", $message $(, ": ", $detail)?, ".")] pub static $name: Fault = Fault {
            code: stringify!($code),
            message: concat!($message $(, ": ", $detail)?),
            claim: concat!($($claim)?),
        }; )+ )*

        /// Every code, in the order of the README's table.
        pub const CODES: &[&str] = &[ $( stringify!($code) ),* ];

        /// Every row, in the order of the codes.
        pub static ALL: &[&Fault] = &[ $( $( &$name ),+ ),* ];
    };
}

faults! {
    // Not a JWS in compact form with JSON objects inside (RFC 7515 §7.1).
    token_malformed "the token is malformed" {
        NOT_A_STRING: "it is not a string";
        NOT_THREE_SEGMENTS: "it does not have three segments";
        EMPTY_SEGMENT: "a segment is empty";
        EMPTY_SIGNATURE: "the signature is empty";
        NOT_BASE64URL: "a segment is not canonical base64url";
        TOO_DEEP: "it nests too deeply";
        HEADER_NO_OBJECT: "the header is not a JSON object";
        CLAIMS_NO_OBJECT: "the payload is not a JSON object";
        ALG_NO_STRING: "the header has no alg that is a string";
        TYP_NO_STRING: "the header's typ is not a string";
        KID_NO_STRING: "the header's kid is not a string";
        UNREPRESENTABLE: "it holds a value that cannot be represented";
    }
    // Longer than `maxTokenBytes`.
    token_too_large "the token is longer than maxTokenBytes" { TOO_LARGE; }
    // The header's `alg` is not in the allow-list (RFC 8725 §3.1).
    algorithm_not_allowed "the token's alg is not one of the allowed algorithms" { ALGORITHM_NOT_ALLOWED @ "alg"; }
    // The header has `crit` or `b64`: no extension is understood (RFC 7515 §4.1.11, RFC 7797).
    critical_header_unsupported "the token demands a critical header extension, and none is supported" { CRITICAL_HEADER; }
    // No key of the set has the header's `kid`, or none fits a header without one.
    key_not_found "no key of the key set fits the token" { KEY_NOT_FOUND; }
    // More than one key fits.
    key_ambiguous "more than one key of the key set fits the token: give the keys distinct key IDs" { KEY_AMBIGUOUS; }
    // The named key is of another kind or for another use (RFC 7517 §4.2 to §4.4).
    key_unusable "the key that the token names may not be used for it" {
        KEY_OF_NO_ALGORITHM: "no supported algorithm has its kty and crv";
        KEY_NOT_FOR_SIGNATURES: "its use is not sig";
        KEY_NOT_FOR_VERIFYING: "its key_ops do not hold verify";
        KEY_ALG_UNSUPPORTED: "its alg is not supported for its kty";
        KEY_OF_OTHER_KIND: "its kty or crv is for another algorithm";
        KEY_OF_OTHER_ALG: "its alg is not the token's";
    }
    // The named key is weak or broken.
    key_invalid "the key that the token names is weak or broken" {
        KEY_PRIVATE: "it has private members, so it is no secret any more: replace it at the issuer";
        KEY_NOT_BASE64URL: "one of its numbers is not base64url";
        KEY_LEADING_ZERO: "one of its numbers begins with a zero octet";
        KEY_MODULUS_SHORT: "its modulus has less than 2048 bits";
        KEY_TOO_LONG: "its numbers are over 8192 bits";
        KEY_MODULUS_EVEN: "its modulus is even";
        KEY_EXPONENT: "its exponent is even, below 3, or over 33 bits";
        KEY_COORDINATE: "a coordinate has the wrong length";
        KEY_WEAK_POINT: "its point has a small order or is not canonical";
        KEY_NO_KEY: "its numbers are no key";
    }
    // The signature does not belong to this token and this key.
    signature_invalid "the signature does not verify" { SIGNATURE_INVALID; }
    // `exp` has passed, or the token is older than `maxTokenAge` (RFC 7519 §4.1.4).
    token_expired "the token has expired: get a new one" {
        EXPIRED @ "exp";
        TOO_OLD @ "iat";
    }
    // `nbf` or `iat` lies in the future (RFC 7519 §4.1.5).
    token_not_yet_valid "the token is not valid yet: check the clocks" {
        BEFORE_NBF @ "nbf";
        BEFORE_IAT @ "iat";
    }
    // `iss` is not the expected issuer (RFC 7519 §4.1.1).
    issuer_mismatch "the token is from another issuer" { ISSUER_MISMATCH @ "iss"; }
    // `aud` does not hold the expected audience (RFC 7519 §4.1.3).
    audience_mismatch "the token is for another audience" { AUDIENCE_MISMATCH @ "aud"; }
    // `typ` is another kind of token (RFC 8725 §3.11).
    type_mismatch "the token is of another type" { TYPE_MISMATCH @ "typ"; }
    // A required claim is absent.
    claim_missing "the token lacks a required claim" {
        EXP_MISSING: "exp" @ "exp";
        IAT_MISSING: "iat" @ "iat";
        ISS_MISSING: "iss" @ "iss";
        AUD_MISSING: "aud" @ "aud";
        REQUIRED_MISSING;
    }
    // A claim is of the wrong type.
    claim_invalid "a claim of the token has the wrong type" {
        EXP_INVALID: "exp" @ "exp";
        NBF_INVALID: "nbf" @ "nbf";
        IAT_INVALID: "iat" @ "iat";
        ISS_INVALID: "iss" @ "iss";
        AUD_INVALID: "aud" @ "aud";
        SUB_INVALID: "sub" @ "sub";
    }

    // The key set cannot be had now.
    jwks_unavailable "the key set cannot be fetched: try again later" { JWKS_UNAVAILABLE; }
    // What came is no usable key set.
    jwks_invalid "the key set is not usable" {
        JWKS_NO_SET: "it is not an object with an array of keys";
        JWKS_KEY_NO_OBJECT: "one of its keys is not an object";
        JWKS_TOO_MANY: "it holds more than 100 keys";
        JWKS_NO_KEY: "it holds no usable key";
        JWKS_NOT_JSON: "it is not JSON";
        JWKS_TOO_LARGE: "it is over 512 KiB";
        JWKS_CONTENT_TYPE: "its content type is not JSON";
    }

    // There is no session: the user has to sign in.
    login_required "there is no session: sign in first" { LOGIN_REQUIRED; }
    // The provider or the user refused.
    login_denied "the sign-in was refused by the identity provider" { LOGIN_DENIED; }
    // Nothing navigated.
    login_not_started "the page is still here: the service did not start the sign-in, or something blocked the navigation" { LOGIN_NOT_STARTED; }
    // The callback address lacks or doubles a parameter.
    callback_invalid "this is no callback of a sign-in" {
        CALLBACK_OTHER_ORIGIN: "its address is of another origin";
        CALLBACK_TWICE: "it has a parameter twice";
        CALLBACK_BOTH: "it has a code and an error";
        CALLBACK_NO_CODE: "it has no code";
        CALLBACK_NO_STATE: "it has no state";
        CALLBACK_USED: "it has been used already";
    }
    // The service refused the callback.
    callback_rejected "the service refused the sign-in: start it again" { CALLBACK_REJECTED; }
    // Another user is signed in now.
    user_changed "another user has signed in" { USER_CHANGED; }
    // The user signed out meanwhile.
    signed_out "the user has signed out" { SIGNED_OUT; }

    // No answer at all.
    network_error "the service cannot be reached: no network, no CORS permission, or a wrong baseUrl" { NETWORK_ERROR; }
    // No answer in time.
    timeout "the service did not answer in time" { TIMEOUT; }
    // The caller's signal.
    aborted "the call was aborted" { ABORTED; }
    // `429`.
    rate_limited "too many requests: wait for retryAfter seconds" { RATE_LIMITED; }
    // `5xx`.
    service_unavailable "the service is not available: try again later" { SERVICE_UNAVAILABLE; }
    // An answer that the contract does not know.
    response_invalid "the service gave an answer that is not in its contract" {
        REPLY_NO_OBJECT: "the token answer is not a JSON object";
        REPLY_NOT_BEARER: "token_type is not Bearer";
        REPLY_NO_TOKEN: "there is no access_token";
        REPLY_NOT_OK: "the callback's answer is not ok";
        REPLY_TOO_LONG: "it is too long";
        REPLY_STATUS: "its status is not expected";
    }

    // The host lacks something.
    environment_unsupported "this environment lacks what is needed" {
        NO_ENGINE: "its crypto.subtle is missing or lacks the algorithm";
        NOT_IN_RUST: "ES384 and ES512 need WebCrypto";
        NO_ABORT: "AbortController";
        NO_FETCH: "fetch";
        NO_LOCATION: "no location: give the option baseUrl";
    }
    // The content security policy forbids WebAssembly.
    wasm_blocked "the content security policy blocks WebAssembly: add 'wasm-unsafe-eval' to script-src" { WASM_BLOCKED; }
    // Used before the wasm was loaded.
    not_initialized "the wasm is not loaded yet: await init() or use create()" { NOT_INITIALIZED; }
    // Used after `dispose()`.
    disposed "this object has been disposed of" { DISPOSED; }
    // A fault of ours.
    internal "an internal fault: please report it" { INTERNAL; }
}
