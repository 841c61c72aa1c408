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
  const needs = new Set(chosen.flatMap((suite) => suite.needs));
  for (const prepare of needs) await prepare();
  const rows = [];
  for (const suite of chosen) rows.push(await runSuite(suite));
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

/** @param {Suite} suite */
async function runSuite({ name, minutes, run }) {
  say(`\n${bold(`▶ ${name}`)}`);
  const began = performance.now();
  const { passed, failed, skipped, output, complaints } = await run({ limit: minutes * 60_000 }).catch(broken);
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
function broken(error) {
  const output = error instanceof Error && !(error instanceof Problem) ? String(error.stack) : String(error);
  return { passed: 0, failed: 1, skipped: 0, output, complaints: ['could not be run'] };
}
