// @ts-check
import { glue } from './dist/verifier.js';
import wasm from './dist/verifier_bg.wasm';
import { workerdHost } from './lib/host-workerd.js';
import { defineJwtVerifier } from './lib/jwt-verifier.js';

export { AuthError, isAuthError } from './dist/web/host.js';

const host = /* @__PURE__ */ workerdHost(glue, wasm);
export const JwtVerifier = /* @__PURE__ */ defineJwtVerifier(host);
export const init = () => host.load();
