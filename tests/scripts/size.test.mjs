// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOverBudget, loadedByDefault, sizeTable } from '../../scripts/size/measure.mjs';

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
