// @ts-check
import { defineGuard } from './lib/edge/guard.js';
import { JwtVerifier, init } from './verifier.workerd.js';

export * from './verifier.workerd.js';
export * from './lib/edge/index.js';
export const guard = /* @__PURE__ */ defineGuard(JwtVerifier, init);
