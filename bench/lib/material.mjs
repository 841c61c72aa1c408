// @ts-check
// The tokens that are timed, made anew for each run: peers look at the real clock.

import { constants, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';

/** @typedef {'RS256' | 'PS256' | 'ES256' | 'EdDSA'} Alg */

/**
 * @typedef {object} Tokens what there is of one algorithm; JSON, so that it can be sent to any host
 * @property {{ keys: any[] }} jwks
 * @property {string} pem the same key, for peers that know no JWK
 * @property {string[]} good distinct ones
 * @property {string[]} expired distinct ones, well signed
 * @property {string[]} forged distinct ones, the signature changed in one letter
 * @property {string[]} malformed distinct ones: the header is no base64url
 * @property {string[]} unknown distinct ones: no key has their kid
 * @property {string} foreign a token for another audience
 *
 * @typedef {{ issuer: string, audience: string, tokens: Partial<Record<Alg, Tokens>> }} Material
 */

const ISSUER = 'urn:bixarena:auth';
/** As long as the tokens of the deployed service, with its claims and a few more. */
const RS256_LENGTH = 949;

/** @type {Record<Alg, { pair: () => import('node:crypto').KeyPairKeyObjectResult, hash: string | null, how: object }>} */
const KINDS = {
  RS256: { pair: rsa, hash: 'sha256', how: {} },
  PS256: { pair: rsa, hash: 'sha256', how: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  ES256: {
    pair: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    hash: 'sha256',
    how: { dsaEncoding: 'ieee-p1363' },
  },
  EdDSA: { pair: () => generateKeyPairSync('ed25519'), hash: null, how: {} },
};

function rsa() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** @param {unknown} part */
function segment(part) {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

/**
 * @param {number} now seconds
 * @param {number} lifetime seconds
 */
function claims(now, lifetime) {
  return {
    iss: ISSUER,
    aud: ISSUER,
    sub: randomUUID(),
    roles: ['user', 'admin'],
    jti: randomUUID(),
    sid: randomUUID(),
    preferred_username: 'arena-user',
    email: 'arena-user@example.org',
    email_verified: true,
    iat: now - 10,
    nbf: now - 10,
    exp: now + lifetime,
    pad: '',
  };
}

/**
 * @param {Alg} alg
 * @param {number} count distinct tokens of each sort
 * @returns {Tokens}
 */
function tokensOf(alg, count) {
  const { pair, hash, how } = KINDS[alg];
  const { privateKey } = pair();
  const publicKey = createPublicKey(privateKey);
  const kid = randomUUID();
  const now = Math.floor(Date.now() / 1000);
  const issue = (/** @type {object} */ payload, name = kid) => {
    const input = `${segment({ alg, typ: 'JWT', kid: name })}.${segment(payload)}`;
    return `${input}.${sign(hash, Buffer.from(input), { key: privateKey, ...how }).toString('base64url')}`;
  };
  // Three octets make four letters; what is missing after that is less than a letter.
  const spare = alg === 'RS256' ? Math.floor(((RS256_LENGTH - issue(claims(now, 3600)).length) * 3) / 4) : 0;
  const pad = 'x'.repeat(spare);
  const many = (/** @type {(number: number) => string} */ make) => Array.from({ length: count }, (_, at) => make(at));
  const good = many(() => issue({ ...claims(now, 3600), pad }));
  return {
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }] },
    pem: String(publicKey.export({ type: 'spki', format: 'pem' })),
    good,
    expired: many(() => issue({ ...claims(now, -5000), pad })),
    forged: good.map(forge),
    malformed: good.map((token) => `*${token.slice(1)}`),
    unknown: good.map((token) =>
      [segment({ alg, typ: 'JWT', kid: randomUUID() }), ...token.split('.').slice(1)].join('.'),
    ),
    foreign: issue({ ...claims(now, 3600), aud: 'urn:bixarena:other' }),
  };
}

/** @param {string} token */
function forge(token) {
  const at = token.lastIndexOf('.') + 20;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

/**
 * @param {Alg[]} algs
 * @param {number} count
 * @returns {Material}
 */
export function makeMaterial(algs, count) {
  const tokens = Object.fromEntries(algs.map((alg) => [alg, tokensOf(alg, count)]));
  return { issuer: ISSUER, audience: ISSUER, tokens };
}
