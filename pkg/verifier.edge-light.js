// @ts-check
import { glue } from './dist/verifier.js';
// @ts-ignore Next.js and Vercel compile it at deployment, if it is asked for like this
import wasm from './dist/verifier_bg.wasm?module';
import { defineVerifier } from './lib/define-verifier.js';
import { workerdHost } from './lib/host-workerd.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

const entry = /* @__PURE__ */ defineVerifier('edge-light', () => workerdHost(glue, wasm));
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
