// @ts-check
// The fetched key set in workerd, where no request may wait for a promise of another one.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { publicJwk } from '../fixtures/forge/keys.mjs';
import { rs } from '../fixtures/forge/rsa.mjs';
import { jwt } from '../fixtures/forge/token.mjs';

const ENTRY = fileURLToPath(new URL('support/verifier-worker.mjs', import.meta.url));
const LIMIT = { timeout: 60_000 };

/** @type {(() => Promise<unknown>)[]} */
let ends = [];
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  ends = [];
});

/** @param {string} kid @param {string} [sub] */
const tokenOf = (kid, sub = 'somebody') =>
  jwt({ header: { kid }, claims: { sub, exp: Math.floor(Date.now() / 1000) + 600 }, sign: rs(kid, 256) });

/** @param {import('node:http').ServerResponse} response @param {...string} kids */
function publish(response, ...kids) {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ keys: kids.map((kid) => publicJwk(kid)) }));
}

/**
 * A server that answers the requests as the listener says, which is told their number, from 1.
 * @param {(response: import('node:http').ServerResponse, number: number) => void} listener
 */
async function serve(listener) {
  let count = 0;
  const server = createServer((_request, response) => listener(response, ++count));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  ends.push(async () => (server.closeAllConnections(), server.close()));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}/jwks.json`, count: () => count };
}

/** @param {string} jwksUrl @param {number} [timeout] seconds that one fetch of the key set may take */
async function startVerifier(jwksUrl, timeout = 5) {
  const worker = await startWorkerd({ entry: ENTRY, bindings: { JWKS_URL: jwksUrl, TIMEOUT: timeout } });
  ends.push(worker.stop);
  return async (/** @type {string} */ token, /** @type {AbortSignal} */ signal = AbortSignal.timeout(30_000)) => {
    const response = await fetch(worker.url, { method: 'POST', body: token, signal });
    assert.equal(response.status, 200, worker.log());
    return response.json();
  };
}

/** @param {() => boolean} condition */
async function until(condition) {
  for (const end = Date.now() + 20_000; !condition();) {
    assert.ok(Date.now() < end, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const many = (/** @type {number} */ count) => Array.from({ length: count }, (_, at) => `user-${at}`);

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
    const verify = await startVerifier(server.url, 1.5);
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
    const verify = await startVerifier(server.url, 1.5);
    const leaver = new AbortController();
    const left = verify(tokenOf('rsa-1'), leaver.signal).catch(() => 'left');
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
    const verify = await startVerifier(server.url, 6);
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
