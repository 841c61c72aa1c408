// @ts-check
import { glue } from './dist/client.js';
import { defineClient } from './lib/define-client.js';
import { browserTraits } from './lib/host-browser.js';
import { slimHost } from './lib/host-slim.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

const entry = /* @__PURE__ */ defineClient('slim, browser', () => slimHost(glue, browserTraits()));
export const AuthClient = /* @__PURE__ */ entry('AuthClient');
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
export const safeReturnTo = /* @__PURE__ */ entry('safeReturnTo');
