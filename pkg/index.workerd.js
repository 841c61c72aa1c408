// @ts-check
import { glue } from './dist/client.js';
import wasm from './dist/client_bg.wasm';
import { defineClient } from './lib/define-client.js';
import { workerdHost } from './lib/host-workerd.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

const entry = /* @__PURE__ */ defineClient('workerd', () => workerdHost(glue, wasm));
export const AuthClient = /* @__PURE__ */ entry('AuthClient');
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
export const safeReturnTo = /* @__PURE__ */ entry('safeReturnTo');
