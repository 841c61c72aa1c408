// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startStack } from '../../www/server/stack.mjs';
import { startWorker } from '../../www/worker/start.mjs';

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {Awaited<ReturnType<typeof startWorker>>} */
let worker;

before(async () => {
  stack = await startStack({ app: null, worker: null, control: true });
  worker = await startWorker(stack);
});

after(async () => {
  await worker.stop();
  await stack.close();
});

/** A token of the local service. @param {string} [username] */
async function mint(username = 'maya') {
  const { cookie } = await stack.control.createSession(username);
  const response = await fetch(`${stack.baseUrl.v1}/token`, { method: 'POST', headers: { cookie } });
  return (await response.json()).access_token;
}

/** @param {string | undefined} authorization */
async function ask(authorization, path = '/api/me') {
  const response = await fetch(worker.url + path, { headers: authorization === undefined ? {} : { authorization } });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('the guarded API', () => {
  it('answers a good token with its claims', async () => {
    const { status, headers, body } = await ask(`Bearer ${await mint('jonas')}`);
    assert.equal(status, 200);
    assert.deepEqual(body.roles, ['user', 'admin']);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.equal((await ask(`bearer   ${await mint()}`)).status, 200);
  });

  it('tells a request without a token the scheme and no error', async () => {
    for (const header of [undefined, 'Basic bWF5YTp4']) {
      const { status, headers } = await ask(header);
      assert.deepEqual([status, headers.get('www-authenticate')], [401, 'Bearer realm="BixArena"']);
      assert.equal(headers.get('content-type'), 'application/problem+json');
    }
  });

  it('refuses a malformed header as invalid_request', async () => {
    for (const header of ['Bearer', 'Bearer a b', 'Bearer a,b']) {
      const { status, headers } = await ask(header);
      assert.equal(status, 400, header);
      assert.match(headers.get('www-authenticate') ?? '', /error="invalid_request"/);
    }
  });

  it('refuses a tampered token as invalid_token, and repeats nothing of it', async () => {
    const token = await mint();
    const [header, payload, signature] = token.split('.');
    const flipped = signature.replace(/^./, (/** @type {string} */ first) => (first === 'A' ? 'B' : 'A'));
    const { status, headers, body } = await ask(`Bearer ${header}.${payload}.${flipped}`);
    assert.deepEqual([status, body.code], [401, 'signature_invalid']);
    assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    assert.ok(!JSON.stringify([...headers, body]).includes(payload));
  });

  it('refuses a token for another audience', async () => {
    const { cookie } = await stack.control.createSession('maya');
    const url = `${stack.baseUrl.oauth2}/oauth2/token?audience=urn:bixarena:api`;
    const response = await fetch(url, { method: 'POST', headers: { cookie } });
    const { access_token: token } = await response.json();
    const { status, body } = await ask(`Bearer ${token}`);
    assert.deepEqual([status, body.code], [401, 'audience_mismatch']);
  });

  it('refuses the tokens of before a restart of the service, and answers those of after it', async () => {
    const before = await mint();
    await stack.control.restartKeys();
    const newcomer = await startWorker(stack);
    try {
      /** @param {string} token */
      const status = async (token) => {
        const response = await fetch(`${newcomer.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
        return [response.status, (await response.json()).code];
      };
      assert.deepEqual(await status(await mint()), [200, undefined]);
      assert.deepEqual(await status(before), [401, 'key_not_found']);
    } finally {
      await newcomer.stop();
    }
  });

  it('has nothing else', async () => {
    assert.equal((await ask(undefined, '/api/other')).status, 404);
    const response = await fetch(`${worker.url}/api/me`, { method: 'POST' });
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD, OPTIONS']);
  });

  it('answers a UI of the listed origin only', async () => {
    const preflight = (/** @type {string} */ origin) =>
      fetch(`${worker.url}/api/me`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
    const own = new URL(stack.appUrl).origin;
    assert.equal((await preflight(own)).headers.get('access-control-allow-origin'), own);
    assert.equal((await preflight('https://evil.example')).headers.get('access-control-allow-origin'), null);
  });

  it('is 503 and says when to come back while there is no key set', async () => {
    const token = await mint();
    const newcomer = await startWorker(stack);
    try {
      await stack.control.goOffline('service');
      const response = await fetch(`${newcomer.url}/api/me`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(response.status, 503);
      assert.ok(Number(response.headers.get('retry-after')) > 0);
      await stack.control.goOnline('service');
    } finally {
      await newcomer.stop();
    }
  });
});
