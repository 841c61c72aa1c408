// @ts-check
// A real token, the same with other claims under the old signature, and the key set that tells them apart.

import { SignJWT, exportJWK, generateKeyPair } from 'jose';

const SERVICE = 'urn:bixarena:auth';
export const SUBJECT = '6b1f3f0e-9c1c-4d0e-8a39-1b1e6a7c2f10';

/** @typedef {{ token: string, tampered: string, jwks: { keys: object[] }, issuer: string, audience: string }} Fixture */

/** @type {Promise<Fixture> | undefined} */
let made;

/** Made once in this process; the token is good for hours. */
export const fixture = () => (made ??= make());

/** @returns {Promise<Fixture>} */
async function make() {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const token = await new SignJWT({ roles: ['user'] })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'one' })
    .setIssuer(SERVICE)
    .setAudience(SERVICE)
    .setSubject(SUBJECT)
    .setIssuedAt()
    .setExpirationTime('6h')
    .sign(privateKey);
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }] };
  return { token, tampered: tamper(token), jwks, issuer: SERVICE, audience: SERVICE };
}

/** @param {string} token */
function tamper(token) {
  const [header, claims, signature] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), roles: ['admin'] };
  return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
}

/** What `check()` of app/check.js answers where everything works. */
export const EXPECTED = {
  main: { subject: SUBJECT, tampered: 'signature_invalid' },
  verifier: { subject: SUBJECT, tampered: 'signature_invalid' },
  client: 'unknown',
};
