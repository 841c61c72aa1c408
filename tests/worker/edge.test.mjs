// @ts-check
// The edge in workerd, where no request may wait for a promise of another one.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { afterEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { publicJwk } from '../fixtures/forge/keys.mjs';
import { rs } from '../fixtures/forge/rsa.mjs';
import { jwt } from '../fixtures/forge/token.mjs';
import { COMPATIBILITY } from './support/compatibility.mjs';

const ENTRY = fileURLToPath(new URL('support/edge-worker.mjs', import.meta.url));
const LIMIT = { timeout: 60_000 };

/** @typedef {import('node:http').IncomingMessage} Incoming */
/** @typedef {import('node:http').ServerResponse} Outgoing */

/** @type {(() => Promise<unknown>)[]} */
let ends = [];
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  ends = [];
});

const newToken = (sub = 'maya') =>
  jwt({ header: { kid: 'rsa-1' }, claims: { sub, exp: Math.floor(Date.now() / 1000) + 600 }, sign: rs('rsa-1', 256) });

/** @param {Outgoing} response @param {unknown} body */
const json = (response, body, status = 200) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** @param {Outgoing} response @param {string} [token] */
const handOut = (response, token = newToken()) =>
  json(response, { access_token: token, token_type: 'Bearer', expires_in: 600 });

/** Says what it was asked. @param {Incoming} request @param {Outgoing} response */
async function echo(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  json(response, { method: request.method, url: request.url, headers: request.headers, body });
}

/**
 * A gateway in workerd; its service, which is the upstream too, hands out tokens as `mint` says: it is told their number, from 1.
 * @param {(response: Outgoing, number: number) => void} mint
 * @param {Partial<import('../../scripts/lib/workerd.mjs').WorkerdOptions> & { waits?: boolean }} [options]
 */
async function setUp(mint, { waits = false, ...options } = {}) {
  let mints = 0;
  const server = createServer((request, response) => {
    if (request.url === '/v1/token') mint(response, ++mints);
    else if (request.url === '/away') response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    else void echo(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  ends.push(async () => (server.closeAllConnections(), server.close()));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const bindings = { SERVICE_URL: `http://127.0.0.1:${port}`, JWKS: { keys: [publicJwk('rsa-1')] }, WAIT: waits };
  const worker = await startWorkerd({ entry: ENTRY, bindings, ...options });
  ends.push(worker.stop);
  /** @param {string} path @param {RequestInit} [init] */
  const ask = (path, init = {}) =>
    fetch(worker.url + path, {
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
      ...init,
      headers: { cookie: 'JSESSIONID=s1', ...init.headers },
    });
  return { ask, count: () => mints, url: worker.url, log: worker.log };
}

/** @param {() => boolean} condition */
async function until(condition) {
  for (const end = Date.now() + 20_000; !condition();) {
    assert.ok(Date.now() < end, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

for (const { name, options } of COMPATIBILITY) {
  describe(`a Worker of ${name}`, LIMIT, () => {
    it('a session goes on as bearer, with method, body, path and query, and nothing that was forged', async () => {
      const token = newToken();
      const { ask, url } = await setUp((response) => handOut(response, token), options);
      const forged = { 'x-user-id': 'admin', x_user_id: 'admin', 'x-verified-sub': 'admin', 'x-request-id': '7' };
      const response = await ask('/a/b?c=d', {
        method: 'POST',
        body: 'x'.repeat(100_000),
        headers: { origin: url, ...forged },
      });
      const { method, url: path, headers, body } = await response.json();
      assert.deepEqual([method, path, body.length], ['POST', '/a/b?c=d', 100_000]);
      assert.equal(headers.authorization, `Bearer ${token}`);
      assert.deepEqual([headers['x-verified-sub'], headers['x-request-id']], ['maya', '7']);
      for (const name of ['cookie', 'x-user-id', 'x_user_id']) assert.equal(headers[name], undefined, name);
    });

    it('a GET goes on, a redirect is handed on, and a foreign origin is refused', async () => {
      const { ask, count } = await setUp((response) => handOut(response), options);
      assert.equal((await (await ask('/a')).json()).method, 'GET');
      const away = await ask('/away');
      assert.deepEqual([away.status, away.headers.get('location')], [302, 'http://127.0.0.1:9/']);
      const foreign = await ask('/a', { method: 'POST', headers: { origin: 'https://evil.example' } });
      assert.deepEqual([foreign.status, (await foreign.json()).code], [403, 'login_required']);
      assert.equal(count(), 1);
    });

    it('a bearer is answered, and refused', async () => {
      const { ask } = await setUp((response) => handOut(response), options);
      const good = await ask('/bearer', { headers: { authorization: `Bearer ${newToken('jonas')}` } });
      assert.deepEqual([good.status, await good.json()], [200, { sub: 'jonas' }]);
      for (const [authorization, status, challenge] of /** @type {[string, number, RegExp][]} */ ([
        ['Bearer a b', 400, /error="invalid_request"/],
        ['Bearer abc', 401, /error="invalid_token"/],
        ['Basic abc', 401, /^Bearer realm="BixArena"$/],
      ])) {
        const response = await ask('/bearer', { headers: { authorization } });
        assert.equal(response.status, status);
        assert.match(response.headers.get('www-authenticate') ?? '', challenge);
      }
      assert.equal((await ask('/a', { headers: { authorization: 'Bearer abc' } })).status, 401);
    });
  });
}

/** @param {(path: string) => Promise<Response>} ask */
async function crowd(ask) {
  const answers = await Promise.all(
    Array.from({ length: 300 }, () =>
      ask('/a').then(async (response) => {
        const { headers, anonymous, code } = await response.json();
        return headers?.['x-verified-sub'] ?? anonymous ?? code;
      }),
    ),
  );
  return [...new Set(answers)];
}

describe('300 requests of one session at once', LIMIT, () => {
  it('are all served, with three mints at most', async () => {
    const { ask, count } = await setUp((response) => void setTimeout(() => handOut(response), 100));
    assert.deepEqual(await crowd(ask), ['maya']);
    assert.ok(count() >= 1 && count() <= 3, `${count()} mints`);
  });

  it('are all served when the first mint hangs', async () => {
    const { ask, count } = await setUp((response, number) => void (number > 1 && handOut(response)));
    assert.deepEqual(await crowd(ask), ['maya']);
    assert.ok(count() >= 2 && count() <= 3, `${count()} mints`);
  });

  it('are all told that there is no session', async () => {
    // That is not kept, so that a login counts at once: whoever comes after the answer asks again.
    const { ask } = await setUp((response) => void setTimeout(() => response.writeHead(401).end(), 300));
    assert.deepEqual(await crowd(ask), ['session_ended']);
  });
});

describe('a request that goes away', LIMIT, () => {
  for (const waits of [false, true]) {
    it(`while it mints hangs nobody ${waits ? 'with' : 'without'} waitUntil`, async () => {
      /** @type {Outgoing[]} */
      const held = [];
      const { ask, count } = await setUp(
        (response, number) => void (number === 1 ? held.push(response) : handOut(response)),
        { waits },
      );
      const leaver = new AbortController();
      const left = ask('/a', { signal: leaver.signal }).catch(() => 'left');
      await until(() => held.length === 1);
      const stays = ask('/a');
      leaver.abort();
      assert.equal(await left, 'left');
      assert.equal((await (await stays).json()).headers['x-verified-sub'], 'maya');
      assert.equal(count(), 2);
      assert.equal((await ask('/a')).status, 200);
      assert.equal(count(), 2);
    });
  }
});
