// @ts-check
import * as glue from './dist/client.js';
import wasm from './dist/client.inline.js';
import { defineClient } from './lib/define-client.js';
import { browserHost } from './lib/host-browser.js';

export { AuthError, isAuthError } from './dist/web/host.js';

export const { AuthClient, JwtVerifier, init, safeReturnTo } = /* @__PURE__ */ defineClient('browser', () =>
  browserHost(glue, wasm, () => import('./dist/client.plain.js')),
);
