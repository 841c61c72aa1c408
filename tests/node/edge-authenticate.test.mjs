// @ts-check
// `authenticate`: from a request to claims or to a finished answer, each of them to the last header.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AuthError, authenticate, isAuthError, preflight, withCors } from 'bixarena-auth-client/edge';
import { bearerAuth } from 'bixarena-auth-client/hono';
import { Hono } from 'hono';
import { newVerifier, problem, read, sign } from './support/edge-tokens.mjs';

const verifier = await newVerifier();
const token = await sign();
const URL_ = 'https://api.example/me';

/** @param {string | undefined} authorization @param {Record<string, string>} [headers] */
const requestWith = (authorization, headers = {}) =>
  new Request(URL_, { headers: authorization === undefined ? headers : { authorization, ...headers } });

/** @param {string | undefined} authorization @param {any} [options] @param {any} [by] */
async function answerTo(authorization, options, by = verifier) {
  const result = await authenticate(requestWith(authorization), by, options);
  assert.ok(!result.ok, 'it let the request pass');
  assert.ok(isAuthError(result.error));
  const answer = await read(result.response);
  assert.equal(answer.body.code, result.error.code);
  const sent = authorization?.replace(/^\S+\s*/, '') ?? '';
  if (sent.length > 20) assert.ok(!JSON.stringify(answer).includes(sent.slice(0, 20)), 'the answer holds the token');
  return answer;
}

/** @param {string} error @param {string} detail */
const challenge = (error, detail, realm = 'BixArena') => ({
  'www-authenticate': `Bearer realm="${realm}", error="${error}", error_description="${detail}"`,
});

describe('a good token', () => {
  for (const scheme of ['Bearer ', 'bearer ', 'BEARER ', 'bEaReR    ']) {
    it(`passes after ${JSON.stringify(scheme)}`, async () => {
      const result = await authenticate(requestWith(scheme + token), verifier);
      assert.ok(result.ok);
      assert.deepEqual([result.token, result.claims.sub], [token, 'maya']);
    });
  }
});

describe('no credentials for us', () => {
  const expected = problem(401, 'login_required', 'a bearer token is needed', {
    'www-authenticate': 'Bearer realm="BixArena"',
  });
  for (const header of [
    undefined,
    '',
    'Basic bWF5YTp4',
    'Digest username="maya", realm="x"',
    'Bearers abc',
    'DPoP abc',
  ]) {
    it(`are ${JSON.stringify(header)}: 401 without error`, async () => {
      assert.deepEqual(await answerTo(header), expected);
    });
  }
});

describe('a malformed header', () => {
  const detail = 'the Authorization header is malformed';
  const expected = problem(400, 'token_malformed', detail, challenge('invalid_request', detail));
  for (const header of ['Bearer', 'bearer ', 'Bearer a b', 'Bearer a,b', 'Bearer\ta', 'Bearer "a"', 'Bearer a=b']) {
    it(`is ${JSON.stringify(header)}: 400`, async () => assert.deepEqual(await answerTo(header), expected));
  }

  for (const [first, second] of [
    ['Bearer', 'Bearer'],
    ['Basic', 'Bearer'],
    ['Bearer', 'Basic'],
  ]) {
    it(`is a doubled one, ${first} and ${second}: 400`, async () => {
      const request = requestWith(`${first} ${token}`);
      request.headers.append('authorization', `${second} ${token}`);
      const result = await authenticate(request, verifier);
      assert.ok(!result.ok);
      assert.deepEqual(await read(result.response), expected);
    });
  }
});

describe('a refused token', () => {
  for (const [code, made] of /** @type {[string, Promise<string> | string][]} */ ([
    ['token_malformed', 'abc'],
    ['token_expired', sign({}, { lifetime: -60 })],
    ['audience_mismatch', sign({}, { audience: 'urn:other' })],
    ['key_not_found', sign({}, { kid: 'nobodys' })],
    [
      'signature_invalid',
      token.replace(/\.(.)([^.]*)$/, (_all, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`),
    ],
  ])) {
    it(`is 401 with ${code}`, async () => {
      const answer = await answerTo(`Bearer ${await made}`);
      const { detail } = answer.body;
      assert.ok(detail.length > 5);
      assert.deepEqual(answer, problem(401, code, detail, challenge('invalid_token', detail)));
    });
  }
});

describe('what is demanded of the claims', () => {
  const lacks = (/** @type {string} */ roles) => `the token lacks the role${roles}`;
  const forbids = 'the token does not permit this';
  const refused = (/** @type {string} */ detail) =>
    problem(403, 'claim_invalid', detail, challenge('insufficient_scope', detail));
  for (const { name, claims = {}, options, detail } of [
    { name: 'a role in another case', options: { roles: ['USER'] } },
    { name: 'both roles', claims: { roles: ['Admin', 'user'] }, options: { roles: ['admin', 'user'] } },
    { name: 'one of two roles', options: { roles: ['user', 'admin'] }, detail: lacks(' admin') },
    { name: 'no roles at all', claims: { roles: undefined }, options: { roles: ['user'] }, detail: lacks(' user') },
    { name: 'neither of two', claims: { roles: [] }, options: { roles: ['a', 'b'] }, detail: lacks('s a, b') },
    { name: 'roles as text', claims: { roles: 'user' }, options: { roles: ['user'] }, detail: lacks(' user') },
    { name: 'a predicate that says true', options: { require: (/** @type {any} */ c) => c.sub === 'maya' } },
    { name: 'a predicate that says false', options: { require: () => false }, detail: forbids },
    { name: 'a promise of true', options: { require: async () => true } },
    { name: 'a promise of false', options: { require: async () => false }, detail: forbids },
    { name: 'a predicate that says nothing', options: { require: () => undefined }, detail: forbids },
    { name: 'a predicate that says something else', options: { require: () => 'yes' }, detail: forbids },
  ]) {
    it(`${detail ? 'refuses' : 'accepts'} ${name}`, async () => {
      const header = `Bearer ${await sign(claims)}`;
      if (detail) assert.deepEqual(await answerTo(header, options), refused(detail));
      else assert.ok((await authenticate(requestWith(header), verifier, /** @type {any} */ (options))).ok);
    });
  }

  it('is a 500 if the predicate throws, and says nothing of why', async () => {
    const options = { require: () => assert.fail('a secret') };
    assert.deepEqual(
      await answerTo(`Bearer ${token}`, options),
      problem(500, 'internal', 'the request could not be checked'),
    );
  });
});

describe('what is no fault of the token', () => {
  /** @param {unknown} thrown */
  const failing = (thrown) => ({ verify: () => Promise.reject(thrown) });

  it('is a key set that cannot be had: 503, to be asked again', async () => {
    const by = await newVerifier({
      jwks: undefined,
      jwksUrl: 'https://auth.example/jwks.json',
      fetch: async () => new Response(null, { status: 503, headers: { 'retry-after': '17' } }),
    });
    const answer = await answerTo(`Bearer ${token}`, {}, by);
    assert.deepEqual(answer, problem(503, 'jwks_unavailable', answer.body.detail, { 'retry-after': '17' }));
  });

  for (const [code, status, headers] of /** @type {[string, number, Record<string, string>][]} */ ([
    ['jwks_unavailable', 503, { 'retry-after': '5' }],
    ['jwks_invalid', 503, { 'retry-after': '5' }],
    ['environment_unsupported', 500, {}],
    ['wasm_blocked', 500, {}],
    ['not_initialized', 500, {}],
    ['disposed', 500, {}],
    ['internal', 500, {}],
  ])) {
    it(`is ${code}: ${status} without a challenge`, async () => {
      const error = new /** @type {any} */ (AuthError)(code, 'so it is');
      assert.deepEqual(
        await answerTo(`Bearer ${token}`, {}, failing(error)),
        problem(status, code, 'so it is', headers),
      );
    });
  }

  it('is whatever else is thrown: 500', async () => {
    const answer = await answerTo(`Bearer ${token}`, {}, failing(new Error(`a secret: ${token}`)));
    assert.deepEqual(answer, problem(500, 'internal', 'the request could not be checked'));
  });
});

describe('options', () => {
  it('name the realm, which is quoted', async () => {
    const answer = await answerTo(undefined, { realm: 'a "b" \\ c' });
    assert.equal(answer.headers['www-authenticate'], 'Bearer realm="a \\"b\\" \\\\ c"');
  });

  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [{ roles: [] }, /^authenticate: roles: expected .*, found an array$/],
    [{ roles: 'admin' }, /^authenticate: roles: /],
    [{ require: true }, /^authenticate: require: /],
    [{ realm: 'a\r\nb' }, /^authenticate: realm: /],
    [{ role: ['admin'] }, /^authenticate: role: expected a known option/],
    [{ ctx: {} }, /^authenticate: ctx: /],
    [{ cors: { origins: ['https://a.example/'] } }, /^CorsOptions: origins: /],
    [{ cors: { origins: [], credentials: true } }, /^CorsOptions: credentials: /],
    [null, /^authenticate: expected an object/],
  ])) {
    it(`that cannot be meant are a TypeError: ${message}`, async () => {
      await assert.rejects(authenticate(requestWith(undefined), verifier, options), { name: 'TypeError', message });
    });
  }

  it('need a verifier', async () => {
    const nothing = /** @type {any} */ ({});
    await assert.rejects(authenticate(requestWith(undefined), nothing), { name: 'TypeError', message: /verifier/ });
  });
});

describe('CORS', () => {
  const cors = { origins: ['https://app.example'], methods: ['GET'], headers: ['Authorization'], maxAge: 60 };
  const exposed = {
    'access-control-allow-origin': 'https://app.example',
    'access-control-expose-headers': 'WWW-Authenticate, Retry-After',
    vary: 'origin',
  };

  for (const [origin, expected] of /** @type {[string | undefined, Record<string, string>][]} */ ([
    ['https://app.example', exposed],
    ['https://evil.example', { vary: 'origin' }],
    [undefined, { vary: 'origin' }],
  ])) {
    it(`of ${origin} on a refusal, and on an answer of one's own`, async () => {
      const request = requestWith(undefined, origin === undefined ? {} : { origin });
      const result = await authenticate(request, verifier, { cors });
      assert.ok(!result.ok);
      const headers = { 'www-authenticate': 'Bearer realm="BixArena"', ...expected };
      assert.deepEqual(
        await read(result.response),
        problem(401, 'login_required', 'a bearer token is needed', headers),
      );
      const own = withCors(Response.json({ a: 1 }, { headers: { 'x-own': '1' } }), request, cors);
      assert.deepEqual(await read(own), {
        status: 200,
        headers: { 'content-type': 'application/json', 'x-own': '1', ...expected },
        body: { a: 1 },
      });
    });
  }

  it('answers a preflight, and nothing else', async () => {
    const ask = (/** @type {string} */ origin) =>
      new Request(URL_, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } });
    const answer = preflight(ask('https://app.example'), cors);
    assert.ok(answer);
    assert.deepEqual(await read(answer), {
      status: 204,
      headers: {
        'access-control-allow-headers': 'Authorization',
        'access-control-allow-methods': 'GET',
        'access-control-allow-origin': 'https://app.example',
        'access-control-max-age': '60',
        vary: 'origin',
      },
      body: '',
    });
    const stranger = preflight(ask('https://evil.example'), cors);
    assert.ok(stranger);
    assert.deepEqual(await read(stranger), { status: 204, headers: { vary: 'origin' }, body: '' });
    assert.equal(preflight(new Request(URL_, { method: 'OPTIONS' }), cors), null);
    assert.equal(preflight(requestWith(undefined, { origin: 'https://app.example' }), cors), null);
  });
});

describe('the Hono middleware', () => {
  const app = new Hono()
    .use(
      '/admin',
      bearerAuth(() => verifier, { roles: ['admin'] }),
    )
    .get('/me', bearerAuth(verifier), (c) => c.json({ sub: c.get('auth').claims.sub, token: c.get('auth').token }))
    .get('/admin', (c) => c.text('in'));

  it('lets a good token pass and says whose it is', async () => {
    const response = await app.request('/me', { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual([response.status, await response.json()], [200, { sub: 'maya', token }]);
  });

  it('answers every other request as authenticate does', async () => {
    const detail = 'the token lacks the role admin';
    assert.deepEqual(
      await read(await app.request('/admin', { headers: { authorization: `Bearer ${token}` } })),
      problem(403, 'claim_invalid', detail, challenge('insufficient_scope', detail)),
    );
    assert.equal((await app.request('/me')).status, 401);
  });

  it('refuses wrong options when it is made', () => {
    const options = /** @type {any} */ ({ rolls: ['admin'] });
    assert.throws(() => bearerAuth(verifier, options), { name: 'TypeError', message: /rolls/ });
  });
});
