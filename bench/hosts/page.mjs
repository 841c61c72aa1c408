// @ts-check
// What runs in Chromium's page.

import { engines } from '../lib/engines.mjs';
import { createJobs } from '../lib/jobs.mjs';

/** @type {ReturnType<typeof createJobs>} */
let jobs;

/** @param {string} url of the tokens */
export async function open(url) {
  jobs = createJobs(engines, await (await fetch(url)).json());
  return Object.keys(engines);
}

/** @param {import('../lib/jobs.mjs').Job} job */
export const prove = (job) => jobs.prove(job);

/** @param {import('../lib/jobs.mjs').Job} job */
export async function measure(job) {
  const run = await jobs.prepare(job);
  const began = performance.now();
  await run();
  return performance.now() - began;
}
