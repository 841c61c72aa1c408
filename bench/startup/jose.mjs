// @ts-check
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from 'jose';

/** @type {import('./measure.mjs').FirstToken} */
export async function firstToken({ token, jwks, jwksUrl, issuer, audience }) {
  const keys = jwksUrl ? createRemoteJWKSet(new URL(jwksUrl)) : createLocalJWKSet(/** @type {any} */ (jwks));
  return (await jwtVerify(token, keys, { issuer, audience, algorithms: ['RS256'] })).payload;
}
