// @ts-check
import { Problem } from '../lib/problem.mjs';
import { bold, duration, say } from '../lib/say.mjs';

/** @typedef {import('./suites.mjs').Suite} Suite */

/**
 * Sets up and builds what the suites need, and runs them one after another.
 * @param {Suite[]} suites
 * @returns {Promise<import('./counts.mjs').Row[]>}
 * @throws {Problem} if something cannot be set up: then nothing runs
 */
export async function runSuites(suites) {
  for (const setUp of new Set(suites.flatMap(({ needs }) => needs))) await setUp();
  const broken = await buildAll(suites);
  const rows = [];
  for (const suite of suites) rows.push(await runSuite(suite, broken));
  return rows;
}

/**
 * A build that fails is the failure of those suites only that need it.
 * @param {Suite[]} suites
 * @returns {Promise<Set<Function>>} the builds that failed
 */
async function buildAll(suites) {
  const broken = new Set();
  for (const build of new Set(suites.flatMap(({ builds = [] }) => builds))) {
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
 * @returns {import('./counts.mjs').Outcome}
 */
const failure = (output, complaint) => ({ passed: 0, failed: 1, skipped: 0, output, complaints: [complaint] });

/** @param {unknown} error */
const describe = (error) =>
  error instanceof Problem ? error.message : String(error instanceof Error ? error.stack : error);
