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
 * @returns {Promise<Set<Function>>} the builds that failed
 */
async function buildAll(chosen) {
  const broken = new Set();
  for (const build of new Set(chosen.flatMap(({ builds = [] }) => builds))) {
    await build().catch((error) => {
      broken.add(build);
      say(describe(error));
    });
  }
  return broken;
}

/**
 * @param {Suite} suite
 * @param {Set<Function>} broken builds that failed
 */
async function runSuite({ name, minutes, builds = [], run }, broken) {
  say(`\n${bold(`▶ ${name}`)}`);
  const began = performance.now();
  const { passed, failed, skipped, output, complaints } = builds.some((build) => broken.has(build))
    ? failure('', 'not run: what it needs could not be built, see above')
    : await run({ limit: minutes * 60_000 }).catch((error) => failure(describe(error), 'could not be run'));
  const milliseconds = performance.now() - began;
  if (failed > 0 && output) say(output.trimEnd());
  for (const complaint of complaints) say(`  ✖ ${complaint}`);
  say(`  ${passed} passed, ${failed} failed in ${duration(milliseconds)}`);
  return { name, milliseconds, passed, failed, skipped };
}

/**
 * A suite that cannot be run is one failure, and keeps no other from running.
 * @param {string} output
 * @param {string} complaint
 * @returns {import('./test/counts.mjs').Outcome}
 */
const failure = (output, complaint) => ({ passed: 0, failed: 1, skipped: 0, output, complaints: [complaint] });

/** @param {unknown} error */
const describe = (error) =>
  error instanceof Problem ? error.message : String(error instanceof Error ? error.stack : error);
