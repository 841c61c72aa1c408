// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { corpus, corpusText, summary } from '../corpus/files.mjs';

test('the corpus in workerd', { timeout: 300_000 }, async () => {
  const worker = await startWorkerd({ entry: fileURLToPath(new URL('../corpus/worker.mjs', import.meta.url)) });
  try {
    const response = await fetch(worker.url, { method: 'POST', body: corpusText });
    assert.equal(response.status, 200, worker.log());
    const report = await response.json();
    assert.deepEqual(report.failures, [], summary(report));
    assert.equal(report.passed, corpus.cases.length);
  } finally {
    await worker.stop();
  }
});
