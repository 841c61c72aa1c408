// @ts-check
import { glue } from './dist/client.js';
import { defineClient } from './lib/define-client.js';
import { assetHost } from './lib/host-asset.js';

export { AuthError, isAuthError } from './dist/web/errors.js';

// In this form, and here, bundlers recognise the file and take it along.
const entry = /* @__PURE__ */ defineClient('asset', () =>
  assetHost(glue, () => new URL('./dist/client_bg.wasm', import.meta.url)),
);
export const AuthClient = /* @__PURE__ */ entry('AuthClient');
export const JwtVerifier = /* @__PURE__ */ entry('JwtVerifier');
export const init = /* @__PURE__ */ entry('init');
export const safeReturnTo = /* @__PURE__ */ entry('safeReturnTo');
