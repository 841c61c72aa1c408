// @ts-check
// The blocks of docs/angular.md are the files of one application, which compiles.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { run } from '../../scripts/lib/exec.mjs';
import { inRoot, scratch } from '../../scripts/lib/paths.mjs';

const COMPILER = ['--noEmit', '--strict', '--experimentalDecorators', '--skipLibCheck'];
const TARGET = ['--target', 'es2022', '--module', 'preserve', '--lib', 'es2024,esnext.disposable,dom,dom.iterable'];

test('the code of the guide compiles', async () => {
  const guide = readFileSync(inRoot('docs', 'angular.md'), 'utf8');
  const blocks = [...guide.matchAll(/^```ts\n(?:\/\/ (\S+\.ts)\n)?([^]*?)^```$/gm)];
  assert.ok(blocks.length > 7, 'the guide has its examples');
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'angular-guide-'));
  try {
    const files = blocks.map(([, name, code], index) => {
      const file = join(folder, name ?? `block-${index}.ts`);
      writeFileSync(file, code);
      return file;
    });
    const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
    const { ok, output } = await run(process.execPath, [tsc, ...COMPILER, ...TARGET, '--ignoreConfig', ...files], {
      limit: 60_000,
    });
    assert.ok(ok, output);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
