// @ts-check
import { defineGuard } from './lib/edge/guard.js';
import { JwtVerifier, init } from './verifier.edge-light.js';

export * from './verifier.edge-light.js';
export * from './lib/edge/index.js';
export const guard = /* @__PURE__ */ defineGuard(JwtVerifier, init);
