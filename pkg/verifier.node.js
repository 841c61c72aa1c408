// @ts-check
import { glue } from './dist/verifier.js';
import wasm from './dist/verifier.inline.js';
import { nodeHost } from './lib/host-node.js';
import { defineJwtVerifier } from './lib/jwt-verifier.js';

export { AuthError, isAuthError } from './dist/web/host.js';

const host = /* @__PURE__ */ nodeHost(glue, wasm);
export const JwtVerifier = /* @__PURE__ */ defineJwtVerifier(host);
export const init = () => host.load();
