// @ts-check
/* Keys and signatures: how Rust reads a JWK Set (RFC 7517) that the host has parsed, and what the host's WebCrypto, or the
   fallback for what it lacks, does between Rust's checks and the answer. */

/** @import { State, SubtleEngine } from './host.js' */
import { raise, shown } from './errors.js';
import { algorithmNumber, isObject, state, textKind, view, writeText } from './host.js';
import {
  ABSENT,
  DIFFERS,
  DISPOSED,
  ED25519,
  ENGINE_FAILED,
  GOOD,
  KEY_IMPORT_FAILED,
  RSA,
  SIGNATURE_INVALID,
} from './numbers.js';

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
  state.pending = settle(state, key, algorithm, view(signature, signatureLength), view(input, inputLength), result);
}

/**
 * @param {State} state
 * @param {number} key
 * @param {number} algorithm
 * @param {Uint8Array} signature
 * @param {Uint8Array} signed
 * @param {{ header: any, claims: any }} result
 */
async function settle(state, key, algorithm, signature, signed, result) {
  const { kid } = result.header;
  const { handles } = state;
  const place = key * 16 + algorithm;
  if (handles[place] === undefined) {
    // While this waits, the memory is used for other tokens.
    [signature, signed] = [signature.slice(), signed.slice()];
    handles[place] = await importKey(state, state.keys[key], algorithm, kid, state.fallback);
  }
  let isGood;
  try {
    const engine = /** @type {SubtleEngine} */ (state.engine);
    // @ts-ignore the views are of wasm memory, which is never shared here
    isGood = await engine.verify(ALGORITHMS[algorithm], handles[place], signature, signed);
  } catch {
    throw refusal(state, ENGINE_FAILED, kid);
  }
  if (state.isDisposed) throw raise(state, DISPOSED);
  if (isGood !== true) throw refusal(state, SIGNATURE_INVALID, kid);
  return result;
}

/**
 * @param {State} state
 * @param {number} fault
 * @param {unknown} kid
 */
const refusal = (state, fault, kid) => raise(state, fault, { kid: shown(kid) });

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
      throw refusal(state, isLacking ? ENGINE_FAILED : KEY_IMPORT_FAILED, kid);
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
    if (Object(header[name]) === header[name]) return structuredClone(header);
  }
  return { ...header };
}

/** `kty` and `crv` of each kind of key, in the order of Rust's `KeyKind`. RSA keys have no curve. */
const KINDS = ['RSA', 'EC P-256', 'EC P-384', 'EC P-521', 'OKP Ed25519'];

const PRIVATE = /* @__PURE__ */ 'd p q dp dq qi oth k'.split(' ');

/** How many keys `state.fetched` has; -1 if it is no object with an array of keys. */
export const countKeys = () => (Array.isArray(state.fetched?.keys) ? state.fetched.keys.length : -1);

/**
 * Reads a key of `state.fetched`: writes the texts of its two numbers to `at`, with a dot between them. Answers -1 if it is
 * no object, or what `KeyFacts` in Rust describes, and above it the length of what was written.
 * @param {number} index
 * @param {number} at
 * @param {number} room
 */
export function readKey(index, at, room) {
  const jwk = state.fetched.keys[index];
  if (!isObject(jwk)) return -1;
  const kind = kindOf(jwk);
  const [first, second] = kind === RSA ? [jwk.n, jwk.e] : [jwk.x, kind === ED25519 ? '' : jwk.y];
  return (
    (kind & 7) |
    (PRIVATE.some((name) => jwk[name] !== undefined) ? 1 << 3 : 0) |
    (mark(jwk.use, jwk.use === 'sig') << 4) |
    (mark(jwk.key_ops, Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify')) << 6) |
    (textKind(jwk.alg) << 8) |
    ((algorithmNumber(jwk.alg) & 15) << 10) |
    // What was too long to be written has twelve set bits here, as -1 ends.
    ((writeText(`${text(first)}.${text(second)}`, at, room) & 0xfff) << 14)
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
