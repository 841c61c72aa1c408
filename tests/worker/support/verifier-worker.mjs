// @ts-check
// A Worker with one `JwtVerifier` for all requests, which says what becomes of the token that it is sent. The path says who
// asks the verifier; `x-later`, by how many seconds its clock is ahead.

import { Hono } from 'hono';
import { JwtVerifier, authenticate, createSessionExchanger, isAuthError } from 'bixarena-auth-client/edge';
import { bearerAuth } from 'bixarena-auth-client/hono';

const URN = 'urn:bixarena:auth';

/** @typedef {{ JWKS_URL: string, TIMEOUT?: number, STORE?: 'memory' | 'cache-api' }} Env */

/** @type {JwtVerifier | undefined} */
let verifier;
let later = 0;

/** @param {Env} env */
const theVerifier = ({ JWKS_URL, TIMEOUT, STORE }) =>
  (verifier ??= new JwtVerifier({
    jwksUrl: JWKS_URL,
    issuer: URN,
    audience: URN,
    now: () => Date.now() + later,
    jwksCache: { timeout: TIMEOUT, store: STORE },
  }));

/** How many promises were handed to the runtime, and how many of them have settled. */
const waits = { begun: 0, ended: 0 };

/** @param {{ waitUntil(promise: Promise<unknown>): void }} ctx */
const counting = (ctx) => ({
  /** @param {Promise<unknown>} promise */
  waitUntil(promise) {
    waits.begun += 1;
    ctx.waitUntil(promise.then(() => (waits.ended += 1)));
  },
});

/** @type {Hono<import('bixarena-auth-client/hono').BearerAuthEnv & { Bindings: Env }>} */
const app = new Hono();
app.use(
  '/hono',
  bearerAuth((c) => theVerifier(c.env)),
);
app.get('/hono', (c) => c.json({ sub: c.get('auth').claims.sub }));

/**
 * @param {Request} request
 * @param {JwtVerifier} verifier
 * @param {any} ctx
 */
async function verify(request, verifier, ctx) {
  const { pathname } = new URL(request.url);
  const token = request.headers.get('authorization')?.slice('Bearer '.length) ?? '';
  if (pathname === '/authenticate') return authenticate(request, verifier, { ctx });
  if (pathname === '/exchange') {
    return createSessionExchanger({ baseUrl: 'http://service.example/v1', verifier }).exchange(request, { ctx });
  }
  return verifier.verify(token, pathname === '/alone' ? undefined : { ctx });
}

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   * @param {any} context
   */
  async fetch(request, env, context) {
    const ctx = counting(context);
    if (new URL(request.url).pathname === '/waits') return Response.json(waits);
    later = Number(request.headers.get('x-later') ?? 0) * 1000;
    if (new URL(request.url).pathname === '/hono') return app.fetch(request, env, /** @type {any} */ (ctx));
    try {
      const result = /** @type {any} */ (await verify(request, theVerifier(env), ctx));
      return result.response ?? Response.json({ sub: result.claims.sub });
    } catch (error) {
      return Response.json(isAuthError(error) ? { code: error.code, status: error.status } : { thrown: String(error) });
    }
  },
};
