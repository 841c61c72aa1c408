// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthError, JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { corpus, summary } from '../corpus/files.mjs';
import { runCorpus } from '../corpus/suite.mjs';

test('the corpus in Node', { timeout: 300_000 }, async () => {
  const report = await runCorpus({ JwtVerifier, AuthError, isAuthError, ...corpus });
  assert.deepEqual(report.failures, [], summary(report));
  assert.equal(report.passed, corpus.cases.length);
});
