// @ts-check
import * as glue from './dist/client.js';
import wasm from './dist/client.inline.js';
import { browserHost } from './lib/host-browser.js';
import { defineJwtVerifier } from './lib/jwt-verifier.js';
import { defineAuthClient, defineSafeReturnTo } from './lib/auth-client.js';

export { AuthError, isAuthError } from './dist/web/host.js';

const host = /* @__PURE__ */ browserHost(glue, wasm, () => import('./dist/client.plain.js'));
export const JwtVerifier = /* @__PURE__ */ defineJwtVerifier(host);
export const AuthClient = /* @__PURE__ */ defineAuthClient(host, JwtVerifier);
export const safeReturnTo = /* @__PURE__ */ defineSafeReturnTo(host);
export const init = () => host.load();
