// @ts-check
// www/worker in workerd: its own API, the services behind it, the sign-in that passes through, and what it logs.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { startWorker } from '../../www/worker/start.mjs';

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {Awaited<ReturnType<typeof startWorker>>} */
let worker;

before(async () => void (stack = await startStack({ app: null, worker: null, control: true })));
after(() => stack.close());
beforeEach(async () => void (worker = await startWorker(stack)));
afterEach(async () => {
  await worker.stop();
  await stack.control.resetRateLimits();
});

/** @param {string} username */
const sessionOf = async (username) => (await stack.control.createSession(username)).cookie;

/** @param {string} username */
async function bearerOf(username) {
  const headers = { cookie: await sessionOf(username) };
  const response = await fetch(`${stack.baseUrl.v1}/token`, { method: 'POST', headers });
  return `Bearer ${(await response.json()).access_token}`;
}

/** @param {string} path @param {Record<string, string>} [headers] @param {RequestInit} [init] */
async function ask(path, headers = {}, init = {}) {
  const signal = AbortSignal.timeout(20_000);
  const response = await fetch(worker.url + path, { redirect: 'manual', signal, headers, ...init });
  const text = await response.text();
  const body = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

/** The lines that the Worker has logged, once there are so many. @param {number} count */
async function logged(count) {
  for (const end = Date.now() + 10_000; ;) {
    const lines = worker.log().match(/^\{.*\}$/gm) ?? [];
    if (lines.length >= count) return lines.map((line) => JSON.parse(line));
    assert.ok(Date.now() < end, `it logged:\n${worker.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("the Worker's own API", () => {
  it('has a route for administrators, and says which role is missing', async () => {
    const user = await ask('/api/admin', { authorization: await bearerOf('maya') });
    assert.deepEqual([user.status, user.body.detail], [403, 'the token lacks the role admin']);
    assert.match(user.headers.get('www-authenticate') ?? '', /error="insufficient_scope"/);
    const admin = await ask('/api/admin', { authorization: await bearerOf('jonas') });
    assert.deepEqual([admin.status, admin.body.secret], [200, 'only an administrator reads this']);
    assert.equal((await ask('/api/admin')).status, 401);
  });

  it('has a public route, which judges a token all the same', async () => {
    assert.deepEqual((await ask('/api/public')).body, { hello: 'whoever you are' });
    const known = await ask('/api/public', { authorization: await bearerOf('maya') });
    assert.match(known.body.hello, /^[0-9a-f-]{36}$/);
    assert.equal((await ask('/api/public', { authorization: 'Bearer abc' })).status, 401);
  });
});

describe('a service behind the Worker', () => {
  it("gets a token of its own audience, the verified claims and the client's address, and no cookie", async () => {
    const cookie = await sessionOf('jonas');
    const { status, body } = await ask('/api/upstream/a?b=c', { cookie, 'cf-connecting-ip': '203.0.113.7' });
    assert.equal(status, 200);
    assert.match(body.claims.sub, /^[0-9a-f-]{36}$/);
    assert.deepEqual(body, {
      method: 'GET',
      path: '/api/upstream/a?b=c',
      claims: { sub: body.claims.sub, roles: ['user', 'admin'] },
      audience: 'urn:bixarena:api',
      cookie: false,
      client: '203.0.113.7',
    });
  });

  it('gets no claims that a client has forged, however they are spelt', async () => {
    const forged = Buffer.from('{"sub":"admin","roles":["admin"]}').toString('base64url');
    for (const name of [
      'X-Verified-Claims',
      'x-verified-claims',
      'X_Verified_Claims',
      'x-verified_claims',
      'X-VERIFIED-CLAIMS',
    ]) {
      const anonymous = await ask('/api/upstream/public', { [name]: forged });
      assert.deepEqual([anonymous.status, anonymous.body.claims], [200, null], name);
      const user = await ask('/api/upstream/x', { cookie: await sessionOf('maya'), [name]: forged });
      assert.deepEqual(user.body.claims.roles, ['user'], name);
    }
  });

  it('is not reached without a session, without the role, or from a foreign origin', async () => {
    const cookie = await sessionOf('maya');
    const none = await ask('/api/upstream/x');
    assert.deepEqual([none.status, none.body.code], [401, 'login_required']);
    assert.equal(none.headers.get('www-authenticate'), 'Cookie realm="BixArena", redirect="/auth/login"');
    const role = await ask('/api/upstream/admin/x', { cookie });
    assert.deepEqual([role.status, role.body.detail], [403, 'the token lacks the role admin']);
    const foreign = await ask('/api/upstream/x', { cookie, origin: 'https://evil.example' }, { method: 'POST' });
    assert.deepEqual([foreign.status, foreign.body.reason], [403, 'cross_origin']);
    const own = await ask('/api/upstream/x', { cookie, origin: new URL(stack.appUrl).origin }, { method: 'POST' });
    assert.deepEqual([own.status, own.body.method], [200, 'POST']);
  });

  it('is not reached by a path that only looks like another one', async () => {
    const cookie = await sessionOf('maya');
    for (const [path, status] of /** @type {[string, number][]} */ ([
      ['/api/upstream/%61dmin/x', 403],
      ['/api/upstream/admin', 403],
      ['/api/upstream/x/../admin/y', 403],
      ['/api/upstream/public/%2e%2e/admin', 403],
      ['/api/upstream/public%2f..%2fadmin', 400],
      ['/api/upstream/x%5c..%5cadmin', 400],
      ['/api/upstream//admin', 400],
      ['/api/upstream/admin;a=b/x', 400],
      ['/api/upstream/%2561dmin', 400],
      ['/api/upstream/%ff', 400],
      ['/api/upstreams', 404],
      ['/api/me/x', 404],
    ])) {
      // fetch() would resolve the dots before it sends them; so does the Worker's URL parser.
      assert.equal((await ask(path, { cookie })).status, status, path);
    }
  });

  it('that refuses a token, after a restart of the service, is given another one', async () => {
    const cookie = await sessionOf('maya');
    assert.equal((await ask('/api/upstream/x', { cookie })).status, 200);
    await stack.control.restartKeys();
    assert.equal((await ask('/api/upstream/x', { cookie })).status, 401);
    // The new key is looked for a second after the last look.
    for (const end = Date.now() + 15_000; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
      const { status } = await ask('/api/upstream/x', { cookie });
      if (status === 200) break;
      assert.equal(status, 503, 'the old token was kept');
      assert.ok(Date.now() < end, 'waited in vain');
    }
  });

  it('that is down is a 502, and the log says why', async () => {
    await worker.stop();
    worker = await startWorker(stack, { bindings: { UPSTREAM_URL: 'http://127.0.0.1:9' } });
    assert.equal((await ask('/api/upstream/public')).status, 502);
    const [line] = await logged(1);
    assert.equal(line.status, 502);
    assert.ok(line.error.length > 5);
  });
});

describe('the sign-in', () => {
  it('passes through with its cookie, and its redirect is not followed', async () => {
    const { status, headers } = await ask('/auth/login?return_to=/x');
    assert.equal(status, 302);
    assert.ok(headers.get('location')?.startsWith(stack.providerUrl));
    assert.match(headers.get('set-cookie') ?? '', /^JSESSIONID=.+HttpOnly/);
    const cookie = await sessionOf('maya');
    assert.equal((await ask('/userinfo', { cookie })).status, 200);
    assert.equal((await ask('/v1/token', { cookie }, { method: 'POST' })).status, 200);
    assert.equal((await ask('/.well-known/jwks.json')).body.keys.length, 1);
  });

  it('ends at once for this isolate when the logout passes through', async () => {
    const cookie = await sessionOf('maya');
    assert.equal((await ask('/api/upstream/x', { cookie })).status, 200);
    const logout = await ask('/auth/logout', { cookie }, { method: 'POST' });
    assert.equal(logout.status, 204);
    assert.match(logout.headers.get('set-cookie') ?? '', /^JSESSIONID=;/);
    assert.equal((await ask('/api/upstream/x', { cookie })).status, 401);
  });

  it("has each client's own limit at the service", async () => {
    await stack.control.setRateLimits({ token: 1 });
    try {
      for (const [address, status] of /** @type {[string, number][]} */ ([
        ['203.0.113.1', 200],
        ['203.0.113.2', 200],
        ['203.0.113.1', 429],
      ])) {
        const headers = {
          cookie: await sessionOf('maya'),
          'cf-connecting-ip': address,
          'x-forwarded-for': '198.51.100.9',
        };
        const answer = await ask('/api/upstream/x', headers);
        assert.equal(answer.status, status);
        if (status === 429) assert.ok(Number(answer.headers.get('retry-after')) > 0);
      }
    } finally {
      await stack.control.setRateLimits({ token: 60 });
    }
  });
});

describe('the log', () => {
  it('has one line a request, and no token, cookie or query', async () => {
    const authorization = await bearerOf('jonas');
    const cookie = await sessionOf('maya');
    const me = await ask('/api/me?x=secret-query', { authorization });
    const refused = await ask('/api/admin', { authorization: await bearerOf('maya') });
    assert.equal(refused.status, 403);
    await ask('/api/upstream/a?code=secret-query', { cookie });
    await ask('/api/upstream/a');
    await ask('/nowhere');
    const lines = await logged(5);
    const { sub } = me.body;
    assert.deepEqual(
      lines.map(({ ms, ...line }) => (assert.ok(ms >= 0 && ms < 20_000), line)),
      [
        { method: 'GET', path: '/api/me', status: 200, sub },
        { method: 'GET', path: '/api/admin', status: 403, code: 'claim_invalid' },
        { method: 'GET', path: '/api/upstream/a', status: 200, sub: lines[2].sub },
        { method: 'GET', path: '/api/upstream/a', status: 401, code: 'login_required' },
        { method: 'GET', path: '/nowhere', status: 404 },
      ],
    );
    assert.match(lines[2].sub, /^[0-9a-f-]{36}$/);
    for (const secret of [authorization.slice(7, 40), cookie.slice(11), 'secret-query']) {
      assert.ok(!worker.log().includes(secret), 'the log holds a secret');
    }
  });
});

describe('a service binding', () => {
  it('is the only way to the auth service where there is one', async () => {
    await worker.stop();
    worker = await startWorker(stack, {
      // Nobody answers there: every request has to take the binding.
      bindings: { SERVICE_URL: 'http://auth.invalid' },
      services: { AUTH: stack.serviceUrl },
    });
    const { status, body } = await ask('/api/upstream/x', { cookie: await sessionOf('maya') });
    assert.deepEqual([status, body.audience], [200, 'urn:bixarena:api']);
    assert.equal((await ask('/api/me', { authorization: await bearerOf('maya') })).status, 200);
    assert.equal((await ask('/auth/login')).status, 302);
  });

  it('has to be bound: what is not says so, and does not look like a service that is down', async () => {
    const entry = fileURLToPath(new URL('support/binding-worker.mjs', import.meta.url));
    const binding = await startWorkerd({ entry, services: { AUTH: stack.serviceUrl } });
    const mistake = 'TypeError: fetch: found a method without its object: bind it, env.AUTH.fetch.bind(env.AUTH)';
    try {
      const headers = { authorization: await bearerOf('maya') };
      for (const [path, expected] of /** @type {[string, unknown][]} */ ([
        ['/unbound/bearer', { status: 500, cause: mistake }],
        ['/bound/bearer', { status: 200 }],
        ['/unbound/session', { code: 'internal', cause: mistake }],
        ['/bound/session', { code: 'login_required', cause: 'undefined' }],
      ])) {
        const response = await fetch(binding.url + path, { headers });
        assert.deepEqual(await response.json(), expected, path);
      }
    } finally {
      await binding.stop();
    }
  });
});
