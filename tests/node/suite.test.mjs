// @ts-check
// The corpus suite must be able to fail: verifiers that misbehave in one way each are caught.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpus } from '../corpus/files.mjs';
import { runCorpus } from '../corpus/suite.mjs';
import { expand } from '../fixtures/expand.mjs';

class AuthError extends Error {
  name = 'AuthError';
  /**
   * @param {string} code
   * @param {Record<string, unknown>} [fields]
   * @param {string} [message]
   */
  constructor(code, fields = {}, message = 'refused') {
    super(message);
    this.code = code;
    Object.assign(this, fields);
  }
}

const isAuthError = (/** @type {unknown} */ error) => error instanceof AuthError;

/**
 * The complaints about a verifier that answers like this.
 * @param {string} name of a case
 * @param {(token: string, options: any) => unknown} verify
 * @param {(options: any) => void} [construct]
 */
async function complaints(name, verify, construct = () => {}) {
  class JwtVerifier {
    /** @param {any} options */
    static async create(options) {
      return new JwtVerifier(options);
    }
    /** @param {any} options */
    constructor(options) {
      construct(options);
      this.options = options;
    }
    /** @param {string} token */
    async verify(token) {
      return verify(token, this.options);
    }
    dispose() {}
  }
  const cases = corpus.cases.filter((row) => row.name === name);
  assert.equal(cases.length, 1);
  const report = await runCorpus({ JwtVerifier, AuthError, isAuthError, cases, keySets: corpus.keySets });
  assert.equal(report.passed, report.failures.length === 0 ? 1 : 0);
  return report.failures.map(({ what }) => what).join('\n');
}

const EXPIRED = 'time: exp zero';
const GOOD = 'valid: as the auth service issues it';
const good = /** @type {any} */ (corpus.cases.find(({ name }) => name === GOOD));
const goodToken = expand(good.token);

const fail = (/** @type {any} */ error) => {
  throw error;
};

/** What is right for the good token, as a base for what is wrong. */
function honest(/** @type {string} */ token, /** @type {any} */ { now }) {
  if (token !== goodToken) fail(new AuthError('signature_invalid'));
  if (now() / 1000 >= good.expect.claims.exp + 5) fail(new AuthError('token_expired'));
  const header = JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString());
  return { header, claims: structuredClone(good.expect.claims) };
}

test('a verifier that answers right has no complaints', async () => {
  assert.equal(await complaints(GOOD, honest), '');
  assert.equal(await complaints(EXPIRED, () => fail(new AuthError('token_expired'))), '');
});

test('wrong answers to a bad token are caught', async () => {
  /** @type {[(token: string, options: any) => unknown, RegExp][]} */
  const rows = [
    [() => ({ header: {}, claims: {} }), /^accepted, expected token_expired/],
    [() => fail(new AuthError('claim_invalid')), /^expected token_expired, got claim_invalid/],
    [() => fail(new Error('expired')), /^no AuthError/],
    [() => fail(undefined), /^no AuthError/],
    [(token) => fail(new AuthError('token_expired', {}, `refused ${token}`)), /holds a part of the token/],
    [
      (token) => fail(new AuthError('token_expired', { cause: { x: [token.slice(7, 40)] } })),
      /holds a part of the token/,
    ],
    [() => fail(new AuthError('token_expired', { received: 'x'.repeat(129) })), /is not made safe/],
    [() => fail(new AuthError('token_expired', { kid: 'a\nb' })), /is not made safe/],
    [() => fail(new AuthError('token_expired', {}, '')), /without a message/],
  ];
  for (const [verify, complaint] of rows) assert.match(await complaints(EXPIRED, verify), complaint);
});

test('wrong answers to a good token are caught', async () => {
  const shared = structuredClone(good.expect.claims);
  /** @type {[(token: string, options: any) => unknown, RegExp][]} */
  const rows = [
    [() => fail(new AuthError('token_expired')), /^refused/],
    [(...args) => ({ ...honest(...args), claims: { ...good.expect.claims, admin: true } }), /^claims of round 0/],
    [(...args) => ({ ...honest(...args), header: {} }), /^header of round 0/],
    [(...args) => ({ ...honest(...args), claims: shared }), /a caller changed the claims/],
    [(_, options) => honest(goodToken, options), /^accepted, expected signature_invalid/],
    [(token) => honest(token, { now: () => 0 }), /^accepted, expected token_expired/],
    [(...args) => (args[1].fetch('https://x.example').catch(() => {}), honest(...args)), /requests were made/],
  ];
  for (const [verify, complaint] of rows) assert.match(await complaints(GOOD, verify), complaint);
});

test('a verifier that should not exist is caught', async () => {
  const none = 'algorithm: allow-list ["none"]';
  assert.match(await complaints(none, honest), /^expected a TypeError, got undefined/);
  const typeError = (/** @type {string} */ text) => () => fail(new TypeError(text));
  assert.match(await complaints(none, honest, typeError('no')), /^the option is not named/);
  assert.equal(await complaints(none, honest, typeError('algorithms')), '');
  assert.match(await complaints('keys: no keys', honest, typeError('jwks')), /^no AuthError/);
});
