// @ts-check
import { AuthError, shown } from './errors.js';
import { ABSENT, DIFFERS, GOOD, OTHER_TYPE } from './numbers.js';

export { AuthError, safe } from './errors.js';

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
 * @property {string | null} typ what is expected, as are the following
 * @property {string[] | null} issuers
 * @property {string[] | null} audiences
 * @property {string[]} required
 * @property {string | undefined} missing the first required claim that is not there
 * @property {any} fetched a key set that was fetched, to be read
 * @property {JsonWebKey[]} keys the key set in use
 * @property {(CryptoKey | undefined)[]} handles imported keys, at key number * 16 + algorithm number
 * @property {Promise<{ header: any, claims: any }>} pending the answer, when the checks before it have passed
 * @property {any} error the refusal, when they have not
 * @property {any[]} flaws why keys of the set in use are never used
 * @property {boolean} isDisposed whether every answer from now on is `disposed`
 * @property {() => string[]} faults the rows of Rust's table of faults
 *
 * @typedef {Pick<SubtleCrypto, 'importKey' | 'verify'>} SubtleEngine
 */

/**
 * The verifier that is being asked. Calls into wasm are synchronous, so there is one at a time.
 * @type {State}
 */
export let state;

/**
 * To be said before every call into wasm.
 * @param {State} verifier
 */
export function ask(verifier) {
  state = verifier;
}

const encoder = /* @__PURE__ */ new TextEncoder();
// A byte order mark is no JSON (RFC 8259 §8.1): it must reach the parser.
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The algorithms, in the order of Rust's table. */
const ALGORITHMS = /* @__PURE__ */ 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA'.split(' ');

/**
 * The number of an algorithm; -1 for a name that is none.
 * @param {any} name
 */
export const algorithmNumber = (name) => ALGORITHMS.indexOf(name);

/**
 * @param {number} at
 * @param {number} length
 */
export function view(at, length) {
  // Growing the memory detaches its views; they are empty then.
  if (!state.bytes?.length) {
    state.bytes = new Uint8Array(state.memory.buffer);
    state.numbers = new DataView(state.memory.buffer);
  }
  return state.bytes.subarray(at, at + length);
}

/**
 * Writes a text into memory. Answers its length in octets, -1 if there is no room for it.
 * @param {string} text
 * @param {number} at
 * @param {number} room
 */
export function writeText(text, at, room) {
  // No character takes less than an octet: a huge string is not even looked at.
  if (text.length > room) return -1;
  const { read, written } = encoder.encodeInto(text, view(at, room));
  return read === text.length ? written : -1;
}

/**
 * Writes the token into memory. Answers its length in octets, -1 if there is no room for it, -2 if it is no string.
 * @param {number} at
 * @param {number} room
 */
export const writeToken = (at, room) => (typeof state.token === 'string' ? writeText(state.token, at, room) : -2);

/**
 * Whether a value that was parsed is a JSON object.
 * @param {any} value
 */
export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Parses a range of memory; undefined unless it is one JSON object in UTF-8.
 * @param {number} at
 * @param {number} length
 */
function parse(at, length) {
  try {
    const value = JSON.parse(decoder.decode(view(at, length)));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
export const textKind = (value) => (value === undefined ? ABSENT : typeof value === 'string' ? GOOD : OTHER_TYPE);

/**
 * Parses the header. Answers -1, or what `HeaderFacts` in Rust describes.
 * @param {number} at
 * @param {number} length
 */
export function readHeader(at, length) {
  const header = parse(at, length);
  if (header === undefined) return -1;
  state.header = header;
  const { alg, typ, kid, crit, b64 } = header;
  const isOther = typeof typ === 'string' && state.typ !== null && mediaType(typ) !== mediaType(state.typ);
  return (
    textKind(alg) |
    ((isOther ? DIFFERS : textKind(typ)) << 2) |
    (textKind(kid) << 4) |
    (crit === undefined && b64 === undefined ? 0 : 1 << 6) |
    // A name that is none has the number 15, which are the last bits of -1.
    ((algorithmNumber(alg) & 15) << 7)
  );
}

/**
 * A `typ` as types are compared: without case, in ASCII, and without what may be left out (RFC 7515 §4.1.9).
 * @param {string} typ
 */
export const mediaType = (typ) =>
  typ.replace(/^application\//i, '').replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/**
 * Whether the key at this place has the ID that the header names.
 * @param {number} index
 */
// @ts-ignore `kid` is no member of the DOM's JsonWebKey
export const isNamed = (index) => Number(state.keys[index]?.kid === state.header.kid);

/**
 * Parses the claims, compares them, and writes `exp`, `nbf` and `iat` to `out`. Answers -1, or the marks that
 * `ClaimsFacts` in Rust describes.
 * @param {number} at
 * @param {number} length
 * @param {number} out
 */
export function readClaims(at, length, out) {
  const claims = parse(at, length);
  if (claims === undefined) return -1;
  state.claims = claims;
  const missing = state.required.findIndex((name) => !Object.hasOwn(claims, name));
  state.missing = state.required[missing];
  return (
    time(claims.exp, out) |
    (time(claims.nbf, out + 8) << 2) |
    (time(claims.iat, out + 16) << 4) |
    (issuerKind(claims.iss, state.issuers) << 6) |
    (audienceKind(claims.aud, state.audiences) << 8) |
    (textKind(claims.sub) << 10) |
    ((missing + 1) << 12)
  );
}

/**
 * @param {unknown} value
 * @param {number} out
 */
function time(value, out) {
  if (!Number.isFinite(value)) return value === undefined ? ABSENT : OTHER_TYPE;
  state.numbers.setFloat64(out, /** @type {number} */ (value), true);
  return GOOD;
}

/**
 * @param {unknown} iss
 * @param {string[] | null} expected
 */
function issuerKind(iss, expected) {
  // Unchecked on purpose.
  if (expected === null) return GOOD;
  const kind = textKind(iss);
  return kind === GOOD && !expected.includes(/** @type {string} */ (iss)) ? DIFFERS : kind;
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
 * Puts the error of a row of Rust's table into `state.error`.
 * @param {number} fault the number of the row
 * @param {number} limit what would just have passed, if it is a number
 */
export function refuse(fault, limit) {
  const [code, message, claim] = state.faults()[fault].split('|');
  const found = describe(code, claim, limit);
  // Which claim is missing of those that the options name, no row of the table can say.
  state.error = new AuthError(code, claim || !found.claim ? message : `${message}: ${found.claim}`, found);
}

/**
 * @param {string} code
 * @param {string} claim
 * @param {number} limit
 * @returns {Record<string, unknown>}
 */
function describe(code, claim, limit) {
  const { typ, issuers, audiences, header, claims, missing } = state;
  if (/^(key|signature)_/.test(code)) return { kid: shown(header?.kid) };
  if (code.startsWith('claim_')) return { claim: claim || missing };
  const wanted = { typ, iss: issuers, aud: audiences }[claim];
  const expected = Array.isArray(wanted) && wanted.length === 1 ? wanted[0] : wanted;
  const received = claim && (claim === 'alg' || claim === 'typ' ? header : claims)[claim];
  return {
    claim: claim || undefined,
    expected: Number.isNaN(limit) ? expected : limit,
    received: typeof received === 'number' ? received : shown(received),
  };
}

/**
 * The error that was made last is about this key of the set in use, which is never used.
 * @param {number} index
 */
export function noteFlaw(index) {
  // @ts-ignore `kid` is no member of the DOM's JsonWebKey
  state.error.kid = shown(state.keys[index]?.kid);
  state.flaws.push(state.error);
  state.error = undefined;
}

/** Some Workers have none: there the memory stays, which a Worker's few verifiers do not need back. */
const registry = /* @__PURE__ */ (() =>
  globalThis.FinalizationRegistry && new FinalizationRegistry((/** @type {() => void} */ free) => free()))();

/**
 * Frees a part in wasm when nobody can ask its owner any more.
 * @param {object} owner
 * @param {() => void} free must not hold the owner
 */
export const freeWith = (owner, free) => registry?.register(owner, free);
