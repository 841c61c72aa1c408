// @ts-check
import * as glue from './dist/client.js';
// @ts-ignore Next.js and Vercel compile it at deployment, if it is asked for like this
import wasm from './dist/client_bg.wasm?module';
import { defineClient } from './lib/define-client.js';
import { workerdHost } from './lib/host-workerd.js';

export { AuthError, isAuthError } from './dist/web/host.js';

export const { AuthClient, JwtVerifier, init, safeReturnTo } = /* @__PURE__ */ defineClient('edge-light', () =>
  workerdHost(glue, wasm),
);
