// @ts-check
// What a person sees when a command cannot do what it was asked.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { test } from 'node:test';
import { inRoot } from '../../scripts/lib/paths.mjs';

test('an option that does not exist is one sentence, without a stack', () => {
  const { status, stderr } = spawnSync(process.execPath, [inRoot('bench', 'run.mjs'), '--hosts', 'node'], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 1);
  assert.match(stderr, /^\nUnknown option '--hosts'.*\n$/);
});
