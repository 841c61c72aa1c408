// @ts-check
import { AuthError } from '../dist/web/errors.js';
import { createLoader } from './load.js';

/**
 * Browsers, web workers, and whatever else follows the web's standards (Deno, Bun, bundled server code). The wasm lies inside
 * the JavaScript: an address of its own breaks in several bundlers and behind servers with a wrong MIME type.
 *
 * @param {any} glue the generated module
 * @param {string} wasm in base64, and in gzip if there is `importPlain`
 * @param {() => Promise<{ default: string }>} [importPlain] the wasm in base64 alone, where nothing can unzip
 */
export function browserHost(glue, wasm, importPlain) {
  return { glue, ...inlined(glue, wasm, importPlain), ...browserTraits() };
}

/** What is so wherever the wasm comes from. */
export function browserTraits() {
  return {
    fallback: () => import('./fallback.js').then(({ loadFallback }) => loadFallback(inlined), unreachable),
    // Credentials are none of a public key set's business; the cache of the browser must not hide a rotation.
    jwksRequest: /** @type {RequestInit} */ ({ redirect: 'error', credentials: 'omit', cache: 'no-cache' }),
    sharesPromises: true,
    // Chrome before 119, Firefox before 111 and Safari before 16.1 take it along; what is looked for came later everywhere.
    forwardsBearer: typeof URL.canParse !== 'function',
  };
}

/**
 * @param {any} glue
 * @param {string} wasm
 * @param {() => Promise<{ default: string }>} [importPlain]
 */
function inlined(glue, wasm, importPlain) {
  const compile = async () => {
    if (!importPlain) return WebAssembly.compile(decode(wasm));
    const canUnzip = typeof DecompressionStream !== 'undefined';
    return WebAssembly.compile(canUnzip ? await gunzip(decode(wasm)) : decode((await importPlain()).default));
  };
  return createLoader(glue, { compile });
}

/**
 * @param {unknown} cause
 * @returns {never}
 */
function unreachable(cause) {
  throw new AuthError('network_error', 'the fallback engine could not be fetched', { cause });
}

/** @param {string} base64 */
function decode(base64) {
  const { fromBase64 } = /** @type {any} */ (Uint8Array);
  // Newer hosts have it, in less time than our loop takes to be compiled.
  if (fromBase64) return fromBase64.call(Uint8Array, base64);
  const text = atob(base64);
  // A loop: at the first call `Uint8Array.from` takes three times as long.
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function gunzip(bytes) {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  // Not through a Blob, whose stream Chromium fetches from another process. That the bytes are good is known.
  writer.write(bytes);
  writer.close();
  return new Response(readable).arrayBuffer();
}
