// @ts-check
// The session exchanger: cookies that are no session, and whom the service takes the request for.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { API, handOut, refusal, request, setUp, token } from './support/edge-sessions.mjs';

describe('a cookie that is no session', () => {
  const ended = () => new Response(null, { status: 401, headers: { 'www-authenticate': 'Cookie realm="x"' } });
  const anonymous = { kind: 'anonymous', reason: 'session_ended' };

  /** What the service is asked in a time with a request every 100 ms. @param {any} [options] */
  async function askedIn(/** @type {number} */ seconds, options) {
    const { sessions, asked, clock } = setUp(ended, options);
    for (let tenths = 0; tenths < seconds * 10; tenths += 1, clock.time += 100) {
      assert.deepEqual(await sessions.exchange(request(), { anonymous: true }), anonymous);
    }
    return asked.length;
  }

  it('is asked about ever more rarely, and every 10 s in the end', async () => {
    assert.equal(await askedIn(1), 5); // at 0, 0.1, 0.2, 0.4, 0.8
    assert.equal(await askedIn(60), 5 + 8); // and at 1.6, 3.2, 6.4, 12.8, 22.8, ...
  });

  it('is asked about as the options say', async () => {
    assert.equal(await askedIn(10, { noSessionMaxAge: 0 }), 100);
    assert.equal(await askedIn(10, { maxAge: 0 }), 100);
    assert.equal(await askedIn(11, { noSessionMaxAge: 1 }), 5 + 10); // at 0 to 0.8, then at 1.6, 2.6, ...
  });

  it("keeps the service's challenge", async () => {
    const { sessions, asked, clock } = setUp(ended);
    await sessions.exchange(request());
    clock.time += 1000;
    for (const _again of [1, 2]) {
      const answer = await refusal(await sessions.exchange(request()));
      assert.equal(answer.headers['www-authenticate'], 'Cookie realm="x"');
    }
    assert.equal(asked.length, 2);
  });

  it('counts for all audiences, and for no other cookie', async () => {
    const { sessions, asked, clock } = setUp(ended, { routes: 'oauth2', baseUrl: 'https://auth.example' });
    await sessions.exchange(request());
    clock.time += 1000;
    await sessions.exchange(request());
    await sessions.exchange(request(), { audience: API });
    assert.equal(asked.length, 2);
    await sessions.exchange(request({ cookie: 'JSESSIONID=other' }));
    assert.equal(asked.length, 3);
  });

  it('that becomes one is believed at the latest when the pause is over, and at once after forget()', async () => {
    for (const forgets of [false, true]) {
      let isIn = false;
      const { sessions, clock } = setUp(() => (isIn ? handOut(token) : ended()));
      await sessions.exchange(request());
      clock.time += 1000;
      await sessions.exchange(request(), { anonymous: true });
      isIn = true;
      if (forgets) sessions.forget(request());
      else clock.time += 1000;
      assert.equal((await sessions.exchange(request())).kind, 'authenticated');
    }
  });

  it('that was one since is asked about at once when it has ended', async () => {
    let isIn = false;
    const { sessions, asked, clock } = setUp(() => (isIn ? handOut(token) : ended()));
    await sessions.exchange(request());
    isIn = true;
    clock.time += 1000;
    assert.equal((await sessions.exchange(request())).kind, 'authenticated');
    isIn = false;
    clock.time += 60_000;
    await sessions.exchange(request());
    assert.equal(asked.length, 3);
    await sessions.exchange(request());
    assert.equal(asked.length, 4);
  });

  it('takes no room from those that are: their number is bounded by itself', async () => {
    const { sessions, asked, clock } = setUp(
      (_url, { headers }) => (headers.cookie === 'JSESSIONID=good' ? handOut(token) : ended()),
      { maxSessions: 2 },
    );
    const use = (/** @type {string} */ name) => sessions.exchange(request({ cookie: `JSESSIONID=${name}` }));
    await use('good');
    for (const name of ['a', 'b', 'c', 'd']) await use(name);
    assert.equal((await use('good')).kind, 'authenticated');
    assert.equal(asked.length, 5);
    // a was forgotten: it is as if it had just been set.
    clock.time += 1000;
    await use('a');
    await use('a');
    assert.equal(asked.length, 7);
  });
});

describe("the client's address", () => {
  const headers = { 'cf-connecting-ip': '203.0.113.7', 'x-forwarded-for': '198.51.100.1' };

  it('goes to the service in the header that it reads, and is sent nowhere by default', async () => {
    for (const [options, expected] of /** @type {[any, string | undefined][]} */ ([
      [{ clientAddressHeader: 'X-Forwarded-For' }, '203.0.113.7'],
      [{}, undefined],
    ])) {
      const { sessions, asked } = setUp(undefined, options);
      await sessions.exchange(request({ headers }));
      assert.equal(asked[0].init.headers['x-forwarded-for'], expected);
      assert.equal(asked[0].init.headers['cf-connecting-ip'], undefined);
    }
  });

  it('is not made up where Cloudflare does not say it', async () => {
    const { sessions, asked } = setUp(undefined, { clientAddressHeader: 'X-Forwarded-For' });
    await sessions.exchange(request({ headers: { 'x-forwarded-for': '198.51.100.1' } }));
    assert.equal(asked[0].init.headers['x-forwarded-for'], undefined);
  });
});
