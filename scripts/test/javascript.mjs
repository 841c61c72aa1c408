// @ts-check
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process, { env } from 'node:process';
import { run } from '../lib/exec.mjs';
import { inRoot, scratch } from '../lib/paths.mjs';
import { nodeCounts, outcome } from './counts.mjs';

/**
 * Runs the `*.test.mjs` files of a folder.
 * @param {string} folder
 * @param {{ limit: number, inTurn?: boolean }} options milliseconds; one file after another, for those that start browsers
 */
export async function javascript(folder, { limit, inTurn = false }) {
  const counts = join(scratch, `counts-${randomUUID()}.json`);
  mkdirSync(scratch, { recursive: true });
  const reporters = [
    ['spec', 'stdout'],
    [inRoot('scripts', 'test', 'node-reporter.mjs'), counts],
  ].flatMap(([reporter, destination]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${destination}`]);
  // Named one by one: what `node --test` makes of a folder differs between versions.
  const files = testFiles(folder);
  if (files.length === 0) return outcome(nothing, nodeCounts(''), { limit });
  const args = ['--test', ...reporters, ...(inTurn ? ['--test-concurrency=1'] : []), ...files];
  // Where this runs inside a test itself, Node must not take it for a part of that.
  const { NODE_TEST_CONTEXT: _outer, ...variables } = env;
  const result = await run(process.execPath, args, { limit, env: variables });
  const counted = nodeCounts(existsSync(counts) ? readFileSync(counts, 'utf8') : '');
  rmSync(counts, { force: true });
  return outcome(result, counted, { limit });
}

const nothing = { ok: true, status: 0, output: '', timedOut: false };

/** @param {string} folder */
function testFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.mjs'))
    .sort()
    .map((name) => join(folder, name));
}
