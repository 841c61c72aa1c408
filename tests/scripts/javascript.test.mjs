// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { javascript } from '../../scripts/test/javascript.mjs';

const limit = 30_000;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'suite-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** @param {string} name @param {string} body */
const write = (name, body) => writeFileSync(join(folder, name), `import { describe, test } from 'node:test';\n${body}`);

/** @param {number} [time] */
const runSuite = (time = limit) => javascript(folder, { limit: time });

test('tests are counted, describe blocks are not', async () => {
  write('a.test.mjs', "describe('group', () => { test('one', () => {}); test('two', () => {}); });");
  write('b.test.mjs', "test('three', () => {}); test('four', { skip: true }, () => {});");
  const { passed, failed, skipped } = await runSuite();
  assert.deepEqual({ passed, failed, skipped }, { passed: 3, failed: 0, skipped: 1 });
});

test('a failed test counts, and its message is in the output', async () => {
  write('a.test.mjs', "test('one', () => {}); test('two', () => { throw new Error('because of this'); });");
  const { passed, failed, output } = await runSuite();
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
  assert.match(output, /because of this/);
});

test('a file that cannot be loaded is a failure', async () => {
  write('a.test.mjs', "test('one', () => {});");
  write('b.test.mjs', "import './absent.mjs';");
  const { passed, failed } = await runSuite();
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
});

test('a file without a test is a failure', async () => {
  write('a.test.mjs', "test('one', () => {});");
  write('b.test.mjs', '');
  const { passed, failed, complaints } = await runSuite();
  assert.deepEqual({ passed, failed }, { passed: 1, failed: 1 });
  assert.match(complaints[0], /b\.test\.mjs holds no test/);
});

test('an empty folder is a failure', async () => {
  const { passed, failed, complaints } = await runSuite();
  assert.deepEqual({ passed, failed, complaints }, { passed: 0, failed: 1, complaints: ['ran no tests'] });
});

test('a suite that hangs is ended, with what it started', async () => {
  const started = JSON.stringify(join(folder, 'pid'));
  write(
    'a.test.mjs',
    `import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    test('hangs', () => {
      const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      writeFileSync(${started}, String(pid));
      return new Promise(() => {});
    });`,
  );
  const { failed, complaints } = await runSuite(1_500);
  assert.equal(failed, 1);
  assert.deepEqual(complaints, ['took longer than 1.5 s and was ended']);
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  assert.equal(await isGone(pid), true);
});

/** Whether a process is gone, or will be soon. @param {number} pid */
async function isGone(pid) {
  for (let waited = 0; waited < 5_000; waited += 50) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
