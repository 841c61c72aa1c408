// @ts-check
import { test } from 'node:test';
import { checkReport } from '../wycheproof/check.mjs';
import { runWycheproof } from '../wycheproof/run.mjs';
import { wycheproof } from '../wycheproof/vectors.mjs';

test('Wycheproof’s vectors in Node', { timeout: 300_000 }, async () => {
  checkReport(await runWycheproof(wycheproof()));
});
