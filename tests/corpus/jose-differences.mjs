// @ts-check
// Where jose answers otherwise than the corpus, and why: the whole list, which jose-differences.test.mjs holds to the
// letter. Each row is a reason and the cases it explains.

/** Tokens that the corpus accepts and jose refuses. @type {Record<string, string[]>} */
const REFUSED_BY_JOSE = {
  'jose checks `typ` or not at all: it cannot accept an absent one (RFC 7519 §5.1) and refuse another': [
    'valid: RFC 7515 A.2',
    'valid: RFC 7515 A.3',
    'valid: without a type',
    'key-choice: kid with an escaped letter',
    'identity: typ absent',
    'identity: typ jwt expected, absent',
  ],
  'jose imports a key for all of its key_ops at once; that `verify` is among them is enough (RFC 7517 §4.3)': [
    'valid: RSA key with two key_ops',
    'valid: RSA for PSS key with two key_ops',
    'valid: EC key with two key_ops',
    'valid: OKP key with two key_ops',
  ],
  'jose counts a key that is too weak to be used as a second candidate': ['key-choice: no kid, one fitting key'],
};

/** Tokens that the corpus refuses and jose accepts. @type {Record<string, string[]>} */
const ACCEPTED_BY_JOSE = {
  'jose does not judge the allow-list itself': [
    'algorithm: allow-list ["RS256","none"]',
    'algorithm: allow-list ["RS256","HS256"]',
  ],
  'jose sets no upper limit to the modulus': ['keys: RSA of 8200 bits'],
  'jose hands JWK numbers to the host, and Node takes any base64 and any length (RFC 7518 §2, §6.3.1)': [
    'keys: n with a leading zero octet',
    'keys: n with non-zero trailing bits',
    'keys: n with a line break',
    'keys: e with a leading zero octet',
    'keys: e padded',
  ],
  'jose knows a private key by `d` alone': ['keys: a prime factor'],
  'jose does not look for Ed25519 points of small order, nor for encodings that are not canonical': [
    'keys: Ed25519 identity',
    'keys: Ed25519 identity with the sign bit',
    'keys: Ed25519 identity, not reduced',
    'keys: Ed25519 identity, not reduced, with the sign bit',
    'keys: Ed25519 order 2 with the sign bit',
    'keys: Ed25519 order 4',
    'keys: Ed25519 order 4, not reduced',
    'signature: EdDSA with R of small order',
  ],
  'jose skips white space and padding in base64url': [
    'shape: signature padded with =',
    'shape: signature with a space inside',
    'shape: signature with a line feed behind',
    'shape: signature with a tab in front',
  ],
  'jose accepts non-zero bits behind the last octet (RFC 4648 §3.5)': [
    'shape: header with two spare bits',
    'shape: header with four spare bits',
    'shape: payload with two spare bits',
    'shape: payload with four spare bits',
    'shape: signature with four spare bits',
  ],
  'jose drops a byte order mark': ['shape: header with a byte order mark', 'shape: payload with a byte order mark'],
  'jose has no limit to nesting': [
    'shape: payload 33 deep',
    'shape: payload 33 deep, objects',
    'shape: payload 10 000 deep',
    'shape: header 33 deep',
    'shape: header 33 deep, objects',
    'shape: header 10 000 deep',
    'shape: depth after escaped quotation marks',
  ],
  'jose has no limit to size': [
    'shape: longer than the default limit, otherwise good',
    'shape: one longer than a limit',
  ],
  'jose understands b64, and ignores it where crit does not name it': [
    'crit: b64 true',
    'crit: b64 true without crit',
    'crit: b64 false without crit',
    'crit: b64 null without crit',
  ],
  'jose looks at whole seconds only': ['time: exp equals now with a fraction'],
  'jose looks at iat only where maxTokenAge is given': [
    'time: iat 2^31',
    'time: iat 2^32 + 10',
    'time: iat 2^53',
    'time: iat 2^63',
    'time: iat 2^64',
    'time: iat 1e19',
    'time: iat 1e300',
    'time: iat 1e308',
    'time: iat one second ahead, no tolerance',
    'time: iat 5.5 seconds ahead, default tolerance',
    'time: iat 6 seconds ahead, default tolerance',
    'time: iat an hour ahead',
    'time: iat in milliseconds',
  ],
  'jose takes numbers that overflow to infinity': [
    'time: exp is 1e400',
    'time: nbf is -1e400',
    'time: iat is 1e400',
    'time: iat is -1e400',
  ],
  'jose accepts a list with a fitting audience whatever else is in it': [
    'identity: aud is ["urn:bixarena:auth",1]',
    'identity: aud is [null,"urn:bixarena:auth"]',
  ],
  'jose looks at sub only where a subject is expected': [
    'duplicates: sub good, then a number',
    ...['null', '7', 'true', '["x"]', '{"sub":"x"}'].flatMap((sub) => [
      `identity: sub is ${sub}`,
      `identity: sub is ${sub}, required`,
    ]),
  ],
};

/**
 * @param {Record<string, string[]>} table
 * @returns {Map<string, string>} reason by case
 */
function byCase(table) {
  return new Map(Object.entries(table).flatMap(([reason, names]) => names.map((name) => [name, reason])));
}

export const refusedByJose = byCase(REFUSED_BY_JOSE);
export const acceptedByJose = byCase(ACCEPTED_BY_JOSE);
