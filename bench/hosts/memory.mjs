// @ts-check
// The hosts once more, for memory: each does loads, and says how much memory there is afterwards.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { openPage } from '../../tests/corpus/chromium.mjs';
import { bundleForBrowser } from './chromium.mjs';

/**
 * @typedef {{ wasm: number, heap: number }} Sample octets; in workerd, whose heap cannot be seen, `heap` is the process
 *
 * @typedef {object} MemoryHost
 * @property {string} version
 * @property {string} heap what `heap` is
 * @property {(load: import('../lib/load.mjs').Load) => Promise<void>} begin
 * @property {(count: number) => Promise<Sample>} run
 * @property {() => Promise<void>} close
 */

/**
 * @param {import('../lib/material.mjs').Material} material
 * @returns {Promise<MemoryHost>}
 */
export async function openNodeMemory(material) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const { openLoad } = await import('../lib/load.mjs');
  /** @type {(count: number) => Promise<number>} */
  let run;
  return {
    version: `Node ${process.version}`,
    heap: 'JavaScript heap',
    async begin(load) {
      run = await openLoad(material, load);
    },
    async run(count) {
      const wasm = await run(count);
      collect();
      return { wasm, heap: process.memoryUsage().heapUsed };
    },
    close: async () => {},
  };
}

/**
 * @param {import('../lib/material.mjs').Material} material
 * @returns {Promise<MemoryHost>}
 */
export async function openChromiumMemory(material) {
  const files = { '/memory.js': await bundleForBrowser('memory-page.mjs'), '/material.json': JSON.stringify(material) };
  const args = ['--js-flags=--expose-gc', '--enable-precise-memory-info'];
  const { page, version, close } = await openPage(files, { args });
  const call = (/** @type {string} */ name, /** @type {unknown} */ argument) =>
    page.evaluate(
      async ([method, value]) => (await import(/** @type {any} */ ('/memory.js')))[method](value),
      /** @type {const} */ ([name, argument]),
    );
  return {
    version: `Chromium ${version}`,
    heap: 'JavaScript heap',
    begin: (load) => call('begin', load),
    run: (count) => call('run', count),
    close,
  };
}

/**
 * @param {import('../lib/material.mjs').Material} material
 * @returns {Promise<MemoryHost>}
 */
export async function openWorkerdMemory(material) {
  const worker = await startWorkerd({ entry: fileURLToPath(new URL('memory-worker.mjs', import.meta.url)) });
  const call = async (/** @type {string} */ route, /** @type {unknown} */ body) => {
    const response = await fetch(worker.url + route, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`workerd: ${text}`);
    return JSON.parse(text);
  };
  return {
    version: 'workerd',
    heap: 'whole process',
    begin: (load) => call('/begin', { material, load }),
    async run(count) {
      const wasm = await call('/run', count);
      const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', String(worker.pid)], { encoding: 'utf8' });
      return { wasm, heap: Number(kilobytes) * 1024 };
    },
    close: () => worker.stop(),
  };
}
