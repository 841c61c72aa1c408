// @ts-check
import * as glue from './dist/verifier.js';
import { defineVerifier } from './lib/define-verifier.js';
import { workerdTraits } from './lib/host-workerd.js';
import { slimHost } from './lib/host-slim.js';

export { AuthError, isAuthError } from './dist/web/host.js';

export const { JwtVerifier, init } = /* @__PURE__ */ defineVerifier('slim, workerd', () =>
  slimHost(glue, workerdTraits()),
);
