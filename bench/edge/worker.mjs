// @ts-check
// One guarded route, with the guard that `ENGINE` names, each as its users set it up.

import { JwtVerifier, authenticate } from 'bixarena-auth-client/edge';
import { Hono } from 'hono';
import { jwk } from 'hono/jwk';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/**
 * @typedef {object} Env
 * @property {string} ENGINE
 * @property {string} JWKS_URL
 * @property {{ keys: any[] }} JWKS the same keys, for who wants them given
 * @property {string} ISSUER also the audience
 * @property {number} [COOLDOWN] seconds after a fetch before an unknown key causes another, where there is such a thing
 *
 * @typedef {(request: Request, ctx: any) => Response | Promise<Response>} Guard
 */

const answer = (/** @type {unknown} */ sub) => Response.json({ sub });

/** @param {import('bixarena-auth-client/edge').JwksCacheOptions['store']} store @returns {(env: Env) => Guard} */
const ours = (store) => (env) => {
  const { JWKS_URL: jwksUrl, ISSUER: issuer, COOLDOWN: cooldown } = env;
  const verifier = new JwtVerifier({ jwksUrl, issuer, audience: issuer, jwksCache: { store, cooldown } });
  return async (request, ctx) => {
    const result = await authenticate(request, verifier, { ctx });
    return result.ok ? answer(result.claims.sub) : result.response;
  };
};

/** @param {Env} env @returns {Guard} */
function jose({ JWKS_URL, ISSUER, COOLDOWN }) {
  const keys = createRemoteJWKSet(
    new URL(JWKS_URL),
    COOLDOWN === undefined ? {} : { cooldownDuration: COOLDOWN * 1000 },
  );
  const options = { issuer: ISSUER, audience: ISSUER, algorithms: ['RS256'] };
  return async (request) => {
    const token = request.headers.get('authorization')?.replace(/^bearer +/i, '') ?? '';
    try {
      const { payload } = await jwtVerify(token, keys, options);
      return answer(payload.sub);
    } catch {
      return new Response('Unauthorized', { status: 401, headers: { 'www-authenticate': 'Bearer' } });
    }
  };
}

/** @param {(env: Env) => { keys: any[] } | { jwks_uri: string }} source @returns {(env: Env) => Guard} */
const hono = (source) => (env) => {
  const app = new Hono();
  const verification = { iss: env.ISSUER, aud: env.ISSUER };
  app.use('*', jwk({ ...source(env), alg: ['RS256'], verification }));
  app.get('*', (c) => answer(/** @type {any} */ (c.get('jwtPayload')).sub));
  return (request, ctx) => app.fetch(request, env, ctx);
};

/** @type {Record<string, (env: Env) => Guard>} */
const guards = {
  open: () => () => answer('anybody'),
  ours: ours('memory'),
  'ours, Cache API': ours('cache-api'),
  jose,
  hono: hono(({ JWKS_URL }) => ({ jwks_uri: JWKS_URL })),
  'hono, keys given': hono(({ JWKS }) => ({ keys: JWKS.keys })),
};

/** @type {Guard | undefined} */
let guard;

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   * @param {any} ctx
   */
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/forget') {
      guard = undefined;
      return new Response();
    }
    return (guard ??= guards[env.ENGINE](env))(request, ctx);
  },
};
