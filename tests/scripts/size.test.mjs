// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { SUBJECTS, isOverBudget, loadedByDefault, sizeTable } from '../../scripts/size/measure.mjs';

test('what is imported dynamically is not loaded by default, unless something else needs it', () => {
  const outputs = {
    'out/entry.js': {
      entryPoint: '<stdin>',
      imports: [
        { path: 'out/shared.js', kind: 'import-statement' },
        { path: 'out/late.js', kind: 'dynamic-import' },
        { path: 'out/a.wasm', kind: 'file-loader' },
      ],
    },
    'out/shared.js': { imports: [{ path: 'out/entry.js', kind: 'import-statement' }] },
    'out/late.js': { entryPoint: 'late.js', imports: [{ path: 'out/later.js', kind: 'import-statement' }] },
    'out/later.js': { imports: [] },
    'out/a.wasm': { imports: [] },
  };
  assert.deepEqual([...loadedByDefault(outputs)], ['out/entry.js', 'out/shared.js', 'out/a.wasm']);
});

test('a budget is kept up to its last byte', () => {
  const size = { name: 'verifier', gzip: 8500, brotli: 8000, budget: 8500 };
  assert.equal(isOverBudget(size), false);
  assert.equal(isOverBudget({ ...size, gzip: 8501 }), true);
  assert.equal(isOverBudget({ name: 'jose', gzip: 8501, brotli: 1 }), false);
});

test('the table says what is over its budget', () => {
  const sizes = [
    { name: 'verifier', gzip: 8501, brotli: 8000, budget: 8500 },
    { name: 'jose', gzip: 6956, brotli: 6253 },
  ];
  assert.deepEqual(sizeTable(sizes).split('\n'), [
    'bytes         gzip    brotli    budget',
    'verifier      8501      8000      8500  over budget',
    'jose          6956      6253          ',
  ]);
});

test('every entry is measured, and has a budget in one of its forms', () => {
  const read = (/** @type {string[]} */ ...path) => JSON.parse(readFileSync(inRoot(...path), 'utf8'));
  const entries = Object.keys(read('pkg', 'package.json').exports)
    .filter((entry) => !/\.(wasm|json)$/.test(entry))
    .map((entry) => (entry === '.' ? 'main' : entry.slice(2)));
  const budgets = Object.keys(read('scripts', 'size', 'budget.json'));
  const formsOf = (/** @type {string} */ entry) => [entry, `${entry}, inlined`];
  for (const entry of entries) {
    assert.ok(
      SUBJECTS.some(({ name }) => formsOf(entry).includes(name)),
      `${entry} is not measured`,
    );
    assert.ok(
      formsOf(entry).some((name) => budgets.includes(name)),
      `${entry} has no budget`,
    );
  }
  for (const name of budgets)
    assert.ok(
      SUBJECTS.some((subject) => subject.name === name),
      `${name} is not measured`,
    );
});
