// @ts-check
// The session exchanger: what becomes of a session, how long it is kept, and how it is forgotten.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { API, CHALLENGE, apiToken, handOut, refusal, request, setUp, token } from './support/edge-sessions.mjs';
import { problem, sign } from './support/edge-tokens.mjs';

describe('a session', () => {
  it('becomes a verified token, and only its own cookie goes to the service', async () => {
    const { sessions, asked } = setUp();
    const result = await sessions.exchange(request({ cookie: 'a=b; JSESSIONID=s1; JSESSIONIDX=y; c=d' }));
    assert.ok(result.kind === 'authenticated');
    assert.deepEqual([result.token, result.claims.sub], [token, 'maya']);
    assert.ok(Object.isFrozen(result.claims) && Object.isFrozen(result.claims.roles));
    const [{ url, init }] = asked;
    const { signal: _signal, ...rest } = init;
    const headers = { accept: 'application/json', cookie: 'JSESSIONID=s1' };
    assert.deepEqual([url, rest], ['https://auth.example/v1/token', { method: 'POST', headers, redirect: 'manual' }]);
  });

  it('is asked about again after maxAge, and not before', async () => {
    const { sessions, asked, clock } = setUp();
    await sessions.exchange(request());
    clock.time += 59_999;
    await sessions.exchange(request());
    assert.equal(asked.length, 1);
    clock.time += 1;
    await sessions.exchange(request());
    assert.equal(asked.length, 2);
  });

  it('is asked about each time with maxAge 0', async () => {
    const { sessions, asked } = setUp(undefined, { maxAge: 0 });
    for (let time = 0; time < 3; time += 1) await sessions.exchange(request());
    assert.equal(asked.length, 3);
  });

  it('gets a new token the margin before the old one ends', async () => {
    const { sessions, asked, clock } = setUp(undefined, { maxAge: 3600, margin: 100 });
    await sessions.exchange(request());
    clock.time += 498_000;
    await sessions.exchange(request());
    assert.equal(asked.length, 1);
    clock.time += 3000;
    await sessions.exchange(request());
    assert.equal(asked.length, 2);
  });

  it('shares nothing with another one', async () => {
    const tokens = new Map([
      ['JSESSIONID=s1', await sign({ sub: 'one' })],
      ['JSESSIONID=s2', await sign({ sub: 'two' })],
    ]);
    const { sessions } = setUp((_url, { headers }) => handOut(/** @type {string} */ (tokens.get(headers.cookie))));
    for (const [cookie, sub] of [
      ['s1', 'one'],
      ['s2', 'two'],
      ['s1', 'one'],
    ]) {
      const result = await sessions.exchange(request({ cookie: `JSESSIONID=${cookie}` }));
      assert.equal(result.kind === 'authenticated' && result.claims.sub, sub);
    }
  });

  it('that was used longest ago is forgotten first', async () => {
    const { sessions, asked } = setUp(undefined, { maxSessions: 2 });
    const use = (/** @type {string} */ name) => sessions.exchange(request({ cookie: `JSESSIONID=${name}` }));
    for (const name of ['a', 'b', 'a', 'c']) await use(name);
    assert.equal(asked.length, 3);
    await use('a');
    assert.equal(asked.length, 3, 'a was forgotten');
    await use('b');
    assert.equal(asked.length, 4, 'b was kept');
  });

  it('is asked about once by 300 requests, and every one is served', async () => {
    const { sessions, asked } = setUp(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return handOut(token);
    });
    const results = await Promise.all(Array.from({ length: 300 }, () => sessions.exchange(request())));
    assert.deepEqual([...new Set(results.map(({ kind }) => kind))], ['authenticated']);
    assert.equal(asked.length, 1);
  });
});

describe('an audience', () => {
  const respond = (/** @type {string} */ url) => handOut(url.endsWith(encodeURIComponent(API)) ? apiToken : token);
  const oauth2 = { routes: 'oauth2', baseUrl: 'https://auth.example' };

  it('is asked for, demanded and kept by itself', async () => {
    const { sessions, asked } = setUp(respond, oauth2);
    for (const [audience, expected] of [
      [API, apiToken],
      [undefined, token],
      [API, apiToken],
    ]) {
      const result = await sessions.exchange(request(), { audience });
      assert.equal(result.kind === 'authenticated' && result.token, expected);
    }
    const url = 'https://auth.example/oauth2/token';
    assert.deepEqual(
      asked.map((one) => one.url),
      [`${url}?audience=urn%3Abixarena%3Aapi`, url],
    );
  });

  it('that the service does not heed is refused', async () => {
    const { sessions } = setUp(() => handOut(token), oauth2);
    const detail = 'the auth service gave a token that does not verify: audience_mismatch';
    const result = await sessions.exchange(request(), { audience: API });
    assert.deepEqual(await refusal(result), problem(502, 'response_invalid', detail));
  });

  it('is a TypeError where the routes know none', async () => {
    const message = /audience: expected routes: 'oauth2'/;
    await assert.rejects(setUp().sessions.exchange(request(), { audience: API }), { name: 'TypeError', message });
  });
});

describe('no session', () => {
  const required = problem(401, 'login_required', 'there is no session', CHALLENGE);
  const ended = () => new Response(null, { status: 401 });

  it('without a cookie: 401 with our challenge, anonymous if permitted, and nothing is asked', async () => {
    const { sessions, asked } = setUp();
    for (const cookie of ['', 'other=1', 'JSESSIONID=']) {
      assert.deepEqual(await refusal(await sessions.exchange(request({ cookie }))), required);
      const result = await sessions.exchange(request({ cookie }), { anonymous: true });
      assert.deepEqual(result, { kind: 'anonymous', reason: 'no_session' });
    }
    assert.equal(asked.length, 0);
  });

  it("that the service tells: 401 with the service's own challenge", async () => {
    const own = { 'www-authenticate': 'Cookie realm="x", redirect="/y"' };
    const { sessions } = setUp(() => new Response(null, { status: 401, headers: own }));
    const expected = problem(401, 'login_required', 'there is no session', own);
    assert.deepEqual(await refusal(await sessions.exchange(request())), expected);
    assert.deepEqual(await refusal(await setUp(ended).sessions.exchange(request())), required);
  });

  it('is anonymous on an open route, and asked about again: a login keeps the cookie', async () => {
    const { sessions, asked } = setUp(() => (asked.length === 1 ? ended() : handOut(token)));
    const anonymous = { kind: 'anonymous', reason: 'session_ended' };
    assert.deepEqual(await sessions.exchange(request(), { anonymous: true }), anonymous);
    assert.equal((await sessions.exchange(request())).kind, 'authenticated');
  });

  it('takes along the tokens of all audiences', async () => {
    let isOver = false;
    const respond = (/** @type {string} */ url) => (isOver ? ended() : handOut(url.includes('?') ? apiToken : token));
    const { sessions } = setUp(respond, { routes: 'oauth2', baseUrl: 'https://auth.example', maxAge: 60 });
    await sessions.exchange(request(), { audience: API });
    await sessions.exchange(request());
    isOver = true;
    // A third audience, so that the service is asked.
    assert.equal((await sessions.exchange(request(), { audience: 'urn:bixarena:ai' })).kind, 'refused');
    assert.equal((await sessions.exchange(request())).kind, 'refused');
  });
});

describe('forgetting', () => {
  it('counts at once, for that session alone', async () => {
    const { sessions, asked } = setUp();
    await sessions.exchange(request());
    await sessions.exchange(request({ cookie: 'JSESSIONID=other' }));
    sessions.forget(request());
    await sessions.exchange(request());
    await sessions.exchange(request({ cookie: 'JSESSIONID=other' }));
    assert.equal(asked.length, 3);
    sessions.forget(request({ cookie: '' }));
  });

  it('does not wait for the hash of the session', async (t) => {
    const { sessions, asked } = setUp();
    await sessions.exchange(request());
    const { subtle } = globalThis.crypto;
    t.mock.method(subtle, 'digest', () => new Promise(() => {}), { times: 1 });
    sessions.forget(request());
    await sessions.exchange(request());
    assert.equal(asked.length, 2);
  });

  it('lets nothing in that is under way', async () => {
    /** @type {(response: Response) => void} */
    let answer = () => {};
    const { sessions, asked } = setUp(() =>
      asked.length === 1 ? new Promise((resolve) => (answer = resolve)) : new Response(null, { status: 401 }),
    );
    const first = sessions.exchange(request());
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    sessions.forget(request());
    assert.equal((await sessions.exchange(request())).kind, 'refused');
    answer(handOut(token));
    await first;
    assert.equal((await sessions.exchange(request())).kind, 'refused', 'a token from before the logout was kept');
  });

  it('is for good after dispose()', async () => {
    const { sessions } = setUp();
    await sessions.exchange(request());
    sessions.dispose();
    sessions.dispose();
    sessions.forget(request());
    await assert.rejects(sessions.exchange(request()), { name: 'AuthError', code: 'disposed' });
  });
});
