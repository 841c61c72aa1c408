// @ts-check
import * as glue from './dist/client.js';
import wasm from './dist/client.inline.js';
import { defineClient } from './lib/define-client.js';
import { nodeHost } from './lib/host-node.js';

export { AuthError, isAuthError } from './dist/web/host.js';

export const { AuthClient, JwtVerifier, init, safeReturnTo } = /* @__PURE__ */ defineClient('node', () =>
  nodeHost(glue, wasm),
);
