// @ts-check
// `guard`: a Worker's `fetch` around a handler.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { guard } from 'bixarena-auth-client/edge';
import { jwks, newVerifier, problem, read, sign } from './support/edge-tokens.mjs';

const verifier = await newVerifier();
const token = await sign();
const admin = await sign({ roles: ['user', 'admin'] });
const ctx = { waitUntil() {} };

/** Says what it was given. @type {(request: Request, env: any, ctx: any, auth: any) => Response} */
const handler = (request, env, _ctx, auth) =>
  Response.json({ url: request.url, env, sub: auth?.claims.sub ?? null, token: auth?.token ?? null });

/** @param {any} options */
const guarded = (options = {}, env = /** @type {any} */ ({})) => {
  const fetch = guard(handler, { verifier, ...options });
  return (/** @type {string | undefined} */ bearer, /** @type {RequestInit} */ init = {}) => {
    const headers = new Headers(init.headers);
    if (bearer !== undefined) headers.set('authorization', bearer);
    return fetch(new Request('https://api.example/me', { ...init, headers }), env, ctx).then(read);
  };
};

const required = problem(401, 'login_required', 'a bearer token is needed', {
  'www-authenticate': 'Bearer realm="BixArena"',
});

describe('a guarded handler', () => {
  it('gets the request, env and what the token says', async () => {
    const { status, body } = await guarded({}, { a: 1 })(`Bearer ${token}`);
    assert.deepEqual([status, body], [200, { url: 'https://api.example/me', env: { a: 1 }, sub: 'maya', token }]);
  });

  it('is not called for a request without a good bearer, and every refusal is told', async () => {
    /** @type {unknown[]} */
    const told = [];
    const onRefused = (/** @type {any} */ error, /** @type {Request} */ { url }) => void told.push([error.code, url]);
    const ask = guarded({ roles: ['admin'], onRefused });
    assert.deepEqual(await ask(undefined), required);
    assert.equal((await ask('Bearer abc')).status, 401);
    assert.deepEqual((await ask(`Bearer ${token}`)).body.detail, 'the token lacks the role admin');
    assert.equal((await ask(`Bearer ${admin}`)).status, 200);
    const url = 'https://api.example/me';
    assert.deepEqual(told, [
      ['login_required', url],
      ['token_malformed', url],
      ['claim_invalid', url],
    ]);
  });

  it("hands the request's context to the verifier, for what outlives the request", async () => {
    /** @type {unknown[]} */
    const given = [];
    const verify = (/** @type {string} */ text, /** @type {any} */ options) => {
      given.push(options?.ctx);
      return verifier.verify(text);
    };
    assert.equal((await guarded({ verifier: { verify } })(`Bearer ${token}`)).status, 200);
    assert.deepEqual(given, [ctx]);
  });

  it('may throw: that is its own affair', async () => {
    const fetch = guard(() => Promise.reject(new RangeError('mine')), { verifier });
    const request = new Request('https://api.example/', { headers: { authorization: `Bearer ${token}` } });
    await assert.rejects(fetch(request, {}, ctx), { name: 'RangeError', message: 'mine' });
  });
});

describe('a public handler', () => {
  it('is called with null for a request without credentials, and judges any other', async () => {
    const ask = guarded({ public: true });
    assert.deepEqual((await ask(undefined)).body.sub, null);
    assert.deepEqual((await ask('')).body.sub, null);
    assert.deepEqual((await ask(`Bearer ${token}`)).body.sub, 'maya');
    assert.equal((await ask('Bearer abc')).status, 401);
    assert.deepEqual(await ask('Basic abc'), required);
    assert.equal((await guarded({ public: true, roles: ['admin'] })(`Bearer ${token}`)).status, 403);
  });

  it('is public for the requests that a function says, by a plain true', async () => {
    const ask = guarded({ public: (/** @type {Request} */ { method }) => method === 'GET' });
    assert.equal((await ask(undefined)).status, 200);
    assert.deepEqual(await ask(undefined, { method: 'POST' }), required);
    assert.equal((await guarded({ public: () => 'yes' })(undefined)).status, 401);
  });
});

describe('the verifier', () => {
  it('may come from env, once for all requests', async () => {
    let calls = 0;
    const ask = guarded({ verifier: (/** @type {any} */ env) => (calls++, env.verifier) }, { verifier });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(`Bearer ${token}`)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const before = calls;
    await ask(`Bearer ${token}`);
    assert.equal(calls, before);
  });

  it('may be given by its options: of many first requests all get the same one, with one key set', async () => {
    let fetches = 0;
    const options = {
      jwksUrl: 'https://auth.example/jwks.json',
      issuer: 'urn:bixarena:auth',
      audience: 'urn:bixarena:auth',
      fetch: async () => (fetches++, Response.json(jwks)),
    };
    for (const source of [options, () => options, async () => options]) {
      fetches = 0;
      const ask = guarded({ verifier: source });
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(`Bearer ${token}`)));
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
      assert.equal(fetches, 1);
    }
  });

  it('that could not be made is made at the next request', async () => {
    let isBroken = true;
    const ask = guarded({ verifier: () => (isBroken ? {} : verifier) });
    await assert.rejects(ask(`Bearer ${token}`), { name: 'TypeError', message: /^JwtVerifier: issuer: expected/ });
    isBroken = false;
    assert.equal((await ask(`Bearer ${token}`)).status, 200);
  });
});

describe('CORS', () => {
  const cors = { origins: ['https://app.example'] };
  const origin = { origin: 'https://app.example' };

  it('is on every answer, and answers a preflight without a token', async () => {
    const ask = guarded({ cors });
    for (const bearer of [undefined, 'Bearer abc', `Bearer ${token}`]) {
      const { headers } = await ask(bearer, { headers: origin });
      assert.equal(headers['access-control-allow-origin'], 'https://app.example');
      assert.equal(headers.vary, 'origin');
      const byEnv = guarded({ cors: (/** @type {any} */ env) => env.cors }, { cors });
      assert.deepEqual((await byEnv(bearer, { headers: origin })).headers, headers);
      const without = await guarded({ cors: () => undefined })(bearer, { headers: origin });
      assert.equal(without.headers.vary, undefined);
    }
    const preflight = await ask(undefined, {
      method: 'OPTIONS',
      headers: { ...origin, 'access-control-request-method': 'GET' },
    });
    assert.equal(preflight.status, 204);
    assert.equal((await ask(undefined, { method: 'OPTIONS' })).status, 401);
  });
});

describe('options', () => {
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [{ verifier: undefined }, /^guard: verifier: expected/],
    [{ verifier: 'https://auth.example/jwks.json' }, /^guard: verifier: expected/],
    [{ verifier: { jwksUrl: 'https://a.example' } }, /^JwtVerifier: issuer: expected/],
    [{ public: 'yes' }, /^guard: public: /],
    [{ roles: [] }, /^guard: roles: /],
    [{ ctx }, /^guard: ctx: expected a known option/],
    [{ onRefused: true }, /^guard: onRefused: /],
    [{ cors: { origins: ['*'] } }, /^CorsOptions: origins: /],
    [{ cors: true }, /^guard: cors: /],
  ])) {
    it(`that cannot be meant are a TypeError at once: ${message}`, () => {
      assert.throws(() => guarded(options), { name: 'TypeError', message });
    });
  }

  it('need a handler', () => {
    assert.throws(() => guard(/** @type {any} */ (undefined), { verifier }), { name: 'TypeError', message: /handler/ });
  });
});
