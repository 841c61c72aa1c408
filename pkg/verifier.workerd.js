// @ts-check
import { glue } from './dist/verifier.js';
import wasm from './dist/verifier_bg.wasm';
import { defineVerifier } from './lib/define-verifier.js';
import { workerdHost } from './lib/host-workerd.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

const entry = /* @__PURE__ */ defineVerifier('workerd', () => workerdHost(glue, wasm));
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
