//! The whole order of checks, on one screen.

use super::{claims, compact, header, Algorithm, ClaimsFacts, Header, HeaderFacts, Moment, Rules};
use crate::error::{Fault, Verdict};
use crate::jwks::KeySet;

/// What verification needs from its surroundings: a JSON parser and a signature engine. On the web they are the
/// browser's own, natively they are serde_json and jwt-compact.
pub trait Host {
    /// What beginning a signature check gives: a promise on the web, the answer itself natively.
    type Begun;

    /// Parses the header; `None` unless it is one JSON object in UTF-8 with nothing after it.
    fn header(&mut self, json: &[u8]) -> Option<HeaderFacts>;

    /// Parses the claims and compares them with what is expected; `None` as above.
    fn claims(&mut self, json: &[u8]) -> Option<ClaimsFacts>;

    /// Whether the key at `index` of the set has the `kid` that the header names.
    fn is_named(&mut self, index: usize) -> bool;

    /// Checks the signature (RFC 7515 §5.2 step 8) with the key at `index`, or begins to.
    ///
    /// # Errors
    /// `signature_invalid`, `key_invalid` or `environment_unsupported` where the answer is known at once.
    fn signature(&mut self, index: usize, algorithm: Algorithm, input: &[u8], signature: &[u8])
        -> Verdict<Self::Begun>;
}

/// What is known of a token whose signature check has begun.
#[derive(Debug)]
pub struct Checked<B> {
    /// The signature check, or its answer.
    pub begun: B,
    /// The claims as they were checked.
    pub facts: ClaimsFacts,
}

/// What [`verify`] needs for the octets of a token of at most so many characters: each segment takes a multiple of 3.
#[must_use]
pub const fn room_for(max_bytes: usize) -> usize {
    compact::room_for(max_bytes) + 2 * 3
}

/// Verifies a token: size, shape, header, the claims that need no key, key, signature. A token that is hopeless costs
/// no request and no signature check. The `room` is for the octets of the token's segments, see [`room_for`]; the
/// `memo` outlives the token.
///
/// # Errors
/// One row of the [table](Fault) for each check. `key_not_found` may mean that the key set has to be fetched (if there are no
/// `keys` yet) or to be fetched anew.
pub fn verify<H: Host>(
    host: &mut H,
    memo: &mut Memo,
    mut room: &mut [u8],
    token: &[u8],
    rules: &Rules,
    keys: Option<&KeySet>,
    moment: Moment,
) -> Verdict<Checked<H::Begun>> {
    if token.len() > rules.max_bytes {
        return Err(Fault::TooLarge);
    }
    let segments = compact::split(token)?;
    // Shape comes before meaning: all three segments, whatever the header says.
    let payload = compact::decode(segments.payload, &mut room)?;
    let signature = compact::decode(segments.signature, &mut room)?;

    let header = memo.header(host, segments.header, room, rules)?;
    // RFC 7515 §5.2, RFC 8725 §3.2: an unsecured token is none of ours, whatever its header says.
    if signature.is_empty() {
        return Err(Fault::EmptySignature);
    }

    let facts = parse(payload, |json| host.claims(json), Fault::ClaimsNoObject)?;
    claims::check(&facts, rules, moment)?;

    let key =
        keys.ok_or(Fault::KeyNotFound)?.select(header.algorithm, header.names_key, |index| host.is_named(index))?;
    if !header.algorithm.admits_signature(signature) {
        return Err(Fault::SignatureInvalid);
    }
    let begun = host.signature(key, header.algorithm, segments.signing_input, signature)?;
    memo.passed = Some(header);
    Ok(Checked { begun, facts })
}

/// The last header that passed. Tokens of one issuer share their header: a segment equal to that one needs no parsing
/// again. Belongs to one set of rules, under which it passed.
#[derive(Debug)]
pub struct Memo {
    passed: Option<Header>,
    /// Its segment, from the front; longer ones are not remembered.
    segment: [u8; Self::LONGEST],
    length: usize,
}

impl Memo {
    const LONGEST: usize = 256;

    /// Takes the header from memory, or parses and checks it. Whatever is parsed empties the memory until its token
    /// passes: so the header that the host has parsed last is always the one that is remembered.
    fn header<H: Host>(&mut self, host: &mut H, segment: &[u8], mut room: &mut [u8], rules: &Rules) -> Verdict<Header> {
        if let Some(header) = self.passed.filter(|_| self.segment.get(..self.length) == Some(segment)) {
            return Ok(header);
        }
        self.passed = None;
        self.length = 0;
        if let Some(own) = self.segment.get_mut(..segment.len()) {
            own.iter_mut().zip(segment).for_each(|(to, from)| *to = *from);
            self.length = segment.len();
        }
        let json = compact::decode(segment, &mut room)?;
        let facts = parse(json, |json| host.header(json), Fault::HeaderNoObject)?;
        header::check(facts, rules)
    }
}

impl Default for Memo {
    fn default() -> Self {
        Self { passed: None, segment: [0; Self::LONGEST], length: 0 }
    }
}

fn parse<T>(json: &[u8], read: impl FnOnce(&[u8]) -> Option<T>, otherwise: Fault) -> Verdict<T> {
    if !compact::is_shallow(json) {
        return Err(Fault::TooDeep);
    }
    read(json).ok_or(otherwise)
}
