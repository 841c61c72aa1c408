// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openPage } from '../corpus/chromium.mjs';
import { corpus, corpusText, summary } from '../corpus/files.mjs';

test('the corpus in Chromium', { timeout: 300_000 }, async () => {
  const entry = fileURLToPath(new URL('../corpus/entry.mjs', import.meta.url));
  const bundle = await build({ entryPoints: [entry], bundle: true, format: 'esm', target: 'es2022', write: false });
  const files = { '/entry.js': bundle.outputFiles[0].text, '/tokens.json': corpusText };
  const { page, close } = await openPage(files);
  try {
    const report = await page.evaluate(async () => {
      const { run } = await import(/** @type {any} */ ('/entry.js'));
      return run(await (await fetch('/tokens.json')).text());
    });
    assert.deepEqual(report.failures, [], summary(report));
    assert.equal(report.passed, corpus.cases.length);
  } finally {
    await close();
  }
});
