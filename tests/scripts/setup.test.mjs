// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { lockedVersion } from '../../scripts/setup/cargo-tools.mjs';
import { matches } from '../../scripts/setup/npm.mjs';
import { channel } from '../../scripts/setup/rust.mjs';

const WANTED = {
  '': { name: 'workspace' },
  pkg: { version: '0.1.0' },
  'node_modules/bixarena-auth-client': { resolved: 'pkg', link: true },
  'node_modules/jose': { version: '6.0.0', integrity: 'sha512-a' },
  'node_modules/jose/node_modules/inner': { version: '1.0.0', integrity: 'sha512-b' },
  'node_modules/esbuild-for-others': { version: '1.0.0', integrity: 'sha512-c', optional: true },
};
const { '': _root, pkg: _pkg, 'node_modules/esbuild-for-others': _optional, ...INSTALLED } = WANTED;

/** @type {{ what: string, change: Record<string, any>, isEqual: boolean }[]} */
const rows = [
  { what: 'nothing but an optional package is absent', change: {}, isEqual: true },
  { what: 'a package is absent', change: { 'node_modules/jose': undefined }, isEqual: false },
  { what: 'a nested package is absent', change: { 'node_modules/jose/node_modules/inner': undefined }, isEqual: false },
  {
    what: 'a version differs',
    change: { 'node_modules/jose': { version: '5.0.0', integrity: 'sha512-a' } },
    isEqual: false,
  },
  {
    what: 'a content differs',
    change: { 'node_modules/jose': { version: '6.0.0', integrity: 'sha512-x' } },
    isEqual: false,
  },
  {
    what: 'the package is not linked',
    change: { 'node_modules/bixarena-auth-client': { version: '0.1.0' } },
    isEqual: false,
  },
];
for (const { what, change, isEqual } of rows) {
  test(`npm packages ${isEqual ? 'are taken as they are' : 'are installed'} if ${what}`, () => {
    assert.equal(matches(WANTED, { ...INSTALLED, ...change }), isEqual);
  });
}

test('what is installed here matches the lock file', () => {
  const packages = (/** @type {string} */ file) => JSON.parse(readFileSync(inRoot(file), 'utf8')).packages;
  assert.equal(matches(packages('package-lock.json'), packages('node_modules/.package-lock.json')), true);
});

test('the lock file names every package of every system, and no registry', () => {
  const { packages } = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8'));
  for (const [path, { dependencies, optionalDependencies, resolved, link }] of Object.entries(packages)) {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      // `npm ci` refuses a lock file in which one is missing, also one of another system.
      const parents = path
        .split('/node_modules/')
        .map((_, depth, parts) => parts.slice(0, depth + 1).join('/node_modules/'));
      const places = ['', ...parents].map((parent) => `${parent && `${parent}/`}node_modules/${name}`);
      assert.ok(
        places.some((place) => packages[place]?.version || packages[place]?.link),
        `${name} of ${path} is missing`,
      );
    }
    assert.ok(resolved === undefined || link, `${path} names ${resolved}`);
  }
});

test('the versions of tools are read from where they are pinned', () => {
  assert.match(lockedVersion('wasm-bindgen'), /^0\.2\.\d+$/);
  assert.match(channel(), /^1\.\d+\.\d+$/);
  assert.throws(() => lockedVersion('no-such-crate'), {
    name: 'Problem',
    message: /Cargo\.lock names no no-such-crate/,
  });
});
