// @ts-check
/* Keys and signatures: how Rust reads a JWK Set (RFC 7517) that the host has parsed, and what the host's WebCrypto, or the
   fallback for what it lacks, does between Rust's checks and the answer. */

/** @import { State, SubtleEngine } from './host.js' */
import { ABSENT, DIFFERS, GOOD, algorithmNumber, raise, shown, state, textKind, view, writeText } from './host.js';

/** Faults that only show here: numbers of rows of Rust's table (src/error/fault.rs). */
const SIGNATURE_INVALID = 0;
const KEY_IMPORT_FAILED = 1;
const ENGINE_FAILED = 2;
const DISPOSED = 7;

/**
 * WebCrypto's parameters for an algorithm. It reads what a use of the algorithm asks for, and nothing else: so one object
 * serves all of them, for importing a key and for verifying.
 * @param {string} name
 * @param {number} bits
 */
const row = (name, bits) => ({
  name,
  hash: `SHA-${bits}`,
  // RFC 7518 §3.5: the salt is as long as the hash.
  saltLength: bits / 8,
  namedCurve: `P-${bits === 512 ? 521 : bits}`,
});

/** In the order of Rust's table. */
const ALGORITHMS = /* @__PURE__ */ (() => [
  ...['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'ECDSA'].flatMap((name) => [256, 384, 512].map((bits) => row(name, bits))),
  row('Ed25519', 512),
])();

/**
 * Begins to check the signature; `state.pending` is the answer. WebCrypto copies what it is given before it returns, so
 * the memory may be used again at once.
 * @param {number} key
 * @param {number} algorithm
 * @param {number} input
 * @param {number} inputLength
 * @param {number} signature
 * @param {number} signatureLength
 */
export function beginSignature(key, algorithm, input, inputLength, signature, signatureLength) {
  const result = { header: copyOf(state.header), claims: state.claims };
  const signed = view(input, inputLength);
  const octets = view(signature, signatureLength);
  const handle = state.handles[key * 16 + algorithm];
  state.pending =
    handle === undefined
      ? importThenSettle(state, key, algorithm, octets.slice(), signed.slice(), result)
      : settle(state, algorithm, handle, octets, signed, result);
}

/**
 * @param {State} state
 * @param {number} algorithm
 * @param {CryptoKey} handle
 * @param {Uint8Array} signature
 * @param {Uint8Array} signed
 * @param {{ header: any, claims: any }} result
 */
async function settle(state, algorithm, handle, signature, signed, result) {
  let good;
  const refusal = (/** @type {number} */ fault) => raise(state, fault, { kid: shown(result.header.kid) });
  try {
    const engine = /** @type {SubtleEngine} */ (state.engine);
    // @ts-ignore the views are of wasm memory, which is never shared here
    good = await engine.verify(ALGORITHMS[algorithm], handle, signature, signed);
  } catch {
    throw refusal(ENGINE_FAILED);
  }
  if (state.isDisposed) throw raise(state, DISPOSED);
  if (good === true) return result;
  throw refusal(SIGNATURE_INVALID);
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
  return settle(state, algorithm, handle, signature, signed, result);
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
    return await engine.importKey('jwk', jwk, ALGORITHMS[algorithm], false, ['verify']);
  } catch (error) {
    const isLacking = !engine || /** @type {any} */ (error)?.name === 'NotSupportedError';
    if (!isLacking || !fallback) {
      throw raise(state, isLacking ? ENGINE_FAILED : KEY_IMPORT_FAILED, { kid: shown(kid) });
    }
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
export async function proveAlgorithm(state, algorithm) {
  try {
    await importKey(state, SAMPLE, algorithm, undefined, state.fallback);
  } catch (error) {
    // The sample is a key for one algorithm only. That it is none for this one, says an engine that knows the algorithm.
    if (/** @type {any} */ (error).code !== 'key_invalid') throw error;
  }
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

/** `kty` and `crv` of each kind of key, in the order of Rust's `KeyKind`. RSA keys have no curve. */
const KINDS = ['RSA', 'EC P-256', 'EC P-384', 'EC P-521', 'OKP Ed25519'];
const RSA = 0;
const ED25519 = 4;

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** How many keys `state.fetched` has; -1 if it is no object with an array of keys. */
export const countKeys = () => (Array.isArray(state.fetched?.keys) ? state.fetched.keys.length : -1);

/**
 * Reads a key of `state.fetched`: writes the texts of its two numbers to `at` and behind `room`, their lengths to
 * `lengths`. Answers -1 if it is no object, or what `KeyFacts` in Rust describes.
 * @param {number} index
 * @param {number} at
 * @param {number} room
 * @param {number} lengths
 */
export function readKey(index, at, room, lengths) {
  const jwk = state.fetched.keys[index];
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return -1;
  const kind = kindOf(jwk);
  const [first, second] = kind === RSA ? [jwk.n, jwk.e] : [jwk.x, kind === ED25519 ? '' : jwk.y];
  const write = (/** @type {unknown} */ number, /** @type {number} */ place) => {
    const length = writeText(text(number), at + place * room, room);
    state.numbers.setUint32(lengths + 4 * place, length === -1 ? 0 : length, true);
    return length === -1;
  };
  const isTooLong = [write(first, 0), write(second, 1)].includes(true);
  return (
    (kind & 7) |
    (PRIVATE.some((name) => jwk[name] !== undefined) ? 1 << 3 : 0) |
    (mark(jwk.use, jwk.use === 'sig') << 4) |
    (mark(jwk.key_ops, Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify')) << 6) |
    (textKind(jwk.alg) << 8) |
    ((algorithmNumber(jwk.alg) & 15) << 10) |
    (isTooLong ? 1 << 14 : 0)
  );
}

/**
 * The number of a kind of key; -1 for another kind, which are three set bits at the end.
 * @param {any} jwk
 */
function kindOf({ kty, crv }) {
  return KINDS.indexOf(kty === 'RSA' ? kty : `${text(kty)} ${text(crv)}`);
}

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');

/**
 * @param {unknown} value
 * @param {boolean} isGood
 */
const mark = (value, isGood) => (value === undefined ? ABSENT : isGood ? GOOD : DIFFERS);

/** Puts the key set that was read in use. */
export function useKeys() {
  state.keys = state.fetched.keys;
  // A new array: imports that are under way belong to the old set.
  state.handles = [];
}
