// @ts-check
// What runs in Chromium's page when memory is measured.

import { openLoad } from '../lib/load.mjs';

/** @type {(count: number) => Promise<number>} */
let load;

/** @param {import('../lib/load.mjs').Load} name */
export async function begin(name) {
  load = await openLoad(await (await fetch('/material.json')).json(), name);
}

/** @param {number} count */
export async function run(count) {
  const wasm = await load(count);
  /** @type {any} */ (globalThis).gc();
  return { wasm, heap: /** @type {any} */ (performance).memory.usedJSHeapSize };
}
