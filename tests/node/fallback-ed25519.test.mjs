// @ts-check
// The package where WebCrypto lacks Ed25519 alone, as it does in older browsers; and where there is no fallback engine.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { AuthError, JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { glue } from '../../pkg/dist/verifier.js';
import gzipped from '../../pkg/dist/verifier.inline.js';
import { nodeHost } from '../../pkg/lib/host-node.js';
import { defineJwtVerifier } from '../../pkg/lib/jwt-verifier.js';
import { corpus, summary } from '../corpus/files.mjs';
import { runCorpus } from '../corpus/suite.mjs';
import { expand } from '../fixtures/expand.mjs';

let refused = 0;

before(() => {
  const { subtle } = globalThis.crypto;
  const native = subtle.importKey.bind(subtle);
  const lacksEd25519 = (/** @type {any[]} */ ...args) => {
    // @ts-ignore the arguments are those that came
    if ((args[2].name ?? args[2]) !== 'Ed25519') return native(...args);
    refused += 1;
    return Promise.reject(new DOMException('Unrecognized name.', 'NotSupportedError'));
  };
  Object.defineProperty(subtle, 'importKey', { value: lacksEd25519 });
});

test('the corpus in Node without Ed25519', { timeout: 300_000 }, async () => {
  const report = await runCorpus({ JwtVerifier, AuthError, isAuthError, ...corpus });
  assert.deepEqual(report.failures, [], summary(report));
  assert.equal(report.passed, corpus.cases.length);
  assert.ok(refused > 0);
});

test('where there is no fallback engine, the missing algorithm is told before any token is judged', async () => {
  // As in workerd, which has no fallback engine.
  const Verifier = defineJwtVerifier({ ...nodeHost(glue, gzipped), fallback: undefined });
  const good = /** @type {any} */ (corpus.cases.find(({ name }) => name === 'valid: as the auth service issues it'));
  const token = expand(good.token);
  const options = { ...good.options, jwks: corpus.keySets[good.jwks], now: () => good.now };
  const lacking = { ...options, algorithms: ['RS256', 'EdDSA'] };
  await assert.rejects(Verifier.create(lacking), { code: 'environment_unsupported' });
  await assert.rejects(new Verifier(lacking).verify(token), { code: 'environment_unsupported' });
  assert.deepEqual((await (await Verifier.create(options)).verify(token)).claims, good.expect.claims);
  const everythingElse = ['RS256', 'ES256', 'ES384', 'ES512', 'PS256'];
  await (await Verifier.create({ ...options, algorithms: everythingElse })).verify(token);
});
