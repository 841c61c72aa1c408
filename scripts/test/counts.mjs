// @ts-check
import { duration } from '../lib/say.mjs';

/** @typedef {import('./node-reporter.mjs').Counts} Counts */

/**
 * What came of a suite.
 * @typedef {Counts & { output: string, complaints: string[] }} Outcome
 */

/**
 * The counts in the output of `cargo test` and of the wasm-bindgen test runner: the sum over all test programs.
 * @param {string} output
 * @returns {Counts}
 */
export function cargoCounts(output) {
  const lines = output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;/gm);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of lines) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.skipped += Number(ignored);
  }
  return counts;
}

/**
 * The counts that our reporter for `node --test` wrote; none if Node ended before it could.
 * @param {string} text
 * @returns {Counts}
 */
export function nodeCounts(text) {
  return text.trim() === '' ? { passed: 0, failed: 0, skipped: 0 } : JSON.parse(text);
}

/**
 * A suite's outcome from how its command ended and what was counted. Whatever does not add up is a failure: a suite that
 * ran nothing, a crash that no test stands for, a time-out, a file without a test.
 * @param {import('../lib/exec.mjs').RunResult} result
 * @param {Counts} counts
 * @param {{ limit: number, complaints?: string[] }} more milliseconds; what else is wrong
 * @returns {Outcome}
 */
export function outcome({ ok, status, output, timedOut }, counts, { limit, complaints = [] }) {
  const all = [...complaints];
  if (timedOut) all.push(`took longer than ${duration(limit)} and was ended`);
  for (const file of counts.empty ?? []) all.push(`${file} holds no test`);
  if (counts.passed + counts.failed === 0 && !timedOut) all.push('ran no tests');
  if (!ok && !timedOut && counts.failed === 0) all.push(`ended with status ${status}, although no test failed`);
  return { ...counts, failed: counts.failed + all.length, output, complaints: all };
}

/**
 * One outcome of several commands.
 * @param {Outcome[]} outcomes
 * @returns {Outcome}
 */
export function sum(outcomes) {
  return {
    passed: total(outcomes, 'passed'),
    failed: total(outcomes, 'failed'),
    skipped: total(outcomes, 'skipped'),
    output: outcomes.map(({ output }) => output).join(''),
    complaints: outcomes.flatMap(({ complaints }) => complaints),
  };
}

/**
 * @typedef {{ name: string, milliseconds: number, passed: number, failed: number, skipped: number }} Row
 *
 * The last lines of a run: a table, and the total.
 * @param {Row[]} rows
 */
export function table(rows) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, milliseconds, passed, failed, skipped }) => {
    const counts = [`${passed} passed`.padStart(12), `${failed} failed`.padStart(10)];
    if (skipped > 0) counts.push(`${skipped} skipped`.padStart(11));
    return `${name.padEnd(width)} ${duration(milliseconds).padStart(12)} ${counts.join('')}`;
  });
  return [...lines, '', `${total(rows, 'passed')} passed, ${total(rows, 'failed')} failed`].join('\n');
}

/**
 * @template {string} K
 * @param {Record<K, number>[]} list
 * @param {K} key
 */
const total = (list, key) => list.reduce((sum, one) => sum + one[key], 0);
