// @ts-check
// Isolates of one place that share a key set through the Cache API: together they ask the service as often as one would.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  endAll,
  publish,
  serve,
  serveCache,
  startVerifier,
  strangerToken,
  tokenOf,
  until,
} from './support/key-server.mjs';

const LIMIT = { timeout: 60_000 };
const SERVED = { sub: 'somebody' };

afterEach(endAll);

/**
 * Three isolates with the same set, which the service has handed out once.
 * @param {Parameters<typeof serve>[0]} listener what the service does from then on
 * @param {number} [timeout] seconds that a fetch may take; others wait for a third of that
 */
async function setUp(listener, timeout = 30) {
  const service = await serve((response, number) =>
    number === 1 ? publish(response, 'rsa-1') : listener(response, number),
  );
  const cache = await serveCache();
  /** @type {Awaited<ReturnType<typeof startVerifier>>[]} */
  const isolates = [];
  for (let number = 0; number < 3; number += 1) {
    isolates.push(await startVerifier(service.url, { cache: cache.url, timeout }));
    assert.deepEqual(await isolates[number](tokenOf('rsa-1')), SERVED);
    await until(() => cache.kept.size === 1);
  }
  assert.equal(service.count(), 1);
  await until(() => cache.marks.size === 1);
  cache.marks.clear();
  /** All at once. @param {string} token @param {number} later seconds */
  const askAll = (token, later) => Promise.all(isolates.map((isolate) => isolate(token, { later })));
  return { service, cache, isolates, askAll };
}

/** @type {Parameters<typeof serve>[0]} */
const publishSlowly = (response) => void setTimeout(() => publish(response, 'rsa-1', 'rsa-2'), 700);

describe('isolates of one place', LIMIT, () => {
  it('whose sets are to be refreshed at the same time fetch once', async () => {
    const { service, cache, isolates, askAll } = await setUp(publishSlowly);
    const [first, ...others] = isolates;
    assert.deepEqual(await first(tokenOf('rsa-1'), { later: 700 }), SERVED);
    await until(() => cache.marks.size === 1);
    for (const isolate of others) assert.deepEqual(await isolate(tokenOf('rsa-1'), { later: 700 }), SERVED);
    await until(() => [...cache.kept.values()][0].includes('rsa-2'));
    assert.deepEqual(await askAll(tokenOf('rsa-2'), 701), [SERVED, SERVED, SERVED]);
    assert.equal(service.count(), 2);
  });

  it('wait for the one that fetches a new key, and get it', async () => {
    const { service, cache, isolates } = await setUp(publishSlowly);
    const [first, ...others] = isolates;
    const asking = first(tokenOf('rsa-2'), { later: 31 });
    await until(() => cache.marks.size === 1);
    const answers = await Promise.all([asking, ...others.map((isolate) => isolate(tokenOf('rsa-2'), { later: 31 }))]);
    assert.deepEqual(answers, [SERVED, SERVED, SERVED]);
    assert.equal(service.count(), 2);
  });

  it('leave a service alone that has failed one of them, for as long as it wants, and serve on', async () => {
    const { service, cache, isolates, askAll } = await setUp(
      (response) => void response.writeHead(429, { 'retry-after': '50' }).end(),
    );
    const [first, ...others] = isolates;
    assert.equal((await first(strangerToken(), { later: 31 })).code, 'jwks_unavailable');
    await until(() => [...cache.marks.values()].some((mark) => mark.includes('-failed: 1')));
    for (const isolate of others) {
      assert.equal((await isolate(strangerToken(), { later: 40 })).code, 'jwks_unavailable');
      assert.deepEqual(await isolate(tokenOf('rsa-1'), { later: 40 }), SERVED);
    }
    assert.equal(service.count(), 2);
    await askAll(strangerToken(), 90);
    assert.ok(service.count() > 2, 'they ask again after that');
  });

  it('do not wait for one that has fallen silent', async () => {
    const { service, cache, isolates } = await setUp(
      (response, number) => void (number > 2 && publish(response, 'rsa-1', 'rsa-2')),
      4,
    );
    const [first, second] = isolates;
    const left = first(tokenOf('rsa-2'), { later: 31, signal: AbortSignal.timeout(500) }).catch(() => 'left');
    await until(() => cache.marks.size === 1);
    assert.deepEqual(await second(tokenOf('rsa-2'), { later: 31 }), SERVED);
    assert.equal(await left, 'left');
    assert.equal(service.count(), 3);
  });
});
