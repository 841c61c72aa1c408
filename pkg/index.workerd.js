// @ts-check
import * as glue from './dist/client.js';
import wasm from './dist/client_bg.wasm';
import { defineClient } from './lib/define-client.js';
import { workerdHost } from './lib/host-workerd.js';

export { AuthError, isAuthError } from './dist/web/host.js';

export const { AuthClient, JwtVerifier, init, safeReturnTo } = /* @__PURE__ */ defineClient('workerd', () =>
  workerdHost(glue, wasm),
);
