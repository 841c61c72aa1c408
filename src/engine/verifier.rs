//! The verifier as a Rust library.

use super::{json, signature};
use crate::error::{Error, Untrusted};
use crate::jwks::{Key, KeySet};
use crate::jwt::verify::{verify, Host, Scratch};
use crate::jwt::{Algorithm, ClaimsFacts, HeaderFacts, Member, Moment, Policy};
use alloc::string::String;
use serde_json::{Map, Value};

/// Verifies JSON Web Tokens (RFC 7519) against one policy and one key set (RFC 7517), without a browser.
///
/// The order of checks and their answers are those of the JavaScript `JwtVerifier`; only ES384 and ES512 are missing
/// ([`Error::EnvironmentUnsupported`]).
///
/// ```
/// use bixarena_auth_client::engine::Verifier;
/// use bixarena_auth_client::jwt::{Algorithm, Policy};
///
/// // The token and the key of RFC 8037, appendix A.4; its payload is no JSON, so it is no JWT.
/// let jwks = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
/// let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCj\
///              P0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
///
/// let policy = Policy {
///     algorithms: [Algorithm::EdDsa].into_iter().collect(),
///     issuers: Some(vec!["urn:bixarena:auth".into()]),
///     audiences: Some(vec!["urn:bixarena:auth".into()]),
///     ..Policy::default()
/// };
/// let mut verifier = Verifier::new(policy, jwks)?;
/// let error = verifier.verify(token, 1_768_478_400.0).unwrap_err();
/// assert_eq!(error.code(), "token_malformed");
/// # Ok::<(), bixarena_auth_client::Error>(())
/// ```
#[derive(Debug)]
pub struct Verifier {
    policy: Policy,
    keys: KeySet,
    host: Native,
    scratch: Scratch,
}

/// A token that passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The protected header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

impl Verifier {
    /// Makes a verifier for the keys of a JWK Set, given as JSON. Mind that [`Policy::default`] leaves issuer and
    /// audience unchecked.
    ///
    /// # Errors
    /// [`Error::EnvironmentUnsupported`] if the policy allows ES384 or ES512; [`Error::JwksInvalid`] if that is no JWK
    /// Set, or none of its keys is usable.
    pub fn new(policy: Policy, jwks: &str) -> Result<Self, Error> {
        if Algorithm::all().any(|algorithm| policy.algorithms.contains(algorithm) && !signature::supports(algorithm)) {
            return Err(signature::UNSUPPORTED);
        }
        let keys = KeySet::sole(&json::jwks(jwks)?)?;
        Ok(Self { policy, keys, host: Native::default(), scratch: Scratch::default() })
    }

    /// Why keys of the set are never used.
    pub fn flaws(&self) -> impl Iterator<Item = Error> + '_ {
        self.keys.flaws()
    }

    /// Verifies a token at `now`, in seconds since the epoch (RFC 7519 §7.2).
    ///
    /// # Errors
    /// One error for each check, see [`Error`]. [`Error::TokenMalformed`] also stands for a header or claims that Rust
    /// cannot hold, as `JSON.parse` can: an unpaired surrogate, a number beyond the range of a double.
    pub fn verify(&mut self, token: &str, now: f64) -> Result<Verified, Error> {
        let Self { policy, keys, host, scratch } = self;
        verify(host, scratch, token.as_bytes(), policy, keys, Moment::Now(now))?;
        Ok(Verified { header: map(&host.header)?, claims: map(&host.claims)? })
    }
}

fn map(json: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(json).map_err(|_| Error::TokenMalformed("it holds a value that cannot be represented"))
}

/// `serde_json` and `jwt-compact` as the host of the checks.
#[derive(Debug, Default)]
struct Native {
    /// The JSON of the header parsed last.
    header: String,
    /// The `kid` in it.
    kid: Option<String>,
    /// The JSON of the claims parsed last.
    claims: String,
}

impl Host for Native {
    type Begun = ();

    fn header(&mut self, json: &[u8]) -> Option<HeaderFacts> {
        self.header = core::str::from_utf8(json).ok()?.into();
        let facts = json::header(&self.header)?;
        self.kid = match &facts.kid {
            Member::Is(kid) => Some(kid.clone()),
            Member::Absent | Member::OtherType => None,
        };
        Some(facts)
    }

    fn claims(&mut self, json: &[u8], policy: &Policy) -> Option<ClaimsFacts> {
        self.claims = core::str::from_utf8(json).ok()?.into();
        json::claims(&self.claims, policy)
    }

    fn claim_text(&self, name: &str) -> String {
        json::claim_text(&self.claims, name)
    }

    fn signature(&mut self, key: &Key, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Result<(), Error> {
        match signature::verify(key, algorithm, input, signature)? {
            true => Ok(()),
            false => Err(Error::SignatureInvalid(self.kid.as_deref().map(Untrusted::new))),
        }
    }
}
