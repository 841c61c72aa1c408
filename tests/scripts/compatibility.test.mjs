// @ts-check
// docs/compatibility.md promises what the consumers show, in the versions that they install.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findConsumers } from '../packaging/support/consumer.mjs';
import { formatted, listed, matrix, readDocument } from '../packaging/support/matrix.mjs';

const consumers = await findConsumers();

test('the table has every consumer, in its version and with its uses, and all of them work', async () => {
  const expected = await formatted(matrix(consumers, () => true));
  assert.equal(readDocument().table, expected, 'run `npm run test:packaging`');
});

describe('consumers', () => {
  for (const { name, project, uses } of consumers) {
    test(`${name} pins what it installs, and is named as no package is`, () => {
      const manifest = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
      const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
      // A sample application names the package by its folder; here it gets the tarball.
      const others = versions.filter(([tool]) => tool !== 'bixarena-auth-client');
      const loose = others.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version));
      assert.deepEqual(loose, []);
      assert.ok(!versions.some(([tool]) => tool === manifest.name));
      assert.ok(Object.keys(uses).length > 0);
    });
  }

  test('include what the package promises to work with', () => {
    const titles = new Set(listed(consumers).map(({ title }) => title));
    const promised = [
      'Vite',
      'webpack',
      'Rollup',
      'esbuild',
      'Parcel',
      'Next.js',
      'Node',
      'Deno',
      'Bun',
      'workerd',
      'wrangler',
    ];
    const missing = [...promised, 'Service worker', 'Web worker', 'Vitest', 'Jest'].filter(
      (title) => !titles.has(title),
    );
    assert.deepEqual(missing, []);
  });
});
