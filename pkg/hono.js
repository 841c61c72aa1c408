// @ts-check
import { authenticate, checkAuthenticateOptions } from './lib/edge/authenticate.js';

/**
 * See hono.d.ts.
 * @param {any} verifier
 * @param {any} [options]
 */
export function bearerAuth(verifier, options = {}) {
  checkAuthenticateOptions(options);
  return async (/** @type {any} */ c, /** @type {() => Promise<void>} */ next) => {
    const judge = typeof verifier === 'function' ? await verifier(c) : verifier;
    const result = await authenticate(c.req.raw, judge, options);
    if (!result.ok) return result.response;
    c.set('auth', { claims: result.claims, token: result.token });
    await next();
  };
}
