// @ts-check
import * as glue from './dist/verifier.js';
// @ts-ignore Next.js and Vercel compile it at deployment, if it is asked for like this
import wasm from './dist/verifier_bg.wasm?module';
import { workerdHost } from './lib/host-workerd.js';
import { defineJwtVerifier } from './lib/jwt-verifier.js';

export { AuthError, isAuthError } from './dist/web/host.js';

const host = /* @__PURE__ */ workerdHost(glue, wasm);
export const JwtVerifier = /* @__PURE__ */ defineJwtVerifier(host);
export const init = () => host.load();
