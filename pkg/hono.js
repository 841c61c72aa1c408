// @ts-check
import { authenticate, checkAuthenticateOptions } from './lib/edge/authenticate.js';

/**
 * The execution context; Hono throws where there is none, as in Node.
 * @param {any} c
 */
function contextOf(c) {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}

/**
 * See hono.d.ts.
 * @param {any} verifier
 * @param {any} [options]
 */
export function bearerAuth(verifier, options = {}) {
  checkAuthenticateOptions(options);
  return async (/** @type {any} */ c, /** @type {() => Promise<void>} */ next) => {
    const judge = typeof verifier === 'function' ? await verifier(c) : verifier;
    const result = await authenticate(c.req.raw, judge, { ctx: contextOf(c), ...options });
    if (!result.ok) return result.response;
    c.set('auth', { claims: result.claims, token: result.token });
    await next();
  };
}
