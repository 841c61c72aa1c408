// @ts-check
/*
 * A Worker that guards an API: GET /api/me answers what a verified token says of its user, and nobody else.
 */
import { JwtVerifier, authenticate, preflight, withCors } from 'bixarena-auth-client/edge';

/**
 * @typedef {object} Env
 * @property {string} JWKS_URL
 * @property {string} [ISSUER]
 * @property {string} [AUDIENCE]
 * @property {string} [ALLOWED_ORIGINS] separated by spaces; for a UI of another origin
 */

/** One verifier an isolate: it keeps the key set and what was verified. @type {JwtVerifier | undefined} */
let verifier;

/** @param {Env} env */
function verifierOf({ JWKS_URL, ISSUER = 'urn:bixarena:auth', AUDIENCE = 'urn:bixarena:auth' }) {
  return (verifier ??= new JwtVerifier({
    jwksUrl: JWKS_URL,
    issuer: ISSUER,
    audience: AUDIENCE,
    requiredClaims: ['sub'],
  }));
}

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   */
  async fetch(request, env) {
    const cors = {
      origins: (env.ALLOWED_ORIGINS ?? '').split(' ').filter((origin) => origin !== ''),
      methods: ['GET'],
      headers: ['Authorization'],
    };
    return preflight(request, cors) ?? withCors(await route(request, env), request, cors);
  },
};

/**
 * @param {Request} request
 * @param {Env} env
 */
async function route(request, env) {
  if (new URL(request.url).pathname !== '/api/me') return problem(404, 'Not Found');
  if (request.method !== 'GET') return problem(405, 'Method Not Allowed', { allow: 'GET' });
  const result = await authenticate(request, verifierOf(env));
  if (!result.ok) return result.response;
  const { sub, roles, exp } = result.claims;
  return Response.json({ sub, roles, exp }, { headers: { 'cache-control': 'no-store' } });
}

/**
 * Problem details (RFC 9457).
 * @param {number} status
 * @param {string} title
 * @param {Record<string, string>} [headers]
 */
function problem(status, title, headers) {
  return new Response(JSON.stringify({ title, status }), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}
