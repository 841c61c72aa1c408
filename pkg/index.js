// @ts-check
// First, as bundlers keep the order: in the midst of the code, gzip would look across it for what is alike (250 bytes more).
import wasm from './dist/client.inline.js';
import { glue } from './dist/client.js';
import { defineClient } from './lib/define-client.js';
import { browserHost } from './lib/host-browser.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

const entry = /* @__PURE__ */ defineClient('browser', () =>
  browserHost(glue, wasm, () => import('./dist/client.plain.js')),
);
export const AuthClient = /* @__PURE__ */ entry('AuthClient');
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
export const safeReturnTo = /* @__PURE__ */ entry('safeReturnTo');
