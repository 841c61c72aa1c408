// @ts-check
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openPage } from '../../tests/corpus/chromium.mjs';

/** @param {string} name of a module beside this one */
export async function bundleForBrowser(name) {
  const entry = fileURLToPath(new URL(name, import.meta.url));
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'error',
  });
  return result.outputFiles[0].text;
}

/**
 * @param {import('../lib/material.mjs').Material} material
 * @returns {Promise<import('./node.mjs').Host>}
 */
export async function openChromium(material) {
  const files = { '/page.js': await bundleForBrowser('page.mjs'), '/material.json': JSON.stringify(material) };
  const { page, version, close } = await openPage(files);
  const call = (/** @type {string} */ name, /** @type {unknown} */ argument) =>
    page.evaluate(
      async ([method, value]) => (await import(/** @type {any} */ ('/page.js')))[method](value),
      /** @type {const} */ ([name, argument]),
    );
  return {
    version: `Chromium ${version}`,
    engines: await call('open', '/material.json'),
    prove: (job) => call('prove', job),
    measure: (job) => call('measure', job),
    close,
  };
}
