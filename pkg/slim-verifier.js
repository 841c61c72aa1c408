// @ts-check
import { glue } from './dist/verifier.js';
import { defineVerifier } from './lib/define-verifier.js';
import { browserTraits } from './lib/host-browser.js';
import { slimHost } from './lib/host-slim.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

const entry = /* @__PURE__ */ defineVerifier('slim, browser', () => slimHost(glue, browserTraits()));
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
