// @ts-check
// What `npm publish` would send: what is needed, and nothing else.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { must } from '../../../scripts/lib/exec.mjs';
import { inRoot, root } from '../../../scripts/lib/paths.mjs';
import { isRequirable, reachable, targetsOf, unpack } from '../support/tarball.mjs';

/** What a person reads, and npm. */
const TEXTS = ['LICENSE', 'README.md', 'THIRD-PARTY-LICENSES.md', 'package.json'];

/** The package in kilobytes; a form of the wasm that nobody asked for would not fit. */
const LIMIT = 800;

/** @type {Awaited<ReturnType<typeof unpack>>} */
let packed;

before(async () => {
  packed = await unpack();
});
after(() => packed?.remove());

describe('the tarball', () => {
  test('holds what the entries load, and the texts', async (t) => {
    const { folder, manifest, files, size, unpackedSize } = packed;
    const needed = new Set([...TEXTS, ...(await reachable(folder, targetsOf(manifest.exports)))]);
    const there = files.map(({ path }) => path);
    const missing = [...needed].filter((path) => !there.includes(path));
    const idle = there.filter((path) => !needed.has(path));
    assert.deepEqual({ missing, idle }, { missing: [], idle: [] });
    t.diagnostic(`${files.length} files, ${size} bytes packed, ${unpackedSize} unpacked`);
    for (const { path, size } of files) t.diagnostic(`${String(size).padStart(8)} ${path}`);
    assert.ok(size < LIMIT * 1000, `${size} bytes are more than ${LIMIT} kB`);
  });

  test('has no script of an installation, and no dependency', () => {
    const { scripts, dependencies, optionalDependencies, bundleDependencies } = packed.manifest;
    assert.deepEqual([scripts, dependencies, optionalDependencies, bundleDependencies], Array(4).fill(undefined));
  });

  test('names no folder of this machine', () => {
    const folders = [
      root,
      homedir(),
      `/home/${userInfo().username}`,
      '/.cargo/',
      '/.rustup/',
      'file:///',
      'registry/src',
    ];
    for (const { path } of packed.files) {
      const text = readFileSync(join(packed.folder, path), 'latin1');
      const found = folders.filter((name) => text.includes(name));
      assert.deepEqual(found, [], path);
    }
  });

  test('has one version, in the code as in package.json', () => {
    for (const path of ['dist/web/errors.js', 'cjs/dist/web/errors.js']) {
      const text = readFileSync(join(packed.folder, path), 'utf8');
      assert.equal(/\bVERSION = ['"](.+?)['"]/.exec(text)?.[1], packed.manifest.version, path);
    }
  });

  test('awaits nothing at its top level, and leads to no file by its address but where it is asked for', async () => {
    const isAsked = (/** @type {string} */ path) => path.startsWith('asset');
    for (const { path } of packed.files) {
      if (!/\.js$/.test(path)) continue;
      const text = readFileSync(join(packed.folder, path), 'utf8');
      assert.doesNotMatch(text, /^(?:export )?(?:(?:const|let) .* = )?await\b/m, `${path} has a top-level await`);
      if (!isAsked(path)) assert.doesNotMatch(text, /\bimport\.meta\b/, `${path} asks for its own address`);
      assert.doesNotMatch(text, /\beval\(|\bnew Function\b/, `${path} evaluates strings`);
    }
  });
});

describe('tools that judge packages', () => {
  const bin = (/** @type {string} */ name) => inRoot('node_modules', '.bin', name);

  test('publint --strict', async () => {
    const output = await must(bin('publint'), ['run', packed.tarball, '--strict']);
    assert.match(output, /All good!/);
  });

  test('attw: the types of all entries, imported and required', async () => {
    /** @type {Map<string, string[]>} entries by what they are judged by */
    const groups = new Map();
    for (const [name, value] of Object.entries(packed.manifest.exports)) {
      if (!name.endsWith('.wasm'))
        groups.set(profileOf(name, value), [...(groups.get(profileOf(name, value)) ?? []), name]);
    }
    for (const [profile, names] of groups) {
      const entries = names.map((name) => name.replace(/^\.\//, ''));
      await must(bin('attw'), [packed.tarball, `--profile=${profile}`, '--entrypoints', ...entries]);
    }
  });

  /**
   * @param {string} name
   * @param {unknown} value
   */
  function profileOf(name, value) {
    if (!isRequirable(value) && value !== './package.json') return 'esm-only';
    // Resolution as before `exports` finds no entry of two parts; TypeScript 7 has it no more.
    return name.split('/').length > 2 ? 'node16' : 'strict';
  }
});

test('an entry that the package names exists', () => {
  for (const path of targetsOf(packed.manifest.exports)) assert.ok(existsSync(join(packed.folder, path)), path);
  assert.equal(packed.manifest.engines.node, '>=20');
  assert.ok(Number(process.versions.node.split('.')[0]) >= 20);
});
