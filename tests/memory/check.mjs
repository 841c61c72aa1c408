// @ts-check
// The short version of `npm run bench -- --memory`, for every test run: neither accepted nor rejected tokens may leave
// anything behind. What is not cleaned up shows after thousands as well as after a million.

import assert from 'node:assert/strict';
import { makeMaterial } from '../../bench/lib/material.mjs';

/** Until then code is compiled and caches are filled. */
const WARM_UP = 1000;
const COUNTS = { rejected: 20_000, accepted: 5000, repeated: 20_000 };
/** A token has nearly 1 kB: a twentieth of those of `rejected` must not be there at the end. */
const MAX_HEAP = 1_000_000;

/**
 * @param {(material: import('../../bench/lib/material.mjs').Material) => Promise<import('../../bench/hosts/memory.mjs').MemoryHost>} open
 * @param {{ heap?: boolean }} [options] whether the host tells the size of its JavaScript heap
 */
export async function checkMemory(open, { heap = true } = {}) {
  const host = await open(makeMaterial(['RS256'], 200));
  try {
    for (const [load, count] of /** @type {[keyof typeof COUNTS, number][]} */ (Object.entries(COUNTS))) {
      await host.begin(load);
      const before = await host.run(WARM_UP);
      // Each tells if a token got the wrong answer.
      const after = await host.run(count);
      assert.ok(before.wasm > 0);
      assert.equal(after.wasm, before.wasm, `${load}: the wasm memory has grown`);
      if (heap) assert.ok(after.heap - before.heap < MAX_HEAP, `${load}: the heap grew by ${after.heap - before.heap}`);
    }
  } finally {
    await host.close();
  }
}
