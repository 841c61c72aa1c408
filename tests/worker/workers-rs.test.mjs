// @ts-check
// The example of a Worker in Rust compiles, and guards its API in workerd with the keys of the local service.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildWorkersRs, workersRsEntry } from '../../scripts/build/workers-rs.mjs';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { startStack } from '../../www/server/stack.mjs';

describe('a Worker in Rust', () => {
  /** @type {Awaited<ReturnType<typeof startStack>>} */
  let stack;
  /** @type {Awaited<ReturnType<typeof startWorkerd>>} */
  let worker;

  before(
    async () => {
      await buildWorkersRs();
      stack = await startStack({ app: null, worker: null, control: true });
      worker = await startWorkerd({ entry: workersRsEntry, bindings: { JWKS_URL: stack.jwksUrl } });
    },
    { timeout: 15 * 60_000 },
  );
  after(async () => {
    await worker?.stop();
    await stack?.close();
  });

  /** @param {string} username */
  async function mint(username) {
    const { cookie } = await stack.control.createSession(username);
    const response = await fetch(`${stack.baseUrl.v1}/token`, { method: 'POST', headers: { cookie } });
    return (await response.json()).access_token;
  }

  /** @param {string} [authorization] @param {string} [path] */
  async function ask(authorization, path = '/api/me') {
    const headers = /** @type {Record<string, string>} */ (authorization === undefined ? {} : { authorization });
    const response = await fetch(worker.url + path, { headers, signal: AbortSignal.timeout(20_000) });
    const challenge = response.headers.get('www-authenticate');
    return { status: response.status, challenge, body: await response.json(), headers: response.headers };
  }

  it('answers a good token with its claims, and any other request with a refusal', async () => {
    const token = await mint('jonas');
    const good = await ask(`bearer  ${token}`);
    assert.deepEqual([good.status, good.body.roles], [200, ['user', 'admin']], worker.log());
    const [header, payload, signature] = token.split('.');
    const flipped = signature.replace(/^./, (/** @type {string} */ first) => (first === 'A' ? 'B' : 'A'));
    for (const [authorization, status, challenge, detail] of /** @type {[any, number, any, string][]} */ ([
      [undefined, 401, 'Bearer', 'a bearer token is needed'],
      ['Basic abc', 401, 'Bearer', 'a bearer token is needed'],
      ['Bearer a b', 400, 'Bearer error="invalid_request"', 'the Authorization header is malformed'],
      ['Bearer abc', 401, 'Bearer error="invalid_token"', 'token_malformed'],
      [`Bearer ${header}.${payload}.${flipped}`, 401, 'Bearer error="invalid_token"', 'signature_invalid'],
    ])) {
      const refused = await ask(authorization);
      assert.deepEqual([refused.status, refused.challenge, refused.body], [status, challenge, { status, detail }]);
      assert.equal(refused.headers.get('content-type'), 'application/problem+json');
    }
    assert.equal((await ask(`Bearer ${token}`, '/other')).status, 404);
  });

  it('answers on with the set at hand while there is no service, and 503 where there is none', async () => {
    const authorization = `Bearer ${await mint('maya')}`;
    assert.equal((await ask(authorization)).status, 200);
    await stack.control.goOffline('service');
    try {
      assert.equal((await ask(authorization)).status, 200);
    } finally {
      await stack.control.goOnline('service');
    }
    const newcomer = await startWorkerd({ entry: workersRsEntry, bindings: { JWKS_URL: 'http://127.0.0.1:9/jwks' } });
    try {
      const response = await fetch(`${newcomer.url}/api/me`, { headers: { authorization } });
      assert.equal(response.status, 503);
      assert.ok(Number(response.headers.get('retry-after')) > 0);
    } finally {
      await newcomer.stop();
    }
  });

  it('asks for the key set once, whatever comes', async () => {
    await Promise.all(Array.from({ length: 20 }, async () => ask(`Bearer ${await mint('maya')}`)));
    const before = (await stack.control.counts()).jwks;
    await stack.control.restartKeys();
    const answers = await Promise.all(Array.from({ length: 20 }, async () => ask(`Bearer ${await mint('maya')}`)));
    assert.deepEqual([...new Set(answers.map(({ body }) => body.detail))], ['key_not_found'], 'within the cooldown');
    assert.equal((await stack.control.counts()).jwks, before);
  });
});
