//! The whole order of checks, on one screen.

use super::{claims, compact, header, Algorithm, ClaimsFacts, Header, HeaderFacts, Moment, Policy};
use crate::error::{Error, Untrusted};
use crate::jwks::{Key, KeySet};
use alloc::string::String;
use alloc::vec::Vec;

/// What verification needs from its surroundings: a JSON parser and a signature engine. On the web they are the
/// browser's own, natively they are serde_json and jwt-compact.
pub trait Host {
    /// What beginning a signature check gives: a promise on the web, the answer itself natively.
    type Begun;

    /// Parses the header; `None` unless it is one JSON object in UTF-8 with nothing after it.
    fn header(&mut self, json: &[u8]) -> Option<HeaderFacts>;

    /// Parses the claims and compares them with the policy; `None` as above.
    fn claims(&mut self, json: &[u8], policy: &Policy) -> Option<ClaimsFacts>;

    /// The text of a claim that was parsed last, for an error: of a string its value, of anything else its JSON.
    fn claim_text(&self, name: &str) -> String;

    /// Checks the signature (RFC 7515 §5.2 step 8), or begins to.
    ///
    /// # Errors
    /// [`Error::SignatureInvalid`], [`Error::KeyInvalid`] or [`Error::EnvironmentUnsupported`] where the answer is
    /// known at once.
    fn signature(
        &mut self,
        key: &Key,
        algorithm: Algorithm,
        input: &[u8],
        signature: &[u8],
    ) -> Result<Self::Begun, Error>;
}

/// Memory that outlives one token: buffers, and the last header that passed.
///
/// Tokens of one issuer share their header: a segment equal to the last accepted one needs no parsing again. Belongs to
/// one policy, under which that header passed.
#[derive(Debug, Default)]
pub struct Scratch {
    header_segment: Vec<u8>,
    header: Option<Header>,
    header_json: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// What is known of a token whose signature check has begun.
#[derive(Debug)]
pub struct Checked<B> {
    /// The signature check, or its answer.
    pub begun: B,
    /// The claims as they were checked.
    pub facts: ClaimsFacts,
}

/// Verifies a token: size, shape, header, the claims that need no key, key, signature. A token that is hopeless costs
/// no request and no signature check.
///
/// # Errors
/// One error for each check, see [`Error`]. [`Error::KeyNotFound`] may mean that the key set has to be fetched anew.
pub fn verify<H: Host>(
    host: &mut H,
    scratch: &mut Scratch,
    token: &[u8],
    policy: &Policy,
    keys: &KeySet,
    moment: Moment,
) -> Result<Checked<H::Begun>, Error> {
    if token.len() > policy.max_bytes {
        return Err(Error::TokenTooLarge(policy.max_bytes as f64));
    }
    let segments = compact::split(token)?;
    // Shape comes before meaning: all three segments, whatever the header says.
    compact::decode(segments.payload, &mut scratch.payload)?;
    compact::decode(segments.signature, &mut scratch.signature)?;

    let header = scratch.read_header(host, segments.header, policy)?;
    // RFC 7515 §5.2, RFC 8725 §3.2: an unsecured token is none of ours, whatever its header says.
    if segments.signature.is_empty() {
        return Err(Error::TokenMalformed("the signature is empty"));
    }

    let facts = parse(&scratch.payload, |json| host.claims(json, policy), "the payload is not a JSON object")?;
    claims::check(&facts, policy, moment, &|name| host.claim_text(name))?;

    let key = keys.select(header.algorithm, header.kid.as_deref())?;
    if !header.algorithm.admits_signature(&scratch.signature) {
        return Err(Error::SignatureInvalid(header.kid.as_deref().map(Untrusted::new)));
    }
    let begun = host.signature(key, header.algorithm, segments.signing_input, &scratch.signature)?;
    scratch.header = Some(header);
    Ok(Checked { begun, facts })
}

impl Scratch {
    /// Takes the header from memory, or parses and checks it. What is taken comes back only with a token that passed.
    /// The host's last parsed header is then the right one too, since parsing another one clears this memory.
    fn read_header<H: Host>(&mut self, host: &mut H, segment: &[u8], policy: &Policy) -> Result<Header, Error> {
        if let Some(header) = self.header.as_ref().filter(|_| self.header_segment == segment) {
            return Ok(header.clone());
        }
        self.header = None;
        compact::decode(segment, &mut self.header_json)?;
        let facts = parse(&self.header_json, |json| host.header(json), "the header is not a JSON object")?;
        self.header_segment.clear();
        self.header_segment.extend_from_slice(segment);
        header::check(facts, policy)
    }
}

fn parse<T>(json: &[u8], read: impl FnOnce(&[u8]) -> Option<T>, otherwise: &'static str) -> Result<T, Error> {
    if !compact::is_shallow(json) {
        return Err(Error::TokenMalformed("it nests too deeply"));
    }
    read(json).ok_or(Error::TokenMalformed(otherwise))
}
