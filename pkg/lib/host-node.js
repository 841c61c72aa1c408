// @ts-check
import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { createLoader } from './load.js';

/**
 * Node: compiling without waiting is allowed, so `new` works at once. The wasm lies inside the JavaScript here as well:
 * server bundlers move files.
 *
 * @param {any} glue the generated module
 * @param {string} gzipped the wasm, in gzip and base64
 */
export function nodeHost(glue, gzipped) {
  return { glue, ...inlined(glue, gzipped), ...nodeTraits() };
}

/** What is so wherever the wasm comes from. */
export function nodeTraits() {
  return {
    fallback: async () => (await import('./fallback.js')).loadFallback(inlined),
    jwksRequest: /** @type {RequestInit} */ ({ redirect: 'manual' }),
    sharesPromises: true,
    // undici does as the Fetch standard says.
    forwardsBearer: false,
  };
}

/**
 * @param {any} glue
 * @param {string} gzipped
 */
function inlined(glue, gzipped) {
  const compileNow = () => new WebAssembly.Module(gunzipSync(Buffer.from(gzipped, 'base64')));
  return createLoader(glue, { compileNow });
}
