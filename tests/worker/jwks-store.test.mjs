// @ts-check
// The key set in the Cache API of workerd, which isolates have in common.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { endAll, many, publish, serve, serveCache, startVerifier, tokenOf, until } from './support/key-server.mjs';

const LIMIT = { timeout: 60_000 };
const SERVED = { sub: 'somebody' };
const ASKED = /^x-bixarena-auth-client-asked: \d+$/im;

afterEach(endAll);

/** A service whose keys are exchanged by hand, a cache, and isolates that use both. */
async function setUp() {
  const keys = { now: ['rsa-1'], status: 200 };
  const service = await serve((response) =>
    keys.status === 200 ? publish(response, ...keys.now) : void response.writeHead(keys.status).end(),
  );
  const cache = await serveCache();
  return { keys, service, cache, isolate: () => startVerifier(service.url, { cache: cache.url }) };
}

describe('a new isolate', LIMIT, () => {
  it('fetches nothing if another one has', async () => {
    const { service, cache, isolate } = await setUp();
    const first = await isolate();
    const answers = await Promise.all(many(300).map((sub) => first(tokenOf('rsa-1', sub))));
    assert.deepEqual(
      answers,
      many(300).map((sub) => ({ sub })),
    );
    const fetches = service.count();
    assert.ok(fetches >= 1 && fetches <= 3, `${fetches} fetches`);
    await until(() => cache.kept.size === 1);
    const second = await isolate();
    assert.deepEqual(
      await Promise.all(many(300).map((sub) => second(tokenOf('rsa-1', sub)))),
      many(300).map((sub) => ({ sub })),
    );
    assert.equal(service.count(), fetches);
  });

  it('serves a set that is to be refreshed, and puts the newer one', async () => {
    const { keys, service, cache, isolate } = await setUp();
    await (
      await isolate()
    )(tokenOf('rsa-1'));
    await until(() => cache.kept.size === 1);
    keys.now = ['rsa-1', 'rsa-2'];
    const second = await isolate();
    assert.deepEqual(await second(tokenOf('rsa-1'), { later: 700 }), SERVED);
    await until(() => service.count() === 2);
    await until(() => [...cache.kept.values()][0].includes('rsa-2'));
    assert.deepEqual(await (await isolate())(tokenOf('rsa-2'), { later: 701 }), SERVED);
    assert.equal(service.count(), 2);
  });

  it('fetches before it uses an old set, uses it while the service fails, and not for ever', async () => {
    const { keys, service, cache, isolate } = await setUp();
    await (
      await isolate()
    )(tokenOf('rsa-1'));
    await until(() => cache.kept.size === 1);
    keys.status = 503;
    assert.deepEqual(await (await isolate())(tokenOf('rsa-1'), { later: 1300 }), SERVED);
    assert.equal(service.count(), 2);
    assert.equal((await (await isolate())(tokenOf('rsa-1'), { later: 3601 })).code, 'jwks_unavailable');
    assert.equal(service.count(), 3);
  });

  it('takes no set of another issuer, and none from the future', async () => {
    const { service, cache, isolate } = await setUp();
    await (
      await isolate()
    )(tokenOf('rsa-1'), { later: 100 });
    await until(() => cache.kept.size === 1);
    const [[key, set]] = cache.kept;
    assert.match(decodeURIComponent(key), /urn:bixarena:auth/);
    assert.match(set, ASKED);
    assert.deepEqual(await (await isolate())(tokenOf('rsa-1')), SERVED);
    assert.equal(service.count(), 2);
  });
});

describe('an isolate with an older set', LIMIT, () => {
  it('finds a new key in the cache; one that is not there, at the service', async () => {
    const { keys, service, cache, isolate } = await setUp();
    const [first, second] = [await isolate(), await isolate()];
    await first(tokenOf('rsa-1'));
    await until(() => cache.kept.size === 1);
    assert.deepEqual(await second(tokenOf('rsa-1')), SERVED);
    keys.now = ['rsa-2'];
    assert.deepEqual(await first(tokenOf('rsa-2'), { later: 31 }), SERVED);
    await until(() => [...cache.kept.values()][0].includes('rsa-2'));
    assert.equal(service.count(), 2);
    assert.deepEqual(await second(tokenOf('rsa-2'), { later: 50 }), SERVED);
    assert.equal((await second(tokenOf('rsa-1'), { later: 51 })).code, 'key_not_found');
    assert.equal(service.count(), 2, 'the pause counts from the other isolate’s fetch');
    keys.now = ['rsa-1'];
    assert.deepEqual(await second(tokenOf('rsa-1'), { later: 70 }), SERVED);
    assert.equal(service.count(), 3);
  });

  it('never puts it in place of a newer one', async () => {
    /** @type {import('node:http').ServerResponse | undefined} */
    let slow;
    const service = await serve((response, number) => {
      if (number === 1) slow = response;
      else publish(response, 'rsa-1', 'rsa-2');
    });
    const cache = await serveCache();
    const isolate = () => startVerifier(service.url, { cache: cache.url });
    const [first, second, third] = [await isolate(), await isolate(), await isolate()];
    const waiting = first(tokenOf('rsa-1'));
    await until(() => slow !== undefined);
    assert.deepEqual(await second(tokenOf('rsa-2')), SERVED);
    await until(() => cache.kept.size === 1);
    publish(/** @type {any} */ (slow), 'rsa-1');
    assert.deepEqual(await waiting, SERVED);
    assert.deepEqual(await third(tokenOf('rsa-2')), SERVED);
    assert.equal(service.count(), 2);
  });
});

describe('a cache that is of no use is none', LIMIT, () => {
  /** @type {Record<string, Parameters<typeof serveCache>[0]>} */
  const spoilt = {
    'it fails': (_request, response) => (response.writeHead(500).end(), true),
    'it does not answer': () => true,
    'it holds no key set': (request, response) =>
      request.method === 'GET' &&
      (response.writeHead(200, { 'cf-cache-status': 'HIT', 'x-bixarena-auth-client-asked': '1' }).end('<html>'), true),
    'it holds too much': (request, response) =>
      request.method === 'GET' &&
      (response
        .writeHead(200, { 'cf-cache-status': 'HIT', 'x-bixarena-auth-client-asked': String(Date.now() - 1000) })
        .end(JSON.stringify({ keys: [], filler: 'x'.repeat(600_000) })),
      true),
    'it holds something without a time': (request, response) =>
      request.method === 'GET' && (response.writeHead(200, { 'cf-cache-status': 'HIT' }).end('{"keys":[]}'), true),
  };
  for (const [name, spoil] of Object.entries(spoilt)) {
    it(name, async () => {
      const service = await serve((response) => publish(response, 'rsa-1'));
      const verify = await startVerifier(service.url, { cache: (await serveCache(spoil)).url });
      for (const path of ['/', '/alone']) assert.deepEqual(await verify(tokenOf('rsa-1'), { path }), SERVED);
      assert.equal(service.count(), 1);
    });
  }

  it('it is not configured', async () => {
    const service = await serve((response) => publish(response, 'rsa-1'));
    const verify = await startVerifier(service.url, { cache: '' });
    assert.deepEqual(await verify(tokenOf('rsa-1')), SERVED);
    assert.equal(service.count(), 1);
  });
});
