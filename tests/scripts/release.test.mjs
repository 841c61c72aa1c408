// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { contentComplaints } from '../../scripts/release/contents.mjs';
import { edges } from '../../scripts/release/crates.mjs';
import { chosen } from '../../scripts/release/licenses.mjs';
import { notes, sources, versionComplaints } from '../../scripts/release/versions.mjs';

/** A project that can be released, with something else in it. @param {Partial<import('../../scripts/release/versions.mjs').Sources>} [other] */
const project = (other) => ({
  cargo: '[package]\nname = "bixarena-auth-client"\nversion = "1.2.3"\n',
  cargoLock: '[[package]]\nname = "bixarena-auth-client"\nversion = "1.2.3"\n',
  npm: '{"version":"1.2.3"}',
  npmLock: '{"packages":{"pkg":{"version":"1.2.3"}}}',
  changelog:
    '# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-24\n\n### Fixed\n\n- A fault.\n\n## [1.2.2] - 2026-11-01\n',
  ...other,
});

describe('the versions', () => {
  test('agree in this repository', () => {
    assert.deepEqual(
      versionComplaints(sources()).filter((complaint) => !complaint.startsWith('CHANGELOG.md')),
      [],
    );
  });

  test('that agree can be released', () => {
    assert.deepEqual(versionComplaints(project(), 'v1.2.3'), []);
    assert.equal(notes(project().changelog, '1.2.3'), '### Fixed\n\n- A fault.');
  });

  for (const [what, other, tag, complaint] of /** @type {const} */ ([
    [
      'a crate of another one',
      { cargo: 'version = "1.2.2"\n' },
      'v1.2.3',
      'Cargo.toml says 1.2.2, pkg/package.json 1.2.3.',
    ],
    [
      'a lock file of another one',
      { npmLock: '{"packages":{}}' },
      'v1.2.3',
      'package-lock.json says no version, pkg/package.json 1.2.3.',
    ],
    ['a tag of another one', {}, 'v1.2.4', 'the tag says 1.2.4, pkg/package.json 1.2.3.'],
    ['a tag of another form', {}, '1.2.3', 'the tag 1.2.3 does not begin with v.'],
    [
      'a changelog without a date',
      { changelog: '## [1.2.3]\n' },
      'v1.2.3',
      'CHANGELOG.md has no section "## [1.2.3] - <year-month-day>".',
    ],
    [
      'changes that are in no version',
      { changelog: '## [Unreleased]\n\n- New.\n\n## [1.2.3] - 2026-11-24\n' },
      'v1.2.3',
      'CHANGELOG.md has changes under "Unreleased": move them to the version, or leave them for the next.',
    ],
  ])) {
    test(`${what} cannot`, () => assert.deepEqual(versionComplaints(project(other), tag), [complaint]));
  }
});

describe('the files of a package', () => {
  const manifest = {
    files: ['*.js', 'dist', 'lib'],
    exports: { '.': { types: './index.d.ts', default: { node: './index.js' } }, './package.json': './package.json' },
  };
  const texts = ['LICENSE', 'README.md', 'THIRD-PARTY-LICENSES.md', 'package.json'];
  const good = [...texts, 'index.d.ts', 'index.js', 'lib/a.js', 'dist/client_bg.wasm'];

  test('are what exports leads to, what that loads, and the texts', () =>
    assert.deepEqual(contentComplaints(good, manifest), []));

  for (const path of ['index.js', 'LICENSE']) {
    test(`lack ${path}`, () =>
      assert.deepEqual(
        contentComplaints(
          good.filter((one) => one !== path),
          manifest,
        ),
        [`${path} is missing from the package.`],
      ));
  }

  for (const path of [
    'tests/a.js',
    'lib/a.test.mjs',
    '.env',
    'dist/a.js.map',
    'notes.txt',
    'lib/.secret',
    'lib/key.pem',
  ]) {
    test(`do not hold ${path}`, () =>
      assert.deepEqual(contentComplaints([...good, path], manifest), [`${path} does not belong in the package.`]));
  }
});

describe('licences', () => {
  for (const [expression, expected] of /** @type {const} */ ([
    ['MIT', ['MIT']],
    ['MIT OR Apache-2.0', ['Apache-2.0']],
    ['MIT/Apache-2.0', ['Apache-2.0']],
    ['Unlicense OR MIT', ['MIT']],
    ['BSD-2-Clause OR Apache-2.0 OR MIT', ['Apache-2.0']],
    ['(MIT OR Apache-2.0) AND Unicode-3.0', ['Apache-2.0', 'Unicode-3.0']],
    ['Apache-2.0 WITH LLVM-exception OR MIT', ['MIT']],
  ])) {
    test(`of ${expression} ${expected.join(' and ')} is taken`, () => assert.deepEqual(chosen(expression), expected));
  }

  for (const expression of ['GPL-3.0-only', 'MIT AND GPL-3.0-only']) {
    test(`${expression} is refused`, () => assert.throws(() => chosen(expression), /is not one of/));
  }

  test('that are taken are those that deny.toml permits', () => {
    const allowed = /^allow = (\[.+\])$/m.exec(readFileSync(inRoot('deny.toml'), 'utf8'))?.[1] ?? '[]';
    for (const license of JSON.parse(allowed)) assert.deepEqual(chosen(license), [license]);
  });

  test('are passed on as they are here', () => {
    assert.equal(readFileSync(inRoot('pkg', 'LICENSE'), 'utf8'), readFileSync(inRoot('LICENSE'), 'utf8'));
  });
});

test('what depends on what is read from the tree of cargo', () => {
  const tree = '0 own v0.1.0 (/somewhere)\n1 a v1.0.0\n2 b v2.0.0\n1 c v3.0.0\n2 a v1.0.0 (*)\n';
  assert.deepEqual(
    [...edges(tree)].map(([key, dependencies]) => [key, [...dependencies]]),
    [
      ['own@0.1.0', ['a@1.0.0', 'c@3.0.0']],
      ['a@1.0.0', ['b@2.0.0']],
      ['b@2.0.0', []],
      ['c@3.0.0', ['a@1.0.0']],
    ],
  );
});
