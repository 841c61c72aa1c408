// @ts-check
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { RateLimits } from '../../www/server/service/limits.mjs';
import { operationNames, operations } from '../../www/server/service/operations.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { urlOf } from './support/journey.mjs';

const DEFAULTS = { start: 20, callback: 20, token: 60, jwks: 100, logout: 60 };

/** @type {import('../../www/server/stack.mjs').Stack} */
let stack;
let now = Date.now();
before(async () => void (stack = await startStack({ control: true, now: () => now })));
after(() => stack.close());
beforeEach(() => stack.control.resetRateLimits());

/**
 * @param {import('../../www/server/service/operations.mjs').OperationName} operation
 * @param {Record<string, string>} [headers]
 */
function ask(operation, headers = {}) {
  const routes = operations[operation].v1 ? 'v1' : 'oauth2';
  return fetch(urlOf(stack, operation, routes), { method: operations[operation].method, headers, redirect: 'manual' });
}

describe('the limits of the gateway', () => {
  for (const [name, limit] of Object.entries(DEFAULTS)) {
    const operation = /** @type {keyof typeof DEFAULTS} */ (name);
    test(`${operation}: ${limit} a minute, then 429`, async () => {
      const allowed = await Promise.all(Array.from({ length: limit }, () => ask(operation)));
      assert.ok(allowed.every(({ status }) => status !== 429));
      assert.equal((await ask(operation)).status, 429);
    });
  }

  test('429 has all its headers and its JSON body', async () => {
    await stack.control.setRateLimits({ token: 1 });
    const allowed = await ask('token');
    assert.equal(allowed.status, 401);
    assert.equal(allowed.headers.get('X-RateLimit-Limit'), '1');
    assert.equal(allowed.headers.get('X-RateLimit-Remaining'), '0');
    now += 12_000;
    const refused = await ask('token');
    await stack.control.setRateLimits({ token: 60 });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get('Content-Type'), 'application/json');
    assert.equal(refused.headers.get('Retry-After'), '48');
    assert.equal(refused.headers.get('X-RateLimit-Limit'), '1');
    assert.equal(refused.headers.get('X-RateLimit-Remaining'), '0');
    assert.equal(refused.headers.get('X-RateLimit-Reset'), String(Math.ceil((now + 48_000) / 1000)));
    assert.deepEqual(await refused.json(), {
      title: 'Too Many Requests',
      status: 429,
      limit: 1,
      window: '1 minute',
      retryAfterSeconds: 48,
    });
  });

  test('after Retry-After it works again', async () => {
    await stack.control.setRateLimits({ jwks: 1 });
    await ask('jwks');
    const refused = await ask('jwks');
    now += Number(refused.headers.get('Retry-After')) * 1000;
    const again = await ask('jwks');
    await stack.control.setRateLimits({ jwks: 100 });
    assert.deepEqual([refused.status, again.status], [429, 200]);
  });

  test('every client has its own: the first address of X-Forwarded-For', async () => {
    await stack.control.setRateLimits({ jwks: 1 });
    const statuses = [];
    for (const address of ['203.0.113.1', '203.0.113.1', '203.0.113.2', '203.0.113.2, 10.0.0.1']) {
      statuses.push((await ask('jwks', { 'X-Forwarded-For': address })).status);
    }
    await stack.control.setRateLimits({ jwks: 100 });
    assert.deepEqual(statuses, [200, 429, 200, 429]);
  });

  test('the two route sets share one count', async () => {
    await stack.control.setRateLimits({ jwks: 1 });
    const statuses = [];
    for (const routes of /** @type {const} */ (['v1', 'oauth2'])) {
      statuses.push((await fetch(urlOf(stack, 'jwks', routes))).status);
    }
    await stack.control.setRateLimits({ jwks: 100 });
    assert.deepEqual(statuses, [200, 429]);
  });

  test('null takes a limit away, and its headers', async () => {
    await stack.control.setRateLimits({ jwks: null });
    const answer = await ask('jwks');
    await stack.control.setRateLimits({ jwks: 100 });
    assert.equal(answer.headers.get('X-RateLimit-Limit'), null);
  });

  test('a limit that cannot be meant is a TypeError', async () => {
    await assert.rejects(stack.control.setRateLimits(/** @type {any} */ ({ tokens: 5 })), /limits\.tokens: no such/);
    await assert.rejects(stack.control.setRateLimits({ token: -1 }), /limits\.token: a number from 0 up/);
    assert.throws(() => new RateLimits({ now: Date.now, limits: /** @type {any} */ ({ token: '5' }) }), TypeError);
  });

  test('a limit of 0 refuses the first request', () => {
    const limits = new RateLimits({ now: () => 0, limits: { token: 0 } });
    assert.equal(limits.take('token', 'c').allowed, false);
  });
});

test('every operation has a limit', () => {
  for (const name of operationNames) assert.ok(operations[name].perMinute > 0);
});
