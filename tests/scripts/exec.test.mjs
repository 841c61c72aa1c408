// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, must, run } from '../../scripts/lib/exec.mjs';

/** Node with a script. @param {string} script @returns {[string, string[]]} */
const node = (script) => [process.execPath, ['-e', script]];

test('output and status come through', async () => {
  const result = await run(...node("console.log('out'); console.error('err'); process.exit(3)"));
  assert.deepEqual(result, { ok: false, status: 3, output: 'out\nerr\n', timedOut: false });
});

test('what a command leaves behind is ended, and not waited for', { timeout: 20_000 }, async () => {
  const left = "require('child_process').spawn('sleep', ['60'], { stdio: 'inherit' }).unref()";
  const { ok } = await run(...node(`console.log(${left})`));
  assert.equal(ok, true);
});

test('a command that takes too long is ended', { timeout: 20_000 }, async () => {
  const { ok, timedOut } = await run(...node('setInterval(() => {}, 1000)'), { limit: 300 });
  assert.deepEqual({ ok, timedOut }, { ok: false, timedOut: true });
});

test('a command that must succeed says what it said', async () => {
  assert.equal(await must(...node("console.log('fine')")), 'fine\n');
  await assert.rejects(must(...node("console.error('because'); process.exit(2)")), {
    name: 'Problem',
    message: /^because\n\n`.* -e .*` ended with status 2$/s,
  });
  await assert.rejects(must('/no/such/program', []), { name: 'Problem', message: /could not be started/ });
});

test('asking a program that is not there, or fails, gives nothing', () => {
  assert.equal(ask(...node("console.log(' answer ')")), 'answer');
  assert.equal(ask(...node('process.exit(1)')), undefined);
  assert.equal(ask('/no/such/program', []), undefined);
});
