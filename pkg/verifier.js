// @ts-check
import { glue } from './dist/verifier.js';
// Not in gzip: it is so small that unzipping it takes longer than fetching the little that gzip saves beyond HTTP's own.
import wasm from './dist/verifier.plain.js';
import { defineVerifier } from './lib/define-verifier.js';
import { browserHost } from './lib/host-browser.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

const entry = /* @__PURE__ */ defineVerifier('browser', () => browserHost(glue, wasm));
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
