// @ts-check
/* The signature: the host's WebCrypto, or the fallback for what it lacks, between Rust's checks and the answer. */

/** @import { State, SubtleEngine } from './host.js' */
import { raise, state, view } from './host.js';

/** Faults that only show here, with the numbers that Rust knows them by (`RAISED`). */
const SIGNATURE_INVALID = 0;
const KEY_IMPORT_FAILED = 1;
const ENGINE_FAILED = 2;

/**
 * The names of the algorithms and WebCrypto's for them, in the order of Rust's table: for importing a key, and for
 * verifying.
 * @type {{ name: string, import: any, verify: any }[]}
 */
export const ALGORITHMS = /* @__PURE__ */ (() => {
  const bits = [256, 384, 512];
  const row = (
    /** @type {string} */ name,
    /** @type {any} */ base,
    /** @type {any} */ forImport,
    /** @type {any} */ forVerify,
  ) => ({
    name,
    import: { ...base, ...forImport },
    verify: { ...base, ...forVerify },
  });
  const hash = (/** @type {number} */ size) => ({ hash: `SHA-${size}` });
  return [
    ...bits.map((size) => row(`RS${size}`, { name: 'RSASSA-PKCS1-v1_5' }, hash(size), {})),
    // RFC 7518 §3.5: the salt is as long as the hash.
    ...bits.map((size) => row(`PS${size}`, { name: 'RSA-PSS' }, hash(size), { saltLength: size / 8 })),
    ...bits.map((size) =>
      row(`ES${size}`, { name: 'ECDSA' }, { namedCurve: size === 512 ? 'P-521' : `P-${size}` }, hash(size)),
    ),
    row('EdDSA', { name: 'Ed25519' }, {}, {}),
  ];
})();

/** @param {unknown} name */
export const algorithmNumber = (name) => ALGORITHMS.findIndex((row) => row.name === name);

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
    throw raise(state, ENGINE_FAILED, result.header.kid);
  }
  if (good === true) return result;
  throw raise(state, SIGNATURE_INVALID, result.header.kid);
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
    if (!isLacking || !fallback) throw raise(state, isLacking ? ENGINE_FAILED : KEY_IMPORT_FAILED, kid);
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
 * Every caller gets a header of its own.
 * @param {any} header
 */
function copyOf(header) {
  for (const name in header) {
    if (typeof header[name] === 'object' && header[name] !== null) return structuredClone(header);
  }
  return { ...header };
}
