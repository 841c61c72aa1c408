/// <reference lib="esnext.disposable" />
/**
 * The main entry with the wasm in a file of its own: a bundler that knows `new URL('…', import.meta.url)` (Vite, webpack 5, Parcel) copies it, the browser
 * compiles it while it arrives, and caches it. Its `init()` and `create()` reject with `network_error` if the file is not there, and with
 * `response_invalid` if something else is in its place. In Node and Workers it is the main entry.
 * @module bixarena-auth-client/asset
 */

export * from './dist/types.js';
