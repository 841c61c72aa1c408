// @ts-check
import * as glue from './dist/verifier.js';
import { defineVerifier } from './lib/define-verifier.js';
import { nodeTraits } from './lib/host-node.js';
import { slimHost } from './lib/host-slim.js';

export { AuthError, isAuthError } from './dist/web/host.js';

export const { JwtVerifier, init } = /* @__PURE__ */ defineVerifier('slim, node', () => slimHost(glue, nodeTraits()));
