// @ts-check
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { digest, once } from '../../scripts/lib/stamp.mjs';

let folder = '';
/** @param {string} name @param {string} text */
const write = (name, text) => writeFileSync(join(folder, name), text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stamp-'));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'out'));
  write('src/a.rs', 'a');
  write('Cargo.toml', 'toml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const inputs = (/** @type {unknown} */ extra) => digest(['src', 'Cargo.toml', 'absent'], { folder, extra });

/** @type {{ what: string, change: () => void }[]} */
const changes = [
  { what: 'another content', change: () => write('src/a.rs', 'b') },
  { what: 'another name', change: () => renameSync(join(folder, 'src/a.rs'), join(folder, 'src/b.rs')) },
  { what: 'one more file', change: () => write('src/b.rs', '') },
  { what: 'a file that was absent', change: () => write('absent', '') },
];
for (const { what, change } of changes) {
  test(`a digest changes with ${what}`, () => {
    const before = inputs('1');
    assert.equal(inputs('1'), before);
    change();
    assert.notEqual(inputs('1'), before);
  });
}

test('a digest changes with what else is given, and not with what is generated', () => {
  const before = inputs('1');
  assert.notEqual(inputs('2'), before);
  mkdirSync(join(folder, 'src/node_modules'));
  write('src/node_modules/x', '');
  assert.equal(inputs('1'), before);
});

test('work is done once, and again when inputs or outputs change or it failed', async () => {
  let runs = 0;
  const work = (/** @type {string} */ of, action = () => write('out/result', `${(runs += 1)}`)) =>
    once({ stamp: join(folder, 'stamp'), inputs: of, output: join(folder, 'out'), action });
  assert.deepEqual([await work('1'), await work('1'), runs], [true, false, 1]);
  assert.deepEqual([await work('2'), await work('2'), runs], [true, false, 2]);
  write('out/result', 'damaged');
  assert.deepEqual([await work('2'), await work('2'), runs], [true, false, 3]);
  rmSync(join(folder, 'out'), { recursive: true });
  mkdirSync(join(folder, 'out'));
  assert.deepEqual([await work('2'), runs], [true, 4]);
  const fail = () => {
    throw new Error('interrupted');
  };
  await assert.rejects(work('3', fail), /interrupted/);
  assert.deepEqual([await work('2'), await work('2'), runs], [true, false, 5]);
});
