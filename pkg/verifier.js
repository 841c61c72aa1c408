// @ts-check
import { glue } from './dist/verifier.js';
import wasm from './dist/verifier.inline.js';
import { defineVerifier } from './lib/define-verifier.js';
import { browserHost } from './lib/host-browser.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

const entry = /* @__PURE__ */ defineVerifier('browser', () =>
  browserHost(glue, wasm, () => import('./dist/verifier.plain.js')),
);
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
