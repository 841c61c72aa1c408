// @ts-check
// The package where there is no WebCrypto at all.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { AuthError, JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { corpus, summary } from '../corpus/files.mjs';
import { runCorpus } from '../corpus/suite.mjs';
import { expand } from '../fixtures/expand.mjs';

const good = /** @type {any} */ (corpus.cases.find(({ name }) => name === 'valid: as the auth service issues it'));
const token = expand(good.token);
/** @param {string[]} algorithms */
const options = (...algorithms) => ({
  ...good.options,
  jwks: corpus.keySets[good.jwks],
  algorithms,
  now: () => good.now,
});
const unsupported = (/** @type {any} */ error) => isAuthError(error) && error.code === 'environment_unsupported';

before(() => Object.defineProperty(globalThis, 'crypto', { value: {} }));

test('the corpus in Node without WebCrypto', { timeout: 300_000 }, async () => {
  const report = await runCorpus({ JwtVerifier, AuthError, isAuthError, ...corpus, engine: 'rust' });
  assert.deepEqual(report.failures, [], summary(report));
  assert.equal(report.passed, corpus.cases.length);
});

test('an algorithm that the fallback lacks is told by create(), and after new by every verify()', async () => {
  for (const lacking of ['ES384', 'ES512']) {
    await assert.rejects(JwtVerifier.create(options('RS256', lacking)), unsupported);
    const verifier = new JwtVerifier(options('RS256', lacking));
    for (let round = 0; round < 2; round += 1) await assert.rejects(verifier.verify(token), unsupported);
  }
});

test('a client that can verify no token says so at its start', async () => {
  const { AuthClient } = await import('bixarena-auth-client');
  const fetch = async () => Response.json({ access_token: token, token_type: 'Bearer' });
  const client = new AuthClient({ baseUrl: 'https://auth.test/v1', algorithms: ['ES384'], fetch });
  await assert.rejects(client.start(), unsupported);
  assert.equal(client.state.status, 'unknown');
  client.dispose();
});

test('new works without create()', async () => {
  const verifier = new JwtVerifier(options('RS256', 'PS512', 'ES256', 'EdDSA'));
  assert.deepEqual((await verifier.verify(token)).claims, good.expect.claims);
  verifier.dispose();
  await assert.rejects(verifier.verify(token), { code: 'disposed' });
});

test('checking many signatures takes no more memory', { timeout: 120_000 }, async () => {
  const { initSync } = await import('../../pkg/dist/fallback.js');
  // Once loaded, it answers with the exports of the instance that the package uses.
  const exports = Object.values(/** @type {object} */ (initSync(/** @type {any} */ (undefined))));
  const memory = /** @type {WebAssembly.Memory} */ (exports.find((value) => value instanceof WebAssembly.Memory));
  const verifier = await JwtVerifier.create({ ...options('RS256'), repeatCache: false });
  const changed = `${token.slice(0, -3)}${token.at(-3) === 'A' ? 'B' : 'A'}${token.slice(-2)}`;
  const round = async () => {
    await verifier.verify(token);
    await assert.rejects(verifier.verify(changed), { code: 'signature_invalid' });
  };
  await round();
  const { byteLength } = memory.buffer;
  for (let count = 0; count < 1000; count += 1) await round();
  assert.equal(memory.buffer.byteLength, byteLength);
});
