// @ts-check
// Puts Wycheproof's vectors through `JwtVerifier`, in any host. A vector's message is no JWT, so each one becomes a token
// with the vector's signature and the vector's key, and only the message is put in its place, at the moment at which the
// package hands the three to WebCrypto. The checks of the key and of the signature's shape, the import, the parameters
// and what is made of the answer are the package's own.

import { JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';

/** @typedef {{ accepted: number, refused: number }} Counts */
/** @typedef {{ counts: Record<string, Counts>, failures: string[] }} Report */

/** How a bad signature may be refused: an empty one is no token, and a key may be at fault. */
const REFUSALS = ['signature_invalid', 'token_malformed', 'key_invalid', 'key_unusable', 'jwks_invalid'];

/** @param {string} hex */
const octets = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** @param {Uint8Array} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const segment = (/** @type {unknown} */ value) => base64url(new TextEncoder().encode(JSON.stringify(value)));
const hexadecimal = (/** @type {Uint8Array} */ bytes) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * @param {import('./vectors.mjs').Group[]} groups
 * @returns {Promise<Report>}
 */
export async function runWycheproof(groups) {
  /** @type {Report} */
  const report = { counts: {}, failures: [] };
  const prototype = Object.getPrototypeOf(crypto.subtle);
  const { verify } = prototype;
  /** @type {import('./vectors.mjs').Vector | undefined} */
  let current;
  prototype.verify = function (/** @type {any} */ algorithm, /** @type {any} */ key, /** @type {any} */ signature) {
    if (hexadecimal(signature) !== current?.signature) throw new Error('the signature was changed on its way');
    return verify.call(this, algorithm, key, signature, octets(current.message));
  };
  try {
    for (const { alg, jwk, vectors } of groups) {
      const counts = (report.counts[alg] ??= { accepted: 0, refused: 0 });
      for (current of vectors) await check(alg, jwk, current, counts, report.failures);
    }
  } finally {
    prototype.verify = verify;
  }
  return report;
}

/**
 * @param {string} alg
 * @param {Record<string, string>} jwk
 * @param {import('./vectors.mjs').Vector} vector
 * @param {Counts} counts
 * @param {string[]} failures
 */
async function check(alg, jwk, { name, signature, isValid }, counts, failures) {
  const token = [segment({ alg }), segment({ exp: 1e12 }), base64url(octets(signature))].join('.');
  try {
    const algorithms = /** @type {any} */ ([alg]);
    const verifier = await JwtVerifier.create({ jwks: { keys: [jwk] }, issuer: null, audience: null, algorithms });
    await verifier.verify(token).finally(() => verifier.dispose());
    counts.accepted += 1;
    if (!isValid) failures.push(`${alg} ${name}: accepted`);
  } catch (error) {
    counts.refused += 1;
    const code = isAuthError(error) ? error.code : String(error);
    if (isValid || !REFUSALS.includes(code)) failures.push(`${alg} ${name}: ${code}`);
  }
}
