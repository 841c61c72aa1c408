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
