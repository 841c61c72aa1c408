//! The verifier as a Rust library.

use super::explain::{about_key, explain};
use super::json::{self, Jwk, Members};
use super::{signature, Policy};
use crate::error::{self, Error, Fault, Fields, Untrusted, Verdict};
use crate::jwks::KeySet;
use crate::jwt::verify::{room_for, verify, Host, Memo};
use crate::jwt::{compact, limit, Algorithm, ClaimsFacts, HeaderFacts, Moment, Rules};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Verifies JSON Web Tokens (RFC 7519) against one policy and one key set (RFC 7517), without a browser.
///
/// The order of checks and their answers are those of the JavaScript `JwtVerifier`; only ES384 and ES512 are missing
/// (`environment_unsupported`).
///
/// ```
/// use bixarena_auth_client::engine::{Policy, Verifier};
/// use bixarena_auth_client::jwt::Algorithm;
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
    rules: Rules,
    keys: KeySet,
    host: Native,
    memo: Memo,
    room: Vec<u8>,
}

/// A token that passed every check.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The protected header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

impl Verified {
    /// The claims as the program's own type.
    ///
    /// ```
    /// # use bixarena_auth_client::engine::Verified;
    /// #[derive(serde::Deserialize)]
    /// struct Claims {
    ///     sub: String,
    ///     #[serde(default)]
    ///     roles: Vec<String>,
    /// }
    ///
    /// # fn example(verified: &Verified) -> Result<(), bixarena_auth_client::Error> {
    /// let Claims { sub, roles } = verified.claims_as()?;
    /// # Ok(())
    /// # }
    /// # let claims = [("sub".into(), "a".into())].into_iter().collect();
    /// # example(&Verified { header: Default::default(), claims })?;
    /// # let claims = [("sub".into(), 7.into())].into_iter().collect();
    /// # assert_eq!(example(&Verified { header: Default::default(), claims }).unwrap_err().code(), "claim_invalid");
    /// # Ok::<(), bixarena_auth_client::Error>(())
    /// ```
    ///
    /// # Errors
    /// `claim_invalid` if they do not fit; `received` says where, in the words of serde.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_value(Value::Object(self.claims.clone())).map_err(|error| {
            let received = Some(error::Value::Untrusted(Untrusted::new(&error.to_string())));
            Error::with(Fault::ClaimsNotOfType, Fields { received, ..Fields::default() })
        })
    }
}

impl Verifier {
    /// Makes a verifier for the keys of a JWK Set, given as JSON.
    ///
    /// # Errors
    /// `environment_unsupported` if the policy allows ES384 or ES512; `jwks_invalid` if that is no JWK Set, or none of
    /// its keys is usable.
    pub fn new(policy: Policy, jwks: &str) -> Result<Self, Error> {
        let mut verifier = Self::without_keys(policy)?;
        let keys = Keys::read(jwks, false)?;
        if !keys.set.is_usable() {
            return Err(Error::new(Fault::JwksNoKey));
        }
        verifier.use_keys(keys);
        Ok(verifier)
    }

    /// For keys that come later.
    pub(crate) fn without_keys(policy: Policy) -> Result<Self, Error> {
        if Algorithm::all().any(|algorithm| policy.algorithms.contains(algorithm) && !signature::supports(algorithm)) {
            return Err(Error::new(Fault::NotInRust));
        }
        let (rules, room) = (policy.rules(), vec![0; room_for(policy.max_bytes)]);
        let host = Native { policy, jwks: Vec::new(), header: String::new(), claims: String::new() };
        Ok(Self { rules, keys: KeySet::EMPTY, host, memo: Memo::default(), room })
    }

    /// Exchanges the keys.
    pub(crate) fn use_keys(&mut self, Keys { jwks, set }: Keys) {
        self.host.jwks = jwks;
        self.keys = set;
    }

    /// Why keys of the set are never used: `key_invalid` or `key_unusable`, one for each such key.
    pub fn flaws(&self) -> impl Iterator<Item = Error> + '_ {
        let kid = |index| self.host.jwk(index)?.kid.as_deref();
        self.keys.flaws().map(move |(index, fault)| about_key(fault, kid(index)))
    }

    /// Verifies a token at `now`, in seconds since the epoch (RFC 7519 §7.2).
    ///
    /// # Errors
    /// One error for each check, see [`Fault`]. `token_malformed` also stands for a header or claims that Rust cannot
    /// hold, as `JSON.parse` can: an unpaired surrogate, a number beyond the range of a double.
    pub fn verify(&mut self, token: &str, now: f64) -> Result<Verified, Error> {
        self.look(token, now, true)
    }

    /// The same, where the keys at hand may be none or too old: then `key_not_found` says that only keys are missing.
    pub(crate) fn look(&mut self, token: &str, now: f64, has_keys: bool) -> Result<Verified, Error> {
        let Self { rules, keys, host, memo, room } = self;
        let moment = Moment::Now(now);
        verify(host, memo, room, token.as_bytes(), rules, has_keys.then_some(keys), moment)
            .map_err(|fault| explain(fault, limit(fault, rules, moment), &host.policy, &host.header, &host.claims))?;
        Ok(Verified { header: map(&host.header)?, claims: map(&host.claims)? })
    }
}

/// A key set that was read and can be put into use.
#[derive(Debug)]
pub(crate) struct Keys {
    jwks: Vec<Option<Jwk>>,
    set: KeySet,
}

impl Keys {
    /// Reads a JWK Set; `is_lenient` as [`KeySet::read`] has it.
    pub(crate) fn read(json: &str, is_lenient: bool) -> Verdict<Self> {
        let jwks = json::jwks(json)?;
        let mut set = KeySet::EMPTY;
        set.read(&mut jwks.as_slice(), is_lenient)?;
        Ok(Self { jwks, set })
    }
}

fn map(json: &str) -> Result<Map<String, Value>, Error> {
    serde_json::from_str(json).map_err(|_| Error::new(Fault::Unrepresentable))
}

/// `serde_json` and `jwt-compact` as the host of the checks.
#[derive(Debug)]
struct Native {
    policy: Policy,
    jwks: Vec<Option<Jwk>>,
    /// The JSON of the header parsed last.
    header: String,
    /// The JSON of the claims parsed last.
    claims: String,
}

impl Native {
    fn jwk(&self, index: usize) -> Option<&Jwk> {
        self.jwks.get(index)?.as_ref()
    }
}

impl Host for Native {
    type Begun = ();

    fn header(&mut self, json: &[u8]) -> Option<HeaderFacts> {
        self.header = core::str::from_utf8(json).ok()?.into();
        Some(Members::read(&self.header)?.header(&self.policy))
    }

    fn claims(&mut self, json: &[u8]) -> Option<ClaimsFacts> {
        self.claims = core::str::from_utf8(json).ok()?.into();
        Some(Members::read(&self.claims)?.claims(&self.policy))
    }

    fn is_named(&mut self, index: usize) -> bool {
        let named = Members::read(&self.header).and_then(|header| header.text("kid"));
        self.jwk(index).is_some_and(|jwk| jwk.kid == named)
    }

    fn signature(&mut self, index: usize, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> Verdict {
        let Some([first, second]) = self.jwk(index).map(|jwk| &jwk.numbers) else { return Err(Fault::Internal) };
        let mut room = vec![0; compact::room_for(first.len()) + compact::room_for(second.len())];
        let mut room = room.as_mut_slice();
        let first = compact::decode(first.as_bytes(), &mut room)?;
        let second = compact::decode(second.as_bytes(), &mut room)?;
        match signature::verify(algorithm, [first, second], input, signature)? {
            true => Ok(()),
            false => Err(Fault::SignatureInvalid),
        }
    }
}
