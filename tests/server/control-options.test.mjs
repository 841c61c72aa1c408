// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startStack } from '../../www/server/stack.mjs';

test('a fault that cannot be meant is a TypeError that says what is expected', async (t) => {
  const stack = await startStack({ control: true });
  t.after(() => stack.close());
  const wrong = /** @type {[Record<string, any>, RegExp][]} */ ([
    [{ operation: 'mint', kind: 'hang' }, /^operation: expected start, callback, token, .*; got "mint"$/],
    [{ operation: 'token', kind: 'slow' }, /^kind: expected respond, html, .*; got "slow"$/],
    [{ operation: 'token', kind: 'toString' }, /^kind: /],
    [{ operation: 'token', kind: 'hang', times: 0 }, /^times: /],
    [{ operation: 'token', kind: 'hang', skip: -1 }, /^skip: /],
    [{ operation: 'token', kind: 'delay' }, /^ms: /],
    [{ operation: 'token', kind: 'redirect' }, /^location: /],
  ]);
  for (const [fault, message] of wrong) {
    await assert.rejects(stack.control.addFault(/** @type {any} */ (fault)), { name: 'TypeError', message });
  }
  await assert.rejects(stack.control.spoilNextIdToken(/** @type {any} */ ('late?')), { name: 'TypeError' });
  await assert.rejects(stack.control.setStartStatus(/** @type {any} */ (200)), { name: 'TypeError' });
  await assert.rejects(stack.control.setTokenLifetime(1.5), { name: 'TypeError' });
  await assert.rejects(stack.control.setClockOffset(NaN), { name: 'TypeError' });
  await assert.rejects(stack.control.createSession('nobody'), /username: one of maya, jonas/);
});
