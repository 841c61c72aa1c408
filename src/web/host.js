// @ts-check
/*
 * The host functions of the hot path. A call across the wasm border costs more than most of what it asks for, so each
 * of these does all that the host has to do at its step. They decide nothing: what the facts mean is said in Rust.
 */

/**
 * What one verifier keeps on this side of the border.
 * @typedef {object} State
 * @property {WebAssembly.Memory} memory
 * @property {Uint8Array} bytes view of the memory, renewed when the memory has grown
 * @property {DataView} numbers likewise
 * @property {SubtleEngine | undefined} engine checks signatures
 * @property {(() => Promise<SubtleEngine>) | undefined} fallback brings an engine for what `engine` lacks
 * @property {any} token the token under way
 * @property {any} header parsed last; stays private, since later tokens with the same header get copies of it
 * @property {any} claims parsed last
 * @property {string[] | null} issuers
 * @property {string[] | null} audiences
 * @property {string[]} required
 * @property {JsonWebKey[]} keys the key set in use
 * @property {(CryptoKey | undefined)[]} handles imported keys, at key number * 16 + algorithm number
 * @property {Promise<{ header: any, claims: any }>} pending the answer, when the checks before it have passed
 * @property {any} error the refusal, when they have not
 * @property {(fault: number, kid: unknown) => void} raise sets `error` to the one with this number
 * @property {(flaw: any) => void} report hears of keys that are never used
 *
 * @typedef {Pick<SubtleCrypto, 'importKey' | 'verify'>} SubtleEngine
 */

const encoder = /* @__PURE__ */ new TextEncoder();
// A byte order mark is no JSON (RFC 8259 §8.1): it must reach the parser.
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** How an absent, a wrong, a differing and a good member are told to Rust: two bits each. */
const ABSENT = 0;
const OTHER_TYPE = 1;
const DIFFERS = 2;
const GOOD = 3;

/** Faults that only show here, with the numbers that Rust knows them by. */
const SIGNATURE_INVALID = 0;
const KEY_IMPORT_FAILED = 1;
const ENGINE_FAILED = 2;

/**
 * WebCrypto's names, in the order of Rust's algorithm table: for importing a key, and for verifying.
 * @type {{ import: any, verify: any }[]}
 */
const ALGORITHMS = /* @__PURE__ */ (() => {
  const hashes = ['SHA-256', 'SHA-384', 'SHA-512'];
  const row = (/** @type {any} */ base, /** @type {any} */ forImport, /** @type {any} */ forVerify) => ({
    import: { ...base, ...forImport },
    verify: { ...base, ...forVerify },
  });
  return [
    ...hashes.map((hash) => row({ name: 'RSASSA-PKCS1-v1_5' }, { hash }, {})),
    // RFC 7518 §3.5: the salt is as long as the hash.
    ...hashes.map((hash, at) => row({ name: 'RSA-PSS' }, { hash }, { saltLength: 32 + 16 * at })),
    ...hashes.map((hash, at) => row({ name: 'ECDSA' }, { namedCurve: ['P-256', 'P-384', 'P-521'][at] }, { hash })),
    row({ name: 'Ed25519' }, {}, {}),
  ];
})();

/**
 * @param {State} state
 * @param {WebAssembly.Memory} memory
 * @param {string[] | null} issuers
 * @param {string[] | null} audiences
 * @param {string[]} required
 */
export function attach(state, memory, issuers, audiences, required) {
  state.memory = memory;
  state.issuers = issuers;
  state.audiences = audiences;
  state.required = required;
  renewViews(state);
}

/**
 * @param {State} state
 * @param {string[] | null} audiences
 */
export function expectAudiences(state, audiences) {
  state.audiences = audiences;
}

/** @param {State} state */
function renewViews(state) {
  state.bytes = new Uint8Array(state.memory.buffer);
  state.numbers = new DataView(state.memory.buffer);
}

/**
 * @param {State} state
 * @param {number} at
 * @param {number} length
 */
function view(state, at, length) {
  // Growing the memory detaches its views; they are empty then.
  if (state.bytes.length === 0) renewViews(state);
  return state.bytes.subarray(at, at + length);
}

/**
 * Writes the token into memory. Answers its length in octets, -1 if there is no room for it, -2 if it is no string.
 * @param {State} state
 * @param {number} at
 * @param {number} room
 */
export function writeToken(state, at, room) {
  const { token } = state;
  if (typeof token !== 'string') return -2;
  // No character takes less than an octet: a huge string is not even looked at.
  if (token.length > room) return -1;
  const { read, written } = encoder.encodeInto(token, view(state, at, room));
  return read === token.length ? written : -1;
}

/**
 * Parses a range of memory; undefined unless it is one JSON object in UTF-8.
 * @param {State} state
 * @param {number} at
 * @param {number} length
 */
function parse(state, at, length) {
  try {
    const value = JSON.parse(decoder.decode(view(state, at, length)));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
const textKind = (value) => (value === undefined ? ABSENT : typeof value === 'string' ? GOOD : OTHER_TYPE);

/**
 * Parses the header. Answers -1, or two bits each for `alg`, `typ` and `kid`, and one for `crit` or `b64`.
 * @param {State} state
 * @param {number} at
 * @param {number} length
 */
export function readHeader(state, at, length) {
  const header = parse(state, at, length);
  if (header === undefined) return -1;
  state.header = header;
  const extension = header.crit !== undefined || header.b64 !== undefined ? 1 : 0;
  return textKind(header.alg) | (textKind(header.typ) << 2) | (textKind(header.kid) << 4) | (extension << 6);
}

/**
 * A member of the header that is known to be a string.
 * @param {State} state
 * @param {string} name
 * @returns {string}
 */
export const headerText = (state, name) => state.header[name];

/**
 * Parses the claims, compares them, and writes `exp`, `nbf` and `iat` to `out`. Answers -1, or two bits each for `exp`,
 * `nbf`, `iat`, `iss`, `aud` and `sub`, and above them the number of the first required claim that is not there, plus 1.
 * @param {State} state
 * @param {number} at
 * @param {number} length
 * @param {number} out
 */
export function readClaims(state, at, length, out) {
  const claims = parse(state, at, length);
  if (claims === undefined) return -1;
  state.claims = claims;
  const { required } = state;
  let missing = 0;
  if (required.length !== 0) missing = required.findIndex((name) => !Object.hasOwn(claims, name)) + 1;
  return (
    time(state, claims.exp, out) |
    (time(state, claims.nbf, out + 8) << 2) |
    (time(state, claims.iat, out + 16) << 4) |
    (issuerKind(claims.iss, state.issuers) << 6) |
    (audienceKind(claims.aud, state.audiences) << 8) |
    (textKind(claims.sub) << 10) |
    (missing << 12)
  );
}

/**
 * @param {State} state
 * @param {unknown} value
 * @param {number} out
 */
function time(state, value, out) {
  if (value === undefined) return ABSENT;
  if (typeof value !== 'number' || !Number.isFinite(value)) return OTHER_TYPE;
  state.numbers.setFloat64(out, value, true);
  return GOOD;
}

/**
 * @param {unknown} iss
 * @param {string[] | null} expected
 */
function issuerKind(iss, expected) {
  const kind = textKind(iss);
  return kind !== GOOD || expected === null || expected.includes(/** @type {string} */ (iss)) ? kind : DIFFERS;
}

/**
 * RFC 7519 §4.1.3: one string, or an array of strings.
 * @param {unknown} aud
 * @param {string[] | null} expected
 */
function audienceKind(aud, expected) {
  if (expected === null || !Array.isArray(aud)) return issuerKind(aud, expected);
  if (!aud.every((one) => typeof one === 'string')) return OTHER_TYPE;
  return aud.some((one) => expected.includes(one)) ? GOOD : DIFFERS;
}

/**
 * The text of a claim, for an error.
 * @param {State} state
 * @param {string} name
 * @returns {string}
 */
export function claimText(state, name) {
  const value = state.claims[name];
  // Rust keeps 128 characters of it.
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 256);
}

/**
 * Begins to check the signature; `state.pending` is the answer. WebCrypto copies what it is given before it returns, so
 * the memory may be used again at once.
 * @param {State} state
 * @param {number} key
 * @param {number} algorithm
 * @param {number} input
 * @param {number} inputLength
 * @param {number} signature
 * @param {number} signatureLength
 */
export function beginSignature(state, key, algorithm, input, inputLength, signature, signatureLength) {
  const result = { header: copyOf(state.header), claims: state.claims };
  const signed = view(state, input, inputLength);
  const octets = view(state, signature, signatureLength);
  const handle = state.handles[key * 16 + algorithm];
  state.pending =
    handle === undefined
      ? importThenSettle(state, key, algorithm, octets.slice(), signed.slice(), result)
      : settle(state, verify(state, algorithm, handle, octets, signed), result);
}

/**
 * @param {State} state
 * @param {number} algorithm
 * @param {CryptoKey} handle
 * @param {Uint8Array} signature
 * @param {Uint8Array} signed
 */
function verify(state, algorithm, handle, signature, signed) {
  const engine = /** @type {SubtleEngine} */ (state.engine);
  // @ts-ignore the views are of wasm memory, which is never shared here
  return engine.verify(ALGORITHMS[algorithm].verify, handle, signature, signed);
}

/**
 * @param {State} state
 * @param {Promise<boolean>} verification
 * @param {{ header: any, claims: any }} result
 */
async function settle(state, verification, result) {
  let good;
  try {
    good = await verification;
  } catch {
    throw fault(state, ENGINE_FAILED, result.header.kid);
  }
  if (good === true) return result;
  throw fault(state, SIGNATURE_INVALID, result.header.kid);
}

/**
 * @param {State} state
 * @param {number} key
 * @param {number} algorithm
 * @param {Uint8Array} signature
 * @param {Uint8Array} signed
 * @param {{ header: any, claims: any }} result
 */
async function importThenSettle(state, key, algorithm, signature, signed, result) {
  const { handles } = state;
  const handle = await importKey(state, state.keys[key], algorithm, result.header.kid, state.fallback);
  handles[key * 16 + algorithm] = handle;
  return settle(state, verify(state, algorithm, handle, signature, signed), result);
}

/**
 * Imports a key; what the host's engine lacks, the fallback may have.
 * @param {State} state
 * @param {JsonWebKey} jwk
 * @param {number} algorithm
 * @param {unknown} kid
 * @param {State['fallback']} fallback
 * @returns {Promise<CryptoKey>}
 */
async function importKey(state, { kty, crv, n, e, x, y }, algorithm, kid, fallback) {
  // Only the public numbers: what else the JWK says was judged in Rust, and engines differ in what they make of it.
  const jwk = { kty, crv, n, e, x, y };
  const engine = /** @type {SubtleEngine} */ (state.engine);
  try {
    return await engine.importKey('jwk', jwk, ALGORITHMS[algorithm].import, false, ['verify']);
  } catch (error) {
    const isLacking = !engine || /** @type {any} */ (error)?.name === 'NotSupportedError';
    if (!isLacking || !fallback) throw fault(state, isLacking ? ENGINE_FAILED : KEY_IMPORT_FAILED, kid);
  }
  state.engine = await fallback();
  return importKey(state, jwk, algorithm, kid, undefined);
}

/** Of RFC 8032, the point that Ed25519 counts from. */
const SAMPLE = { kty: 'OKP', crv: 'Ed25519', x: 'WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY' };

/**
 * Rejects if neither the host's engine nor the fallback has an algorithm.
 * @param {State} state
 * @param {number} algorithm
 */
export async function prove(state, algorithm) {
  try {
    await importKey(state, SAMPLE, algorithm, undefined, state.fallback);
  } catch (error) {
    // The sample is a key for one algorithm only. That it is none for this one, says an engine that knows the algorithm.
    if (/** @type {any} */ (error).code !== 'key_invalid') throw error;
  }
}

/**
 * @param {State} state
 * @param {number} number
 * @param {unknown} kid
 */
function fault(state, number, kid) {
  state.raise(number, kid);
  return state.error;
}

/**
 * Every caller gets a header of its own.
 * @param {any} header
 */
function copyOf(header) {
  for (const name in header) {
    if (typeof header[name] === 'object' && header[name] !== null) return structuredClone(header);
  }
  return { ...header };
}

/**
 * @param {State} state
 * @param {any} error
 */
export function reject(state, error) {
  state.error = error;
}

/**
 * @param {State} state
 * @param {any} flaw
 */
export const report = (state, flaw) => state.report(flaw);

/**
 * Puts another key set in use.
 * @param {State} state
 * @param {{ keys: JsonWebKey[] }} jwks
 */
export function useKeys(state, jwks) {
  state.keys = jwks.keys;
  // A new array: imports that are under way belong to the old set.
  state.handles = [];
}

/* Off the hot path: how Rust looks at values that it did not make. */

const KINDS = ['undefined', 'null', 'boolean', 'number', 'string', 'array', 'URL', 'function', 'object'];

/**
 * The number of a value's kind in the list above; another number for anything else.
 * @param {unknown} value
 */
export function kindOf(value) {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : value instanceof URL ? 'URL' : typeof value;
  return KINDS.indexOf(kind) >>> 0;
}

/**
 * A member of an object or array; undefined for any other value.
 * @param {any} object
 * @param {string | number} name
 */
export const getMember = (object, name) => (typeof object === 'object' && object !== null ? object[name] : undefined);

/** @param {any} object */
export const namesOf = (object) => Object.keys(object);

/** @param {unknown[]} list */
export const lengthOf = (list) => list.length;

/** @param {unknown} value */
export const textOf = (value) => String(value);

/**
 * @param {any} object
 * @param {string} name
 * @param {unknown} value
 */
export function setMember(object, name, value) {
  object[name] = value;
}

export const emptyObject = () => ({});

/** @returns {string[]} */
export const emptyList = () => [];

/**
 * @param {string[]} list
 * @param {string} text
 */
export function push(list, text) {
  list.push(text);
}

/** @param {string} message */
export const typeError = (message) => new TypeError(message);
