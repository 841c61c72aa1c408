// @ts-check
/** @import { SubtleEngine } from '../dist/web/host.js' */
// Signatures where WebCrypto is missing or lacks an algorithm. Loaded by a dynamic import, only there.
import { checkSignature, initSync } from '../dist/fallback.js';
import gzipped from '../dist/fallback.inline.js';

/** What Rust answers; see src/web/fallback.rs. */
const ANSWER = /** @type {const} */ ({ GOOD: 1, KEY_INVALID: 2, UNSUPPORTED: 3 });

const NAMES = ['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'ECDSA', 'Ed25519'];
const HASHES = ['SHA-256', 'SHA-384', 'SHA-512'];
const CURVES = ['P-256', 'P-384', 'P-521'];

const NOTHING = /* @__PURE__ */ new Uint8Array();

/** A key that this engine has imported. */
class FallbackKey {
  /**
   * @param {number} algorithm
   * @param {Uint8Array} first `n` or `x`
   * @param {Uint8Array} second `e` or `y`
   */
  constructor(algorithm, first, second) {
    this.algorithm = algorithm;
    this.first = first;
    this.second = second;
  }
}

/** What of WebCrypto's shape the verifier needs. What the host's own engine has, stays with it. */
const engine = {
  /**
   * @param {'jwk'} format
   * @param {JsonWebKey} jwk
   * @param {any} algorithm
   * @param {boolean} extractable
   * @param {KeyUsage[]} usages
   */
  async importKey(format, jwk, algorithm, extractable, usages) {
    try {
      const subtle = globalThis.crypto?.subtle;
      if (subtle) return await subtle.importKey(format, jwk, algorithm, extractable, usages);
    } catch (error) {
      if (/** @type {any} */ (error)?.name !== 'NotSupportedError') throw error;
    }
    return importHere(jwk, algorithm);
  },

  /**
   * @param {any} algorithm
   * @param {any} key
   * @param {Uint8Array<ArrayBuffer>} signature
   * @param {Uint8Array<ArrayBuffer>} input
   */
  async verify(algorithm, key, signature, input) {
    if (!(key instanceof FallbackKey)) return globalThis.crypto.subtle.verify(algorithm, key, signature, input);
    return checkSignature(key.algorithm, key.first, key.second, input, signature) === ANSWER.GOOD;
  },
};

/**
 * @param {JsonWebKey} jwk
 * @param {any} algorithm
 */
function importHere({ n, e, x, y }, { name, hash, namedCurve }) {
  // In the order of Rust's table of algorithms.
  const size = name === 'ECDSA' ? CURVES.indexOf(namedCurve) : HASHES.indexOf(hash);
  const number = name === 'Ed25519' ? 9 : NAMES.indexOf(name) * 3 + size;
  const key = new FallbackKey(number, decode(n ?? x), decode(e ?? y));
  // A signature of no octets is bad, under a key that is one.
  const answer = checkSignature(number, key.first, key.second, NOTHING, NOTHING);
  if (answer === ANSWER.UNSUPPORTED) throw new DOMException('the algorithm is not supported', 'NotSupportedError');
  if (answer === ANSWER.KEY_INVALID) throw new DOMException('the numbers are no key', 'DataError');
  return key;
}

/** @param {string | undefined} base64url */
function decode(base64url) {
  if (base64url === undefined) return NOTHING;
  return Uint8Array.from(atob(base64url.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));
}

/** @type {{ load(): Promise<void> | void } | undefined} */
let loader;

/**
 * The engine, loaded once.
 * @param {(glue: any, gzipped: string, importPlain: () => Promise<{ default: string }>) => { load(): Promise<void> | void }} inlined
 *   how this host loads wasm that lies inside JavaScript
 */
export async function loadFallback(inlined) {
  // Not a namespace: for one, esbuild makes every page load a script more.
  loader ??= inlined({ initSync }, gzipped, () => import('../dist/fallback.plain.js'));
  await loader.load();
  return /** @type {SubtleEngine} */ (/** @type {unknown} */ (engine));
}
