// @ts-check
/*
 * A Worker that guards an API: GET /api/me answers what a verified token says of its user, and nobody else.
 */
import { JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';

/**
 * @typedef {object} Env
 * @property {string} JWKS_URL
 * @property {string} [ISSUER]
 * @property {string} [AUDIENCE]
 * @property {string} [ALLOWED_ORIGINS] separated by spaces; for a UI of another origin
 */

/** Seconds after which a client may ask again, where the key set cannot be had and nothing better is known. */
const RETRY_AFTER = 5;

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
    const cors = corsHeaders(request, env);
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors });
    const response = await route(request, env);
    for (const [name, value] of Object.entries(cors)) response.headers.set(name, value);
    return response;
  },
};

/**
 * @param {Request} request
 * @param {Env} env
 */
async function route(request, env) {
  if (new URL(request.url).pathname !== '/api/me') return problem(404, 'there is nothing here');
  if (request.method !== 'GET') return problem(405, 'only GET is allowed here', { allow: 'GET' });
  const header = request.headers.get('authorization');
  // RFC 6750 §3.1: a request without credentials is told the scheme and no error; so is one with another scheme.
  if (header === null || !/^bearer(?: |$)/i.test(header)) {
    return problem(401, 'a bearer token is needed', { 'www-authenticate': 'Bearer realm="BixArena"' });
  }
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header)?.[1];
  if (token === undefined) return challenge(400, 'invalid_request', 'the Authorization header is malformed');
  try {
    const { claims } = await verifierOf(env).verify(token);
    const { sub, roles, exp } = claims;
    return Response.json({ sub, roles, exp }, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    return refusal(error);
  }
}

/** @param {unknown} error */
function refusal(error) {
  if (!isAuthError(error)) throw error;
  // That the keys cannot be had says nothing about the token.
  if (error.code === 'jwks_unavailable' || error.code === 'jwks_invalid') {
    return problem(503, error.message, { 'retry-after': String(error.retryAfter ?? RETRY_AFTER) });
  }
  return challenge(401, 'invalid_token', error.message, error.code);
}

/**
 * @param {number} status
 * @param {string} error of RFC 6750 §3.1
 * @param {string} title our own words: nothing of a token is in them
 * @param {string} [code]
 */
function challenge(status, error, title, code) {
  const value = `Bearer realm="BixArena", error="${error}", error_description="${title.replaceAll(/["\\]/g, "'")}"`;
  return problem(status, title, { 'www-authenticate': value }, code);
}

/**
 * Problem details (RFC 9457).
 * @param {number} status
 * @param {string} title
 * @param {Record<string, string>} [headers]
 * @param {string} [code]
 */
function problem(status, title, headers, code) {
  return new Response(JSON.stringify({ title, status, code }), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

/**
 * @param {Request} request
 * @param {Env} env
 * @returns {Record<string, string>}
 */
function corsHeaders(request, { ALLOWED_ORIGINS = '' }) {
  const origin = request.headers.get('origin');
  if (origin === null || !ALLOWED_ORIGINS.split(' ').includes(origin)) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, OPTIONS',
    'access-control-allow-headers': 'Authorization',
    'access-control-expose-headers': 'WWW-Authenticate, Retry-After',
  };
}
