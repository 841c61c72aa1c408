// @ts-check
import { SignJWT } from 'jose';

/**
 * What a test may put out of order in a token; see control/faults.mjs.
 *
 * @typedef {{ key?: import('./keys.mjs').SigningKey, claims?: Record<string, unknown>, header?: Record<string, unknown> }} TokenDefect
 */

/**
 * @param {object} options
 * @param {import('./keys.mjs').SigningKey} options.key
 * @param {string} options.issuer
 * @param {string} options.audience
 * @param {{ sub: string, roles: string[] }} options.user
 * @param {number} options.now milliseconds
 * @param {number} options.lifetime seconds
 * @param {TokenDefect | undefined} [options.defect]
 */
export function mintToken({ key, issuer, audience, user, now, lifetime, defect = {} }) {
  const iat = Math.floor(now / 1000);
  const claims = { iss: issuer, sub: user.sub, aud: audience, roles: user.roles, iat, nbf: iat, exp: iat + lifetime };
  const signer = defect.key ?? key;
  return new SignJWT({ ...claims, ...defect.claims })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: signer.kid, ...defect.header })
    .sign(signer.privateKey);
}
