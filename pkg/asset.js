// @ts-check
import * as glue from './dist/client.js';
import { defineClient } from './lib/define-client.js';
import { assetHost } from './lib/host-asset.js';

export { AuthError, isAuthError } from './dist/web/host.js';

// In this form, and here, bundlers recognise the file and take it along.
export const { AuthClient, JwtVerifier, init, safeReturnTo } = /* @__PURE__ */ defineClient('asset', () =>
  assetHost(glue, () => new URL('./dist/client_bg.wasm', import.meta.url)),
);
