// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { checkReport } from '../wycheproof/check.mjs';
import { wycheproof } from '../wycheproof/vectors.mjs';

test('Wycheproof’s vectors in workerd', { timeout: 300_000 }, async () => {
  const worker = await startWorkerd({ entry: fileURLToPath(new URL('../wycheproof/worker.mjs', import.meta.url)) });
  try {
    const response = await fetch(worker.url, { method: 'POST', body: JSON.stringify(wycheproof()) });
    assert.equal(response.status, 200, worker.log());
    checkReport(await response.json());
  } finally {
    await worker.stop();
  }
});
