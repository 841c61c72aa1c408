// @ts-check
import { AuthError } from '../dist/web/errors.js';
import { browserTraits } from './host-browser.js';
import { createLoader } from './load.js';
import { compileSource } from './wasm-source.js';

/**
 * As the browser's host, with the wasm in a file of its own: compiled while it arrives, and kept compiled by the browser's cache.
 *
 * @param {any} glue the generated module
 * @param {() => URL} address of the file, once a bundler has moved it
 */
export function assetHost(glue, address) {
  return { glue, ...createLoader(glue, { compile: () => fetchWasm(address()) }), ...browserTraits() };
}

/** @param {URL} url */
async function fetchWasm(url) {
  let response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new AuthError('network_error', `the wasm cannot be fetched from ${url.href}`, { cause });
  }
  return compileSource(response);
}
