// @ts-check
import { fastJwt } from '../lib/engine-fast-jwt.mjs';
import { engines } from '../lib/engines.mjs';
import { createJobs } from '../lib/jobs.mjs';

/**
 * @typedef {object} Host
 * @property {string} version
 * @property {string[]} engines
 * @property {(job: import('../lib/jobs.mjs').Job) => Promise<void>} prove
 * @property {(job: import('../lib/jobs.mjs').Job) => Promise<number>} measure milliseconds for the whole job
 * @property {() => Promise<void>} close
 */

/**
 * @param {import('../lib/material.mjs').Material} material
 * @returns {Promise<Host>}
 */
export async function openNode(material) {
  const all = { ...engines, 'fast-jwt': fastJwt };
  const { prove, prepare } = createJobs(all, material);
  return {
    version: `Node ${process.version}`,
    engines: Object.keys(all),
    prove,
    async measure(job) {
      const run = await prepare(job);
      const began = performance.now();
      await run();
      return performance.now() - began;
    },
    close: async () => {},
  };
}
