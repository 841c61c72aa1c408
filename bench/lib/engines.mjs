// @ts-check
// The verifiers, each as its users set it up: the key set given, issuer and audience demanded, one algorithm allowed.

import { JwtVerifier as AwsJwtVerifier } from 'aws-jwt-verify';
import { JwtVerifier } from 'bixarena-auth-client/verifier';
import { verifyWithJwks } from 'hono/jwt';
import { createLocalJWKSet, jwtVerify } from 'jose';

/** @typedef {import('./material.mjs').Alg} Alg */
/** @typedef {import('./material.mjs').Tokens} Tokens */

/**
 * @typedef {object} Setting
 * @property {Alg} alg
 * @property {string} issuer
 * @property {string} audience
 * @property {Tokens} tokens
 * @property {boolean} [repeatCache] false: every verification does all of the work
 *
 * @typedef {object} Verifier
 * @property {(input: any) => any} verify what is timed: throws or rejects for a bad token
 * @property {(token: string) => unknown} [input] what verify is given, if not the token; not timed
 * @property {(result: any) => any} [claims] the claims in a result; without it there are none
 *
 * @typedef {(setting: Setting) => Verifier | Promise<Verifier>} Engine
 */

const WEBCRYPTO = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
};

/**
 * The floor: `crypto.subtle.verify` alone, with the key imported and the octets decoded beforehand.
 * @type {Engine}
 */
async function raw({ alg, tokens }) {
  const algorithm = WEBCRYPTO[alg];
  const key = await crypto.subtle.importKey('jwk', tokens.jwks.keys[0], algorithm, false, ['verify']);
  const encoder = new TextEncoder();
  return {
    input(token) {
      const dot = token.lastIndexOf('.');
      return { signed: encoder.encode(token.slice(0, dot)), signature: octets(token.slice(dot + 1)) };
    },
    async verify({ signed, signature }) {
      if (!(await crypto.subtle.verify(algorithm, key, signature, signed))) throw new Error('bad signature');
    },
  };
}

/** @param {string} text base64url */
function octets(text) {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}

/** @type {Engine} */
async function ours({ alg, issuer, audience, tokens, repeatCache }) {
  const options = { jwks: tokens.jwks, issuer, audience, algorithms: [alg], repeatCache };
  const verifier = await JwtVerifier.create(options);
  return { verify: (token) => verifier.verify(token), claims: ({ claims }) => claims };
}

/** @type {Engine} */
function jose({ alg, issuer, audience, tokens }) {
  const keys = createLocalJWKSet(tokens.jwks);
  const options = { issuer, audience, algorithms: [alg] };
  return { verify: (token) => jwtVerify(token, keys, options), claims: ({ payload }) => payload };
}

/** @type {Engine} */
function aws({ issuer, audience, tokens }) {
  const verifier = AwsJwtVerifier.create({ issuer, audience, jwksUri: 'https://keys.example/jwks.json' });
  verifier.cacheJwks(tokens.jwks);
  return { verify: (token) => verifier.verify(token), claims: (payload) => payload };
}

/** @type {Engine} */
function hono({ alg, issuer, audience, tokens }) {
  const options = { keys: tokens.jwks.keys, allowedAlgorithms: [alg], verification: { iss: issuer, aud: audience } };
  return { verify: (token) => verifyWithJwks(token, options), claims: (payload) => payload };
}

/** @type {Record<string, Engine>} */
export const engines = { raw, ours, jose, 'aws-jwt-verify': aws, hono };
