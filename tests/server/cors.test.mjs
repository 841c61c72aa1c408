// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { operationNames, operations } from '../../www/server/service/operations.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { urlOf } from './support/journey.mjs';

/** @type {import('../../www/server/stack.mjs').Stack} */
let stack;
before(async () => {
  stack = await startStack({ mode: 'cross-origin', control: true, origins: ['http://localhost:4200'] });
});
after(() => stack.close());

/**
 * @param {Record<string, string>} headers
 * @param {import('../../www/server/service/operations.mjs').OperationName} [operation]
 */
function preflight(headers, operation = 'token') {
  const url = urlOf(stack, operation, operations[operation].v1 ? 'v1' : 'oauth2');
  const method = { 'Access-Control-Request-Method': operations[operation].method };
  return fetch(url, { method: 'OPTIONS', headers: { Origin: stack.appUrl, ...method, ...headers } });
}

/**
 * @param {Response} answer
 * @param {string} origin
 */
function assertReadable(answer, origin) {
  assert.equal(answer.headers.get('Access-Control-Allow-Origin'), origin);
  assert.equal(answer.headers.get('Access-Control-Allow-Credentials'), 'true');
  assert.match(answer.headers.get('Vary') ?? '', /Origin/);
}

/** @param {Response} answer */
function assertRefused(answer) {
  assert.equal(answer.status, 403);
  assert.equal(answer.headers.get('Access-Control-Allow-Origin'), null);
}

describe('preflight', () => {
  for (const operation of operationNames) {
    test(`${operation}: the whole list`, async () => {
      const answer = await preflight({ 'Access-Control-Request-Headers': 'authorization,content-type' }, operation);
      assert.equal(answer.status, 204);
      assertReadable(answer, stack.appUrl);
      assert.equal(answer.headers.get('Access-Control-Allow-Methods'), 'GET, POST, OPTIONS');
      assert.equal(answer.headers.get('Access-Control-Allow-Headers'), 'Authorization, Content-Type');
    });
  }

  test('a further origin of the list', async () => {
    assertReadable(await preflight({ Origin: 'http://localhost:4200' }), 'http://localhost:4200');
  });

  test('an origin outside the list is refused', async () => {
    assertRefused(await preflight({ Origin: 'https://evil.example' }));
    assertRefused(await preflight({ Origin: 'null' }));
  });

  test('a header outside the list is refused', async () => {
    assertRefused(await preflight({ 'Access-Control-Request-Headers': 'content-type, x-requested-with' }));
  });

  test('a method outside the list is refused', async () => {
    assertRefused(await preflight({ 'Access-Control-Request-Method': 'DELETE' }));
  });

  test('it is counted apart and uses up no limit', async () => {
    await stack.control.resetCounts();
    await stack.control.resetRateLimits();
    await preflight({});
    const answer = await fetch(urlOf(stack, 'token'), { method: 'POST', headers: { Origin: stack.appUrl } });
    assert.equal(answer.headers.get('X-RateLimit-Remaining'), '59');
    assert.deepEqual(await stack.control.counts(), {
      start: 0,
      callback: 0,
      token: 1,
      jwks: 0,
      logout: 0,
      userinfo: 0,
      preflight: 1,
    });
  });
});

describe('the request itself', () => {
  const exposed = 'Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset';
  const headers = () => ({ Origin: stack.appUrl });

  test('success, 401, 400 and 429 are readable, with the exposed headers', async () => {
    await stack.control.setRateLimits({ logout: 0 });
    const answers = await Promise.all([
      fetch(urlOf(stack, 'jwks'), { headers: headers() }),
      fetch(urlOf(stack, 'token'), { method: 'POST', headers: headers() }),
      fetch(urlOf(stack, 'callback', 'v1', { code: 'c', state: 's' }), { headers: headers() }),
      fetch(urlOf(stack, 'logout'), { method: 'POST', headers: headers() }),
    ]);
    await stack.control.setRateLimits({ logout: 60 });
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 401, 400, 429],
    );
    for (const answer of answers) {
      assertReadable(answer, stack.appUrl);
      assert.equal(answer.headers.get('Access-Control-Expose-Headers'), exposed);
    }
  });

  test('an origin outside the list is refused before anything happens', async () => {
    const { cookie } = await stack.control.createSession('maya');
    const answer = await fetch(urlOf(stack, 'logout'), {
      method: 'POST',
      headers: { Origin: 'https://evil.example', Cookie: cookie },
    });
    assertRefused(answer);
    const after = await fetch(urlOf(stack, 'token'), { method: 'POST', headers: { Cookie: cookie } });
    assert.equal(after.status, 200, 'the session was not ended');
  });

  test('no origin, no CORS headers', async () => {
    const answer = await fetch(urlOf(stack, 'jwks'));
    assert.equal(answer.headers.get('Access-Control-Allow-Origin'), null);
  });

  test('same-origin: the apex is on the list of its own service', async (t) => {
    const apex = await startStack();
    t.after(() => apex.close());
    const answer = await fetch(urlOf(apex, 'token'), { method: 'POST', headers: { Origin: apex.appUrl } });
    assert.equal(answer.status, 401);
    assertReadable(answer, apex.appUrl);
  });
});
