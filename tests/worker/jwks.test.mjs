// @ts-check
// The fetched key set in workerd, where no request may wait for a promise of another one.

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { endAll, many, publish, serve, startVerifier, tokenOf, until } from './support/key-server.mjs';

const LIMIT = { timeout: 60_000 };

afterEach(endAll);

describe('300 requests at once on a cold start', LIMIT, () => {
  it('are all served, with three fetches at most', async () => {
    const server = await serve((response) => setTimeout(() => publish(response, 'rsa-1'), 100));
    const verify = await startVerifier(server.url);
    const answers = await Promise.all(many(300).map((sub) => verify(tokenOf('rsa-1', sub))));
    assert.deepEqual(
      answers,
      many(300).map((sub) => ({ sub })),
    );
    assert.ok(server.count() >= 1 && server.count() <= 3, `${server.count()} fetches`);
  });

  it('are all served when the first fetch hangs', async () => {
    const server = await serve((response, number) => void (number > 1 && publish(response, 'rsa-1')));
    const verify = await startVerifier(server.url, { timeout: 1.5 });
    const answers = await Promise.all(many(300).map((sub) => verify(tokenOf('rsa-1', sub))));
    assert.deepEqual(
      answers,
      many(300).map((sub) => ({ sub })),
    );
    assert.ok(server.count() <= 3, `${server.count()} fetches`);
  });

  it('are all refused when the service fails, with three fetches at most', async () => {
    const server = await serve((response) => void response.writeHead(503).end());
    const verify = await startVerifier(server.url);
    const answers = await Promise.all(many(300).map((sub) => verify(tokenOf('rsa-1', sub))));
    assert.deepEqual([...new Set(answers.map(({ code }) => code))], ['jwks_unavailable']);
    assert.ok(server.count() <= 3, `${server.count()} fetches`);
  });
});

describe('a fetch', LIMIT, () => {
  it('whose request goes away is made by the next one', async () => {
    const server = await serve((response, number) => void (number > 1 && publish(response, 'rsa-1')));
    const verify = await startVerifier(server.url, { timeout: 1.5 });
    const leaver = new AbortController();
    const left = verify(tokenOf('rsa-1'), { signal: leaver.signal }).catch(() => 'left');
    await until(() => server.count() === 1);
    leaver.abort();
    assert.equal(await left, 'left');
    assert.deepEqual(await verify(tokenOf('rsa-1', 'stayed')), { sub: 'stayed' });
    assert.deepEqual(await verify(tokenOf('rsa-1', 'later')), { sub: 'later' });
  });

  it('that answers after a newer one changes nothing', async () => {
    /** @type {import('node:http').ServerResponse | undefined} */
    let slow;
    const server = await serve((response, number) => {
      if (number === 1) slow = response;
      else publish(response, 'rsa-2');
    });
    const verify = await startVerifier(server.url, { timeout: 6 });
    const first = verify(tokenOf('rsa-1'));
    await until(() => slow !== undefined);
    assert.deepEqual(await verify(tokenOf('rsa-2', 'second')), { sub: 'second' });
    assert.equal(server.count(), 2);
    publish(/** @type {any} */ (slow), 'rsa-1');
    assert.equal((await first).code, 'key_not_found');
    assert.deepEqual(await verify(tokenOf('rsa-2', 'third')), { sub: 'third' });
    assert.equal((await verify(tokenOf('rsa-1'))).code, 'key_not_found');
    assert.equal(server.count(), 2);
  });

  it('that is redirected is refused, and nothing is sent to the target', async () => {
    const target = await serve((response) => publish(response, 'rsa-1'));
    const server = await serve((response) => void response.writeHead(302, { location: target.url }).end());
    const verify = await startVerifier(server.url);
    assert.deepEqual(await verify(tokenOf('rsa-1')), { code: 'jwks_unavailable', status: 302 });
    assert.deepEqual([server.count(), target.count()], [1, 0]);
  });
});

describe('a refresh in the background', LIMIT, () => {
  for (const path of ['/', '/authenticate', '/exchange', '/hono']) {
    it(`is handed to the runtime, through ${path}`, async () => {
      const server = await serve((response, number) =>
        number === 1 ? publish(response, 'rsa-1') : void setTimeout(() => publish(response, 'rsa-1', 'rsa-2'), 300),
      );
      const verify = await startVerifier(server.url);
      const waits = () => verify('', { path: '/waits' });
      assert.deepEqual(await verify(tokenOf('rsa-1'), { path }), { sub: 'somebody' });
      assert.deepEqual(await waits(), { begun: 1, ended: 1 }, 'so is a first fetch, for the others');
      assert.deepEqual(await verify(tokenOf('rsa-1'), { path, later: 700 }), { sub: 'somebody' });
      assert.deepEqual(await waits(), { begun: 2, ended: 1 });
      for (const end = Date.now() + 20_000; (await waits()).ended < 2;) assert.ok(Date.now() < end, 'waited in vain');
      // Within the cooldown: the new key came with that refresh, or not at all.
      assert.deepEqual(await verify(tokenOf('rsa-2'), { path, later: 701 }), { sub: 'somebody' });
      assert.equal(server.count(), 2);
    });
  }

  it('that fails is no unhandled rejection', async () => {
    const server = await serve((response, number) =>
      number === 1 ? publish(response, 'rsa-1') : void response.writeHead(500).end(),
    );
    const verify = await startVerifier(server.url);
    for (const path of ['/', '/alone']) {
      assert.deepEqual(await verify(tokenOf('rsa-1'), { path }), { sub: 'somebody' });
      assert.deepEqual(await verify(tokenOf('rsa-1'), { path, later: 700 }), { sub: 'somebody' });
    }
    await until(() => server.count() === 2);
    assert.doesNotMatch(verify.log(), /rejection|exception/i);
  });
});
