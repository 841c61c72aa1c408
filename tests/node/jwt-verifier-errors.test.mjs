// @ts-check
// What the errors of `JwtVerifier` hold: what was looked at and found, made safe, and never the token.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { AuthError, JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { leaks } from '../corpus/compare.mjs';
import { publicJwk } from '../fixtures/forge/keys.mjs';
import { jwt } from '../fixtures/forge/token.mjs';
import {
  ISSUER,
  NOW,
  answer,
  clockAt,
  refusal,
  serviceWith,
  setOf,
  strangerToken,
  tokenOf,
  verifierFor,
} from './support/key-service.mjs';

/** @param {Record<string, unknown>} [options] */
const verifier = (options) =>
  new JwtVerifier({ jwks: setOf('rsa-1'), issuer: ISSUER, audience: ISSUER, now: clockAt(), ...options });

const withHeader = (/** @type {Record<string, unknown>} */ header) => jwt({ header });
const withClaims = (/** @type {Record<string, unknown>} */ claims) => jwt({ claims });
const forged = () => jwt({ sign: () => Buffer.alloc(256, 1) });
const two = ['urn:a', 'urn:b'];

/** @type {[string, string, Record<string, unknown>, string, Record<string, unknown>][]} */
const rows = [
  [
    'issuer',
    withClaims({ iss: 'urn:x' }),
    {},
    'issuer_mismatch',
    { claim: 'iss', expected: ISSUER, received: 'urn:x' },
  ],
  ['issuers', withClaims({ iss: 'urn:x' }), { issuer: two }, 'issuer_mismatch', { expected: two, received: 'urn:x' }],
  [
    'audience',
    withClaims({ aud: 'urn:x' }),
    {},
    'audience_mismatch',
    { claim: 'aud', expected: ISSUER, received: 'urn:x' },
  ],
  ['audiences', withClaims({ aud: 'urn:x' }), { audience: two }, 'audience_mismatch', { expected: two }],
  ['audience list', withClaims({ aud: two }), {}, 'audience_mismatch', { received: JSON.stringify(two) }],
  ['typ', withHeader({ typ: 'at+jwt' }), {}, 'type_mismatch', { claim: 'typ', expected: 'JWT', received: 'at+jwt' }],
  ['alg', withHeader({ alg: 'HS256' }), {}, 'algorithm_not_allowed', { claim: 'alg', received: 'HS256' }],
  ['exp', withClaims({ exp: NOW - 5 }), {}, 'token_expired', { claim: 'exp', received: NOW - 5 }],
  ['nbf', withClaims({ nbf: NOW + 6 }), {}, 'token_not_yet_valid', { claim: 'nbf', received: NOW + 6 }],
  ['iat', withClaims({ iat: NOW + 6 }), {}, 'token_not_yet_valid', { claim: 'iat', received: NOW + 6 }],
  ['age', withClaims({}), { maxTokenAge: 10 }, 'token_expired', { claim: 'iat', received: NOW - 60 }],
  ['no exp', withClaims({ exp: undefined }), {}, 'claim_missing', { claim: 'exp' }],
  ['no iss', withClaims({ iss: undefined }), {}, 'claim_missing', { claim: 'iss' }],
  ['no aud', withClaims({ aud: undefined }), {}, 'claim_missing', { claim: 'aud' }],
  ['no jti', withClaims({}), { requiredClaims: ['sub', 'jti'] }, 'claim_missing', { claim: 'jti' }],
  ['exp as text', withClaims({ exp: 'never' }), {}, 'claim_invalid', { claim: 'exp' }],
  ['sub as number', withClaims({ sub: 7 }), {}, 'claim_invalid', { claim: 'sub' }],
  ['iss as list', withClaims({ iss: [ISSUER] }), {}, 'claim_invalid', { claim: 'iss' }],
  ['unknown kid', withHeader({ kid: 'nobody' }), {}, 'key_not_found', { kid: 'nobody' }],
  ['no kid', withHeader({ kid: undefined }), { jwks: setOf('rsa-1', 'rsa-2') }, 'key_ambiguous', { kid: undefined }],
  ['signature', forged(), {}, 'signature_invalid', { kid: 'rsa-1' }],
  ['size', withClaims({}), { maxTokenBytes: 100 }, 'token_too_large', { expected: 100 }],
  [
    'use',
    withHeader({}),
    { jwks: { keys: [publicJwk('rsa-1', { use: 'enc' }), publicJwk('rsa-2')] } },
    'key_unusable',
    { kid: 'rsa-1' },
  ],
  [
    'weak',
    withHeader({}),
    { jwks: { keys: [publicJwk('rsa-1024', { kid: 'rsa-1' }), publicJwk('rsa-2')] } },
    'key_invalid',
    { kid: 'rsa-1' },
  ],
];

describe('an error', () => {
  for (const [name, token, options, code, fields] of rows) {
    it(`says what was found: ${name}`, async () => {
      const error = /** @type {any} */ (await refusal(verifier(options).verify(token), code));
      for (const [field, value] of Object.entries(fields)) assert.deepEqual(error[field], value, field);
      assert.ok(error instanceof AuthError && error instanceof Error && isAuthError(error));
      assert.equal(error.name, 'AuthError');
      assert.match(error.message, /^[a-z].*[^.\n]$/);
      assert.match(error.stack ?? '', /AuthError/);
    });

    it(`holds no part of the token: ${name}`, async () => {
      const error = await refusal(verifier(options).verify(token), code);
      const texts = [error.message, error.stack, String(error), JSON.stringify(error), inspect(error, { depth: 9 })];
      for (const text of texts) {
        for (const segment of token.split('.').filter((part) => part.length > 15)) {
          assert.ok(!text?.includes(segment.slice(0, 16)) && !text?.includes(segment.slice(-16)));
        }
      }
      assert.equal(leaks(error, token), undefined);
    });
  }

  it('is another object each time', async () => {
    const one = verifier();
    const token = forged();
    const [a, b] = [
      await refusal(one.verify(token), 'signature_invalid'),
      await refusal(one.verify(token), 'signature_invalid'),
    ];
    assert.notEqual(a, b);
  });

  it('keeps the errors of tokens that are refused at the same time apart', async () => {
    const one = verifier();
    const kids = ['a', 'b', 'c'];
    const errors = await Promise.all(kids.map((kid) => refusal(one.verify(withHeader({ kid })), 'key_not_found')));
    assert.deepEqual(
      errors.map(({ kid }) => kid),
      kids,
    );
  });
});

describe('an attacker’s text', () => {
  const LONG = 'x'.repeat(5000);
  /** @type {[string, (text: string) => string, string, 'kid' | 'received'][]} */
  const places = [
    ['kid', (kid) => withHeader({ kid }), 'key_not_found', 'kid'],
    ['alg', (alg) => withHeader({ alg }), 'algorithm_not_allowed', 'received'],
    ['typ', (typ) => withHeader({ typ }), 'type_mismatch', 'received'],
    ['iss', (iss) => withClaims({ iss }), 'issuer_mismatch', 'received'],
    ['aud', (aud) => withClaims({ aud }), 'audience_mismatch', 'received'],
  ];
  for (const [name, tokenWith, code, field] of places) {
    it(`in ${name} is shortened and escaped, and not in the message`, async () => {
      const found = async (/** @type {string} */ text) => {
        const error = /** @type {any} */ (await refusal(verifier().verify(tokenWith(text)), code));
        assert.ok(!error.message.includes(text.slice(0, 3)));
        return error[field];
      };
      assert.equal(await found(LONG), LONG.slice(0, 128));
      assert.equal(await found(`ab\n\r\tc\u001b[31m`), 'ab\\u{a}\\u{d}\\u{9}c\\u{1b}[31m');
      assert.equal(await found('<b>\u202egnp'), '<b>\\u{202e}gnp');
      const controls = await found('\u0000'.repeat(500));
      assert.ok(controls.length <= 128 && !controls.includes('\u0000'));
      const astral = await found('😀'.repeat(500));
      assert.ok([...astral].length <= 128 && astral.isWellFormed());
    });
  }

  it('in an unknown option’s name is shortened in the TypeError', () => {
    const construct = () => verifier({ [`${'y'.repeat(1000)}\n`]: 1 });
    assert.throws(construct, (error) => error instanceof TypeError && error.message.length < 300);
  });
});

describe('errors of a fetched key set', () => {
  it('hold the status, how long to wait, and no token', async () => {
    const service = serviceWith();
    const headers = { 'content-type': 'application/json', 'retry-after': '17' };
    service.responder = () => answer({ title: 'down' }, { status: 503, headers });
    const token = tokenOf('rsa-1');
    const error = await refusal(verifierFor(service, clockAt()).verify(token), 'jwks_unavailable');
    assert.deepEqual([error.status, error.retryAfter], [503, 17]);
    assert.equal(leaks(error, token), undefined);
  });

  it('hold the kid that was not found even after a fetch', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const one = verifierFor(service, now);
    const token = strangerToken();
    const { kid } = await refusal(one.verify(token), 'key_not_found');
    assert.match(kid ?? '', /^stranger-\d+$/);
    now.advance(30);
    assert.match((await refusal(one.verify(strangerToken()), 'key_not_found')).kid ?? '', /^stranger-\d+$/);
    assert.equal(service.count, 2);
  });

  it('belong to the token that they are given for, when many wait for one fetch', async () => {
    const service = serviceWith('rsa-1');
    const one = verifierFor(service, clockAt());
    const kids = Array.from({ length: 50 }, (_, at) => `kid-${at}`);
    const errors = await Promise.all(kids.map((kid) => refusal(one.verify(withHeader({ kid })), 'key_not_found')));
    assert.deepEqual(
      errors.map(({ kid }) => kid),
      kids,
    );
    assert.equal(service.count, 1);
  });
});
