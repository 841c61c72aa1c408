// @ts-check
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Problem } from '../../scripts/lib/problem.mjs';
import { runSuites } from '../../scripts/test/runner.mjs';
import { choose } from '../../scripts/test/suites.mjs';

/** @param {Partial<import('../../scripts/test/suites.mjs').Suite>} suite */
const aSuite = (suite) => ({
  name: 'a suite',
  group: 'group',
  minutes: 1,
  needs: [],
  run: async () => ({ passed: 2, failed: 0, skipped: 0, output: 'the output\n', complaints: [] }),
  ...suite,
});

/**
 * @param {Partial<import('../../scripts/test/suites.mjs').Suite>[]} suites
 * @returns {Promise<{ counts: number[][], shown: string }>}
 */
async function results(...suites) {
  const log = mock.method(console, 'log', () => {});
  try {
    const rows = await runSuites(suites.map(aSuite));
    const shown = log.mock.calls.map(({ arguments: [line] }) => line).join('\n');
    return { counts: rows.map(({ passed, failed }) => [passed, failed]), shown };
  } finally {
    log.mock.restore();
  }
}

test('a suite that passed is shown in one line, one that failed whole', async () => {
  const failing = { run: async () => ({ ...(await aSuite({}).run({ limit: 0 })), failed: 1, complaints: ['why'] }) };
  assert.doesNotMatch((await results({})).shown, /the output/);
  const { counts, shown } = await results(failing, {});
  assert.deepEqual(counts, [
    [2, 1],
    [2, 0],
  ]);
  assert.match(shown, /the output\n {2}✖ why\n {2}2 passed, 1 failed/);
});

test('what several suites need is set up and built once, before any of them', async () => {
  /** @type {string[]} */
  const order = [];
  const note = (/** @type {string} */ what) => async () => void order.push(what);
  const run = async () => (order.push('run'), aSuite({}).run({ limit: 0 }));
  const shared = { needs: [note('set up')], builds: [note('build')], run };
  await results(shared, shared);
  assert.deepEqual(order, ['set up', 'build', 'run', 'run']);
});

test('a build that fails fails those suites that need it, and is shown once', async () => {
  const broken = async () => {
    throw new Problem('it does not compile');
  };
  const { counts, shown } = await results({ builds: [broken] }, { builds: [broken] }, {});
  assert.deepEqual(counts, [
    [0, 1],
    [0, 1],
    [2, 0],
  ]);
  assert.equal(shown.split('it does not compile').length, 2);
});

test('a suite that throws is one failure', async () => {
  const throws = async () => {
    throw new Error('a slip of the runner');
  };
  const { counts, shown } = await results({ run: throws }, {});
  assert.deepEqual(counts, [
    [0, 1],
    [2, 0],
  ]);
  assert.match(shown, /a slip of the runner\n {4}at /);
});

test('what cannot be set up ends the run', async () => {
  const absent = async () => {
    throw new Problem('a browser is missing');
  };
  await assert.rejects(results({ needs: [absent] }), { message: 'a browser is missing' });
});

test('suites are chosen by name or group; by default all but those for other browsers', () => {
  const names = (/** @type {string[]} */ ...wanted) => choose(wanted).map(({ name }) => name);
  assert.deepEqual(names('wasm', 'native'), ['native', 'wasm in Node', 'wasm in Chromium']);
  assert.deepEqual(names('browsers'), ['wasm in Firefox', 'wasm in WebKit']);
  assert.ok(names().includes('e2e') && !names().includes('wasm in Firefox'));
  assert.throws(() => names('natvie'), {
    name: 'Problem',
    message: /no suite called natvie; there are lint, .*browsers/,
  });
});
