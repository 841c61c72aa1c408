// @ts-check
import { AuthError } from '../dist/web/errors.js';

/** @typedef {WebAssembly.Module | BufferSource | Response | URL | string} Source */

/** The beginning of every wasm file. */
const MAGIC = [0, 0x61, 0x73, 0x6d];

/**
 * The module that a source holds.
 * @param {Source | { default: Source }} given an import()'s namespace too
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compileSource(given) {
  const holds = typeof given === 'object' && given !== null && 'default' in given;
  const source = /** @type {Source} */ (holds ? given.default : given);
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof Response) return compileResponse(source);
  if (typeof source === 'string' || source instanceof URL) return compileResponse(await fetchSource(source));
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return compileBytes(source, 'what init() was given');
  const message = 'what init() was given is no wasm: it takes a WebAssembly.Module, bytes, a Response, or an address';
  throw new AuthError('not_initialized', message);
}

/** @param {URL | string} url */
async function fetchSource(url) {
  try {
    return await fetch(url);
  } catch (cause) {
    throw new AuthError('network_error', `the wasm cannot be fetched from ${url}`, { cause });
  }
}

/** @param {Response} response */
async function compileResponse(response) {
  const { ok, status, url, headers } = response;
  if (!ok) throw new AuthError('network_error', `the wasm is not at ${url}: the server answered ${status}`, { status });
  const type = headers.get('content-type') ?? 'no content type';
  // Only with this type can it be compiled while it arrives; with another it is slower, not broken.
  if (/^application\/wasm *$/i.test(type) && WebAssembly.compileStreaming)
    return WebAssembly.compileStreaming(response);
  return compileBytes(await response.arrayBuffer(), `what the server answered for ${url} (${type})`);
}

/**
 * @param {BufferSource} source
 * @param {string} what
 */
function compileBytes(source, what) {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  if (!MAGIC.every((octet, index) => bytes[index] === octet)) {
    const message = `${what} is no wasm: is a page in place of the file dist/client_bg.wasm or dist/verifier_bg.wasm?`;
    throw new AuthError('response_invalid', message);
  }
  return WebAssembly.compile(source);
}
