// @ts-check
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';

const PROBES = 15;

/**
 * @param {import('../lib/material.mjs').Material} material
 * @returns {Promise<import('./node.mjs').Host>}
 */
export async function openWorkerd(material) {
  const worker = await startWorkerd({ entry: fileURLToPath(new URL('worker.mjs', import.meta.url)) });
  const call = async (/** @type {string} */ route, /** @type {unknown} */ body) => {
    const response = await fetch(worker.url + route, { method: 'POST', body: body ? JSON.stringify(body) : '' });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`workerd: ${text}`);
    return JSON.parse(text);
  };
  const timed = async (/** @type {string} */ route) => {
    const began = performance.now();
    await call(route, undefined);
    return performance.now() - began;
  };
  const { version } = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('workerd/package.json'), 'utf8'));
  return {
    version: `workerd ${version}`,
    engines: await call('/open', material),
    prove: (job) => call('/prove', job),
    async measure(job) {
      await call('/prepare', job);
      const probes = [];
      for (let probe = 0; probe < PROBES; probe += 1) probes.push(await timed('/nothing'));
      const empty = probes.sort((a, b) => a - b)[PROBES >> 1];
      return (await timed('/run')) - empty;
    },
    close: () => worker.stop(),
  };
}
