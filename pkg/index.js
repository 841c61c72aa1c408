// @ts-check
import { glue } from './dist/client.js';
import wasm from './dist/client.inline.js';
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
