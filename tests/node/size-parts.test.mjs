// @ts-check
// `npm run size -- verifier`: its parts are the modules and the wasm that a Worker loads, and add up to what the entry weighs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUBJECTS, bundle, gzipped } from '../../scripts/size/measure.mjs';
import { measureParts, partsTable } from '../../scripts/size/parts.mjs';

test('the parts of an entry add up to it', async () => {
  const parts = await measureParts(SUBJECTS[0]);
  const names = parts.map(({ name }) => name);
  for (const name of ['verifier_bg.wasm', 'pkg/lib/options.js', 'pkg/dist/web/host.js', 'shared']) {
    assert.ok(names.includes(name), name);
  }
  // What is behind a dynamic import is no part.
  assert.ok(!names.includes('pkg/lib/jwks-store.js'));
  const sum = parts.reduce((total, { gzip }) => total + gzip, 0);
  const whole = (await bundle(SUBJECTS[0])).reduce((total, { contents }) => total + gzipped(contents), 0);
  // The list of exports at the end is in none of them.
  assert.ok(Math.abs(sum - whole) < 100, `${sum} of ${whole}`);
  assert.ok(
    parts.every(({ gzip }) => gzip > 0),
    partsTable(parts),
  );
});
