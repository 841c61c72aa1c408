// @ts-check
import * as glue from './dist/client.js';
import wasm from './dist/client.inline.js';
import { nodeHost } from './lib/host-node.js';
import { defineJwtVerifier } from './lib/jwt-verifier.js';
import { defineAuthClient, defineSafeReturnTo } from './lib/auth-client.js';

export { AuthError, isAuthError } from './dist/web/host.js';

const host = /* @__PURE__ */ nodeHost(glue, wasm);
export const JwtVerifier = /* @__PURE__ */ defineJwtVerifier(host);
export const AuthClient = /* @__PURE__ */ defineAuthClient(host, JwtVerifier);
export const safeReturnTo = /* @__PURE__ */ defineSafeReturnTo(host);
export const init = () => host.load();
