// @ts-check
import { glue } from './dist/verifier.js';
import wasm from './dist/verifier.inline.js';
import { browserHost } from './lib/host-browser.js';
import { defineJwtVerifier } from './lib/jwt-verifier.js';

export { AuthError, isAuthError } from './dist/web/host.js';

const host = /* @__PURE__ */ browserHost(glue, wasm, () => import('./dist/verifier.plain.js'));
export const JwtVerifier = /* @__PURE__ */ defineJwtVerifier(host);
export const init = () => host.load();
