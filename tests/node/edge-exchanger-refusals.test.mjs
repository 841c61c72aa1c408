// @ts-check
// The session exchanger: services that fail, requests of other origins, bearers that come in, options.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { API, handOut, refusal, request, setUp, token } from './support/edge-sessions.mjs';
import { problem, sign } from './support/edge-tokens.mjs';

describe('a service that fails', () => {
  const wait = (/** @type {number} */ status, /** @type {string} */ text) => () =>
    new Response(null, { status, headers: { 'retry-after': text } });
  const often = 'the auth service is asked too often';
  const has = 'the auth service has failed';
  const contract = 'the auth service gave an answer that is not in its contract';
  for (const [
    name,
    respond,
    status,
    code,
    detail,
    seconds,
  ] of /** @type {[string, () => Response | Promise<Response>, number, string, string, string?][]} */ ([
    ['429', wait(429, '42'), 429, 'rate_limited', often, '42'],
    ['429 without a time', () => new Response(null, { status: 429 }), 429, 'rate_limited', often, '5'],
    ['503', wait(503, '7'), 503, 'service_unavailable', has, '7'],
    ['500', () => new Response(null, { status: 500 }), 503, 'service_unavailable', has, '5'],
    [
      'no answer',
      () => Promise.reject(new Error('x')),
      503,
      'network_error',
      'the auth service cannot be reached',
      '5',
    ],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: '/' } }),
      502,
      'response_invalid',
      contract,
    ],
    ['404', () => new Response(null, { status: 404 }), 502, 'response_invalid', contract],
    ['no JSON', () => new Response('<p>'), 502, 'response_invalid', 'the auth service gave no token'],
    ['null', () => Response.json(null), 502, 'response_invalid', 'the auth service gave no token'],
    [
      'another kind of token',
      () => handOut(token, { token_type: 'mac' }),
      502,
      'response_invalid',
      'the auth service gave no token',
    ],
  ])) {
    it(`with ${name}: ${status}`, async () => {
      const headers = seconds === undefined ? undefined : { 'retry-after': seconds };
      const { sessions } = setUp(respond);
      assert.deepEqual(await refusal(await sessions.exchange(request())), problem(status, code, detail, headers));
      assert.equal((await sessions.exchange(request(), { anonymous: true })).kind, 'refused');
      const result = await sessions.exchange(request(), { anonymous: 'also-when-unavailable' });
      if (status === 503) assert.deepEqual(result, { kind: 'anonymous', reason: 'unavailable' });
      else assert.equal(result.kind, 'refused');
    });
  }

  it('with 429 is not asked before the time it named, at most a minute', async () => {
    const { sessions, asked, clock } = setUp(wait(429, '3000'));
    await sessions.exchange(request());
    clock.time += 59_999;
    assert.equal((await sessions.exchange(request())).kind, 'refused');
    assert.equal(asked.length, 1);
    clock.time += 1;
    await sessions.exchange(request());
    assert.equal(asked.length, 2);
  });

  it('with 503 is asked again', async () => {
    const { sessions, asked } = setUp(() => (asked.length === 1 ? wait(503, '7')() : handOut(token)));
    await sessions.exchange(request());
    assert.equal((await sessions.exchange(request())).kind, 'authenticated');
  });

  for (const [made, code] of /** @type {[Promise<string>, string][]} */ ([
    [sign({}, { kid: 'nobodys' }), 'jwks_unavailable'],
    [sign({}, { lifetime: -60 }), 'response_invalid'],
  ])) {
    it(`with a token that does not verify: ${code}, and nothing is kept`, async () => {
      const lie = await made;
      const { sessions, asked } = setUp(() => handOut(lie));
      for (const count of [1, 2]) {
        const answer = await refusal(await sessions.exchange(request()));
        assert.deepEqual([answer.status, answer.body.code], [code === 'jwks_unavailable' ? 503 : 502, code]);
        assert.equal(asked.length, count);
        assert.ok(!JSON.stringify(answer).includes(lie.slice(0, 20)));
      }
    });
  }
});

describe('methods that change something', () => {
  const foreign = problem(403, 'login_required', 'a request of another origin may not use the session');
  foreign.body.reason = 'cross_origin';
  const trustedOrigins = ['https://app.example'];
  for (const [method, headers, isGood] of /** @type {[string, Record<string, string>, boolean][]} */ ([
    ['GET', { origin: 'https://evil.example' }, true],
    ['HEAD', {}, true],
    ['OPTIONS', {}, true],
    ['POST', {}, false],
    ['POST', { origin: 'https://edge.example' }, true],
    ['DELETE', { origin: 'https://app.example' }, true],
    ['PUT', { origin: 'https://evil.edge.example' }, false],
    ['PATCH', { origin: 'http://edge.example' }, false],
    ['POST', { origin: 'null' }, false],
    ['POST', { origin: 'null', 'sec-fetch-site': 'same-origin' }, true],
    ['POST', { 'sec-fetch-site': 'same-site' }, false],
    ['POST', { 'sec-fetch-site': 'none' }, false],
  ])) {
    it(`${method} with ${JSON.stringify(headers)} ${isGood ? 'may' : 'may not'} use the session`, async () => {
      const { sessions, asked } = setUp(undefined, { trustedOrigins });
      const result = await sessions.exchange(request({ method, headers }), { anonymous: true });
      if (isGood) assert.equal(result.kind, 'authenticated');
      else assert.deepEqual(await refusal(result), foreign);
      assert.equal(asked.length, isGood ? 1 : 0);
    });
  }
});

describe('a bearer that comes in', () => {
  it('is verified, and the cookie is not asked about', async () => {
    const { sessions, asked } = setUp();
    const result = await sessions.exchange(request({ headers: { authorization: `Bearer ${token}` } }));
    assert.equal(result.kind === 'authenticated' && result.token, token);
    assert.equal(asked.length, 0);
  });

  it('is refused, also on an open route, and also with a good session', async () => {
    const { sessions, asked } = setUp(undefined, { routes: 'oauth2' });
    for (const [authorization, options, status, code] of /** @type {[string, any, number, string][]} */ ([
      ['Bearer abc', {}, 401, 'token_malformed'],
      ['Bearer', {}, 400, 'token_malformed'],
      ['Basic abc', {}, 401, 'login_required'],
      [`Bearer ${token}`, { audience: API }, 401, 'audience_mismatch'],
      [`Bearer ${token}`, { roles: ['admin'] }, 403, 'claim_invalid'],
    ])) {
      const result = await sessions.exchange(request({ headers: { authorization } }), { anonymous: true, ...options });
      const answer = await refusal(result);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
      assert.match(answer.headers['www-authenticate'], /^Bearer realm="BixArena"/);
    }
    assert.equal(asked.length, 0);
  });
});

describe('roles and options', () => {
  it('roles are demanded of a session too', async () => {
    const { sessions } = setUp();
    assert.equal((await sessions.exchange(request(), { roles: ['User'] })).kind, 'authenticated');
    const result = await sessions.exchange(request(), { roles: ['admin'], anonymous: true });
    assert.deepEqual(await refusal(result), problem(403, 'claim_invalid', 'the token lacks the role admin'));
  });

  it('so is what a predicate demands, of a session and of a bearer', async () => {
    const { sessions } = setUp();
    const bearer = request({ headers: { authorization: `Bearer ${token}` } });
    for (const asked of [request(), bearer]) {
      const isMaya = (/** @type {any} */ { sub }) => sub === 'maya';
      assert.equal((await sessions.exchange(asked, { require: isMaya })).kind, 'authenticated');
      const refused = await refusal(await sessions.exchange(asked, { require: () => false }));
      assert.deepEqual([refused.status, refused.body.code], [403, 'claim_invalid']);
      const thrown = await refusal(await sessions.exchange(asked, { require: () => assert.fail('a secret') }));
      assert.deepEqual(thrown, problem(500, 'internal', 'the request could not be checked'));
    }
  });

  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [{ baseUrl: 'auth.example' }, /baseUrl/],
    [{ baseUrl: 'https://auth.example/?a' }, /baseUrl/],
    [{ routes: 'v2' }, /routes/],
    [{ routes: { token: 'x' } }, /routes/],
    [{ routes: { token: '/x', mint: '/y' } }, /routes/],
    [{ verifier: undefined }, /verifier/],
    [{ cookie: 'a b' }, /cookie/],
    [{ maxAge: -1 }, /maxAge/],
    [{ margin: '5' }, /margin/],
    [{ noSessionMaxAge: -1 }, /noSessionMaxAge/],
    [{ clientAddressHeader: 'a b' }, /clientAddressHeader/],
    [{ maxSessions: 0 }, /maxSessions/],
    [{ challenge: 'a\nb' }, /challenge/],
    [{ trustedOrigins: ['app.example'] }, /trustedOrigins/],
    [{ now: 1 }, /now/],
    [{ maxage: 1 }, /maxage: expected a known option/],
  ])) {
    it(`${JSON.stringify(options)} is a TypeError`, () => {
      assert.throws(() => setUp(undefined, options), { name: 'TypeError', message });
    });
  }

  for (const options of /** @type {any[]} */ ([
    { anonymous: 'yes' },
    { roles: [] },
    { require: 1 },
    { ctx: 1 },
    { role: ['x'] },
  ])) {
    it(`exchange with ${JSON.stringify(options)} is a TypeError`, async () => {
      const message = new RegExp(`exchange: ${Object.keys(options)[0]}: `);
      await assert.rejects(setUp().sessions.exchange(request(), options), { name: 'TypeError', message });
    });
  }
});
