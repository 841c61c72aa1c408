// @ts-check
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AuthClient, isAuthError, safeReturnTo } from 'bixarena-auth-client';
import { startStack } from '../../www/server/stack.mjs';

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {AuthClient[]} */
let clients = [];

before(async () => {
  stack = await startStack({ app: null, worker: null, control: true });
});

beforeEach(async () => {
  await stack.control.clearFaults();
  await stack.control.goOnline('service');
  await stack.control.resetCounts();
});

after(async () => {
  for (const client of clients) client.dispose();
  await stack.close();
});

/**
 * A client whose requests carry a session of this account: what the cookie does in a browser.
 * @param {string | null} username
 * @param {import('bixarena-auth-client').AuthClientOptions} [options]
 */
async function clientOf(username, options) {
  const cookie = username === null ? '' : (await stack.control.createSession(username)).cookie;
  /** @type {typeof fetch} */
  const withCookie = (input, init) => {
    const request = new Request(input, init);
    request.headers.set('cookie', cookie);
    return fetch(request);
  };
  const client = await AuthClient.create({ baseUrl: stack.baseUrl.v1, fetch: withCookie, ...options });
  clients.push(client);
  return client;
}

/** @param {string} code */
const withCode = (code) => (/** @type {unknown} */ error) => isAuthError(error) && error.code === code;

describe('a session', () => {
  it('is found at the start, with verified claims and roles', async () => {
    const client = await clientOf('jonas');
    assert.deepEqual(client.state, { status: 'unknown' });
    const state = await client.start();
    assert.equal(state.status, 'authenticated');
    assert.equal(state, client.state);
    assert.ok(client.hasRole('ADMIN') && client.hasRole('user') && !client.hasRole('owner'));
    const verified = await client.verify(await client.getToken());
    assert.deepEqual(verified.claims, state.claims);
    assert.equal((await client.getJwks()).keys.length, 1);
  });

  it('is absent for a visitor, which is no error', async () => {
    const client = await clientOf(null);
    assert.deepEqual(await client.start(), { status: 'anonymous' });
    assert.equal(client.hasRole('user'), false);
    await assert.rejects(client.getToken(), withCode('login_required'));
  });

  it('costs one request for a thousand callers', async () => {
    const client = await clientOf('maya');
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => client.getToken()));
    assert.equal(new Set(tokens).size, 1);
    const counts = await stack.control.counts();
    assert.deepEqual([counts.token, counts.jwks], [1, 1]);
  });

  it('keeps its state object when only the token is renewed', async () => {
    const client = await clientOf('maya');
    const state = await client.start();
    /** @type {string[]} */
    const events = [];
    const stop = client.subscribe((_, event) => events.push(event.type));
    const first = await client.getToken();
    assert.equal(await client.getToken(), first);
    await client.getToken({ forceRefresh: true });
    assert.equal(client.state, state);
    assert.deepEqual(events, ['token']);
    stop();
    await client.getToken({ forceRefresh: true });
    assert.deepEqual(events, ['token']);
  });

  it('outlives a restart of the service', async () => {
    const client = await clientOf('maya');
    const old = await client.getToken();
    await stack.control.restartKeys();
    assert.notEqual(await client.getToken({ forceRefresh: true }), old);
    await assert.rejects(client.verify(old), withCode('key_not_found'));
  });

  it('ends with a logout, and what was under way is dropped', async () => {
    const client = await clientOf('maya');
    await client.start();
    await stack.control.addFault({ operation: 'token', kind: 'delay', ms: 300 });
    const late = assert.rejects(client.getToken({ forceRefresh: true }), withCode('signed_out'));
    await client.logout();
    await late;
    assert.deepEqual(client.state, { status: 'anonymous' });
  });
});

describe('a fault', () => {
  for (const [kind, code] of /** @type {const} */ ([
    ['html', 'response_invalid'],
    ['truncated', 'response_invalid'],
    ['tampered-signature', 'signature_invalid'],
    ['unpublished-key', 'key_not_found'],
    ['redirect', 'response_invalid'],
  ])) {
    it(`of the token answer (${kind}) is ${code}, and nothing is visible`, async () => {
      const client = await clientOf('maya');
      const more = kind === 'redirect' ? { location: 'http://127.0.0.1:1/elsewhere' } : {};
      await stack.control.addFault({ operation: 'token', kind, times: null, ...more });
      const state = await client.start();
      assert.ok(state.status === 'unknown' && state.error?.code === code, JSON.stringify(state));
      assert.equal(client.hasRole('user'), false);
      await assert.rejects(client.getToken(), withCode(code));
    });
  }

  it('of the service leaves a valid token in use', async () => {
    const client = await clientOf('maya');
    const token = await client.getToken();
    await stack.control.goOffline('service');
    await assert.rejects(client.getToken({ forceRefresh: true }), withCode('service_unavailable'));
    assert.equal(await client.getToken(), token);
    assert.equal(client.state.status, 'authenticated');
    await assert.rejects(client.logout(), withCode('service_unavailable'));
    assert.equal(client.state.status, 'authenticated');
    await stack.control.goOnline('service');
  });

  it('that lasts too long is a timeout', async () => {
    const client = await clientOf('maya', { timeout: 150 });
    await stack.control.addFault({ operation: 'token', kind: 'hang', times: null });
    await assert.rejects(client.getToken(), withCode('timeout'));
    await stack.control.release();
  });

  it('of too many requests stops them', async () => {
    const client = await clientOf('maya');
    await stack.control.addFault({ operation: 'token', kind: 'respond', status: 429, headers: { 'retry-after': '7' } });
    await assert.rejects(
      client.getToken(),
      (error) => withCode('rate_limited')(error) && isAuthError(error) && error.retryAfter === 7,
    );
    await assert.rejects(client.getToken(), withCode('rate_limited'));
    assert.equal((await stack.control.counts()).token, 1);
  });
});

describe('a caller', () => {
  it('may stop waiting without stopping others', async () => {
    const client = await clientOf('maya');
    const controller = new AbortController();
    const stopped = assert.rejects(client.getToken({ signal: controller.signal }), withCode('aborted'));
    const other = client.getToken();
    controller.abort();
    await stopped;
    assert.equal(typeof (await other), 'string');
    await assert.rejects(client.getToken({ signal: AbortSignal.abort() }), withCode('aborted'));
  });

  it('is told which option is wrong', () => {
    for (const [options, message] of /** @type {[any, RegExp][]} */ ([
      [{ baseURL: 'x' }, /^AuthClient: baseURL: expected a known option/],
      [{ clockTolerance: '5' }, /^AuthClient: clockTolerance: expected a number of seconds/],
      [{ algorithms: ['none'] }, /algorithms: expected an array of RS256/],
      [7, /^AuthClient: expected an object of options, found the number 7/],
    ])) {
      assert.throws(
        () => new AuthClient(options),
        (error) => error instanceof TypeError && message.test(error.message),
      );
    }
  });

  it('of a disposed client gets a code', async () => {
    const client = await clientOf('maya');
    await client.start();
    client.dispose();
    client.dispose();
    await assert.rejects(client.getToken(), withCode('disposed'));
    await assert.rejects(client.start(), withCode('disposed'));
  });

  it('without a location is asked for the base URL at the first request, not before', async () => {
    const client = new AuthClient();
    clients.push(client);
    const state = await client.start();
    assert.ok(state.status === 'unknown' && state.error?.code === 'environment_unsupported');
  });

  it('reads an unsafe return-to as none', () => {
    const options = { origin: 'https://app.example' };
    assert.equal(safeReturnTo('/battle?id=1#top', options), '/battle?id=1#top');
    for (const value of [
      '//evil',
      '/\\evil',
      '/.//evil',
      '/a/..//evil',
      'javascript:alert(1)',
      'https://evil',
      '/%5cevil',
      7,
    ]) {
      assert.equal(safeReturnTo(value, options), null, String(value));
    }
    assert.throws(() => safeReturnTo('/'), TypeError);
  });

  it('uses the newer routes by one option', async () => {
    const client = await clientOf('maya', { baseUrl: stack.baseUrl.oauth2 || stack.apexUrl || '', routes: 'oauth2' });
    assert.equal((await client.start()).status, 'authenticated');
    await client.logout();
    await client.logout();
    assert.equal(client.state.status, 'anonymous');
  });
});

describe('another service', () => {
  const OTHER = 'urn:bixarena:other';
  /** @type {Awaited<ReturnType<typeof startStack>>} */
  let other;

  before(async () => {
    other = await startStack({ app: null, worker: null, control: true, audiences: ['urn:bixarena:auth', OTHER] });
  });
  after(() => other.close());

  /** @param {import('bixarena-auth-client').AuthClientOptions} [options] */
  async function clientOfOther(options) {
    const { cookie } = await other.control.createSession('maya');
    /** @type {typeof fetch} */
    const withCookie = (input, init) => {
      const request = new Request(input, init);
      request.headers.set('cookie', cookie);
      return fetch(request);
    };
    const client = await AuthClient.create({
      baseUrl: other.baseUrl.oauth2,
      routes: 'oauth2',
      fetch: withCookie,
      ...options,
    });
    clients.push(client);
    return client;
  }

  it('gets a token of its own, which is kept like the first', async () => {
    await other.control.resetCounts();
    const client = await clientOfOther();
    const [own, ...tokens] = await Promise.all([
      client.getToken(),
      client.getToken({ audience: OTHER }),
      client.getToken({ audience: OTHER }),
      client.getToken({ audience: 'urn:bixarena:auth' }),
    ]);
    assert.equal(tokens[0], tokens[1]);
    assert.equal(tokens[2], own);
    const aud = (/** @type {string} */ token) =>
      JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).aud;
    assert.deepEqual([aud(own), aud(tokens[0])].flat(), ['urn:bixarena:auth', OTHER]);
    assert.equal((await other.control.counts()).token, 2);
    // Verified for whom it is: it is no token for this client.
    await assert.rejects(client.verify(tokens[0]), withCode('audience_mismatch'));
    await client.logout();
    await assert.rejects(client.getToken({ audience: OTHER }), withCode('login_required'));
  });

  it('that the service does not know does no harm', async () => {
    const client = await clientOfOther();
    await client.start();
    const token = await client.getToken();
    // More of them than there is room for at first.
    for (let nobody = 0; nobody < 20; nobody += 1) {
      await assert.rejects(client.getToken({ audience: `urn:nobody:${nobody}` }), isAuthError);
    }
    assert.equal(client.state.status, 'authenticated');
    assert.equal(await client.getToken(), token);
    assert.notEqual(await client.getToken({ audience: OTHER }), token);
  });
});

describe('what goes wrong now and then', () => {
  it('a key that is not published yet heals without a word', async () => {
    const client = await clientOf('maya');
    /** @type {string[]} */
    const events = [];
    client.subscribe((_, { type }) => events.push(type));
    await stack.control.addFault({ operation: 'token', kind: 'unpublished-key', times: 1 });
    assert.equal((await client.start()).status, 'authenticated');
    assert.deepEqual(events, ['state', 'signed_in']);
  });

  it('a clock of the service that is an hour ahead is told of, and nothing else', async () => {
    await stack.control.setClockOffset(3_600);
    const client = await clientOf('maya');
    /** @type {(number | undefined)[]} */
    const skews = [];
    client.subscribe((_, { type, skew }) => void (type === 'clock_skew' && skews.push(skew)));
    assert.equal((await client.start()).status, 'authenticated');
    assert.equal((await client.verify(await client.getToken({ forceRefresh: true }))).claims.iss, 'urn:bixarena:auth');
    await stack.control.setClockOffset(0);
    assert.equal(skews.length, 1);
    assert.ok(Math.abs(Number(skews[0]) + 3_600) <= 5, String(skews));
  });

  it('a limit with a date is kept to', async () => {
    const client = await clientOf('maya');
    const headers = { 'retry-after': new Date(Date.now() + 30_000).toUTCString() };
    await stack.control.addFault({ operation: 'token', kind: 'respond', status: 429, headers });
    await client.start();
    await assert.rejects(client.getToken(), (/** @type {any} */ error) => {
      assert.equal(error.code, 'rate_limited');
      return error.retryAfter > 20 && error.retryAfter <= 31;
    });
    assert.equal((await stack.control.counts()).token, 1);
  });

  it('another user takes the session over, and nothing is given under the old name', async () => {
    let { cookie } = await stack.control.createSession('maya');
    const client = await AuthClient.create({
      baseUrl: stack.baseUrl.v1,
      fetch: (input, init) => {
        const request = new Request(input, init);
        request.headers.set('cookie', cookie);
        return fetch(request);
      },
    });
    clients.push(client);
    await client.start();
    /** @type {string[]} */
    const events = [];
    client.subscribe(({ status }, { type }) => events.push(`${type} ${status}`));
    ({ cookie } = await stack.control.createSession('jonas'));
    await assert.rejects(client.getToken({ forceRefresh: true }), withCode('user_changed'));
    assert.deepEqual(events, ['state unknown', 'state authenticated', 'user_changed authenticated']);
    assert.ok(client.hasRole('admin'));
  });
});
