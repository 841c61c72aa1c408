// @ts-check
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openPage } from '../corpus/chromium.mjs';
import { checkReport } from '../wycheproof/check.mjs';
import { wycheproof } from '../wycheproof/vectors.mjs';

test('Wycheproof’s vectors in Chromium', { timeout: 300_000 }, async () => {
  const entry = fileURLToPath(new URL('../wycheproof/run.mjs', import.meta.url));
  const bundle = await build({ entryPoints: [entry], bundle: true, format: 'esm', target: 'es2022', write: false });
  const files = { '/run.js': bundle.outputFiles[0].text, '/vectors.json': JSON.stringify(wycheproof()) };
  const { page, close } = await openPage(files);
  try {
    const report = await page.evaluate(async () => {
      const { runWycheproof } = await import(/** @type {any} */ ('/run.js'));
      return runWycheproof(await (await fetch('/vectors.json')).json());
    });
    checkReport(report);
  } finally {
    await close();
  }
});
