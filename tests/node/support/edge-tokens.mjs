// @ts-check
// Tokens by `jose` and a verifier that accepts them, for the tests of the edge.

import { JwtVerifier } from 'bixarena-auth-client/edge';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';

export const URN = 'urn:bixarena:auth';

const { privateKey, publicKey } = await generateKeyPair('RS256');
export const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };

/**
 * @param {Record<string, unknown>} [claims]
 * @param {{ audience?: string, lifetime?: number, kid?: string }} [options] seconds
 */
export function sign(claims = {}, { audience = URN, lifetime = 600, kid = 'one' } = {}) {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: 'maya', roles: ['user'], ...claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
    .setIssuer(URN)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(privateKey);
}

/** @param {Record<string, unknown>} [options] */
export const newVerifier = (options) =>
  JwtVerifier.create({ jwks: /** @type {any} */ (jwks), issuer: URN, audience: URN, ...options });

/**
 * All that an answer says.
 * @param {Response} response
 */
export async function read(response) {
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), body: text && JSON.parse(text) };
}

/**
 * The refusal that is expected, to the last header.
 * @param {number} status
 * @param {string} code
 * @param {string} detail
 * @param {Record<string, string>} [headers]
 */
export const problem = (status, code, detail, headers) => ({
  status,
  headers: { 'cache-control': 'no-store', 'content-type': 'application/problem+json', ...headers },
  body: /** @type {Record<string, unknown>} */ ({ title: PHRASES[status], status, detail, code }),
});

/** @type {Record<number, string>} */
const PHRASES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};
