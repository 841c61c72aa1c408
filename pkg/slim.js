// @ts-check
import * as glue from './dist/client.js';
import { defineClient } from './lib/define-client.js';
import { browserTraits } from './lib/host-browser.js';
import { slimHost } from './lib/host-slim.js';

export { AuthError, isAuthError } from './dist/web/host.js';

export const { AuthClient, JwtVerifier, init, safeReturnTo } = /* @__PURE__ */ defineClient('slim, browser', () =>
  slimHost(glue, browserTraits()),
);
