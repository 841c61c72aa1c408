// @ts-check
import { AuthError } from '../dist/web/errors.js';
import { createLoader } from './load.js';

/**
 * Browsers, web workers, and whatever else follows the web's standards (Deno, Bun, bundled server code). The wasm lies inside
 * the JavaScript: an address of its own breaks in several bundlers and behind servers with a wrong MIME type.
 *
 * @param {any} glue the generated module
 * @param {string} gzipped the wasm, in gzip and base64
 * @param {() => Promise<{ default: string }>} importPlain the wasm in base64 alone, where nothing can unzip
 */
export function browserHost(glue, gzipped, importPlain) {
  return { glue, ...inlined(glue, gzipped, importPlain), ...browserTraits() };
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
 * @param {string} gzipped
 * @param {() => Promise<{ default: string }>} importPlain
 */
function inlined(glue, gzipped, importPlain) {
  const compile = async () => {
    const bytes =
      typeof DecompressionStream === 'undefined'
        ? decode((await importPlain()).default)
        : await gunzip(decode(gzipped));
    return WebAssembly.compile(bytes);
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
