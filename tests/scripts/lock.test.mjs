// @ts-check
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { withLock } from '../../scripts/lib/lock.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';

let folder = '';
let lock = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  lock = join(folder, 'a.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the result comes through, and the lock is gone afterwards, also after an error', async () => {
  assert.equal(await withLock(lock, () => existsSync(lock) && 'held'), 'held');
  assert.equal(existsSync(lock), false);
  await assert.rejects(
    withLock(lock, () => Promise.reject(new Error('inside'))),
    /inside/,
  );
  assert.equal(existsSync(lock), false);
});

test('many processes take turns', { timeout: 60_000 }, async () => {
  const log = join(folder, 'log');
  const module = JSON.stringify(pathToFileURL(inRoot('scripts', 'lib', 'lock.mjs')).href);
  const script = `
    import { appendFileSync } from 'node:fs';
    const { withLock } = await import(${module});
    await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(log)}, 'in ');
      await new Promise((resolve) => setTimeout(resolve, 30));
      appendFileSync(${JSON.stringify(log)}, 'out ');
    });`;
  const processes = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }),
  );
  for (const [status] of await Promise.all(processes.map((child) => event(child, 'exit')))) assert.equal(status, 0);
  assert.equal(readFileSync(log, 'utf8'), 'in out '.repeat(6));
});

/** @type {{ what: string, holder: string, age: number, isTaken: boolean }[]} */
const rows = [
  { what: 'a process that is gone', holder: `999999999 ${hostname()}`, age: 0, isTaken: true },
  { what: 'a process that lives', holder: `${process.ppid} ${hostname()}`, age: 0, isTaken: false },
  { what: 'a process of another machine', holder: '999999999 elsewhere', age: 0, isTaken: false },
  { what: 'nobody who was heard of lately', holder: '999999999 elsewhere', age: 120, isTaken: true },
];
for (const { what, holder, age, isTaken } of rows) {
  test(`a lock held by ${what} is ${isTaken ? 'taken over' : 'waited for, within the limit'}`, async () => {
    writeFileSync(lock, holder);
    const heard = new Date(Date.now() - age * 1000);
    utimesSync(lock, heard, heard);
    let waits = 0;
    const attempt = withLock(lock, () => 'done', { limit: 400, onWait: () => (waits += 1) });
    if (isTaken) assert.equal(await attempt, 'done');
    else await assert.rejects(attempt, { name: 'Problem', message: new RegExp(`waited too long for ${lock}`) });
    assert.equal(waits, 1);
    assert.equal(existsSync(lock), !isTaken);
  });
}
