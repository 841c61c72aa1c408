#!/usr/bin/env node
// @ts-check
// `npm test`, or `node scripts/test.mjs <suite>…` for some of the suites. `browsers` are those of `npm run test:browsers`.

import { argv } from 'node:process';
import { Problem, runCommand } from './lib/problem.mjs';
import { bold, duration, say } from './lib/say.mjs';
import { table } from './test/counts.mjs';
import { browserSuites, suites } from './test/suites.mjs';

/** @typedef {import('./test/suites.mjs').Suite} Suite */

await runCommand(async () => {
  const chosen = choose(argv.slice(2));
  for (const setUp of new Set(chosen.flatMap(({ needs }) => needs))) await setUp();
  const broken = await buildAll(chosen);
  const rows = [];
  for (const suite of chosen) rows.push(await runSuite(suite, broken));
  say(`\n${table(rows)}`);
  return rows.every(({ failed }) => failed === 0) ? 0 : 1;
});

/**
 * @param {string[]} wanted names or groups
 * @returns {Suite[]}
 */
function choose(wanted) {
  if (wanted.length === 0) return suites;
  const all = [...suites, ...browserSuites];
  const unknown = wanted.find((word) => !all.some(({ name, group }) => word === name || word === group));
  if (unknown !== undefined) {
    const known = [...new Set(all.map(({ group }) => group))].join(', ');
    throw new Problem(`there is no suite called ${unknown}; there are ${known}.`);
  }
  return all.filter(({ name, group }) => wanted.includes(name) || wanted.includes(group));
}

/**
 * Builds what the suites need. A build that fails is the failure of those suites only.
 * @param {Suite[]} chosen
 */
async function buildAll(chosen) {
  /** @type {Map<Function, unknown>} */
  const broken = new Map();
  for (const build of new Set(chosen.flatMap(({ builds = [] }) => builds))) {
    await build().catch((error) => broken.set(build, error));
  }
  return broken;
}

/**
 * @param {Suite} suite
 * @param {Map<Function, unknown>} broken builds that failed, and why
 */
async function runSuite({ name, minutes, builds = [], run }, broken) {
  say(`\n${bold(`▶ ${name}`)}`);
  const began = performance.now();
  const unbuilt = builds.find((build) => broken.has(build));
  const attempt = unbuilt ? Promise.reject(broken.get(unbuilt)) : run({ limit: minutes * 60_000 });
  const { passed, failed, skipped, output, complaints } = await attempt.catch(couldNotRun);
  const milliseconds = performance.now() - began;
  if (failed > 0) say(output.trimEnd());
  for (const complaint of complaints) say(`  ✖ ${complaint}`);
  say(`  ${passed} passed, ${failed} failed in ${duration(milliseconds)}`);
  return { name, milliseconds, passed, failed, skipped };
}

/**
 * A suite that could not be run is one failure, and keeps no other from running.
 * @param {unknown} error
 * @returns {import('./test/counts.mjs').Outcome}
 */
function couldNotRun(error) {
  const output = error instanceof Error && !(error instanceof Problem) ? String(error.stack) : String(error);
  return { passed: 0, failed: 1, skipped: 0, output, complaints: ['could not be run'] };
}
