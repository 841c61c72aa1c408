// @ts-check
// The test double: it says what the real client says, at the same moments. The same stories are told to both.
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { AuthClient, isAuthError } from 'bixarena-auth-client';
import { createAuthError, createTestAuthClient, createTestIssuer } from 'bixarena-auth-client/testing';

/** @typedef {import('bixarena-auth-client').AuthState} AuthState */
/** @typedef {{ client: AuthClient, become: (user: string | null, roles?: string[]) => Promise<void>, callback: (user: string) => string }} Told */

const MAYA = 'maya';
const page = 'http://localhost';

/** @type {AuthClient[]} */
const clients = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  Reflect.deleteProperty(globalThis, 'location');
  Reflect.deleteProperty(globalThis, 'history');
});

/** @param {string} code */
const withCode = (code) => (/** @type {unknown} */ error) => isAuthError(error) && error.code === code;

/** A page of `http://localhost`, as far as a client looks at it. @param {string} path */
function openPage(path) {
  const location = new URL(path, page);
  Object.assign(globalThis, {
    location,
    history: {
      state: null,
      replaceState: (/** @type {any} */ _s, /** @type {any} */ _t, /** @type {string} */ url) =>
        (location.href = new URL(url, page).href),
    },
  });
}

/** @type {Record<string, (user: string | null, roles?: string[]) => Promise<Told>>} */
const kinds = {
  'the real client': async (user, roles) => {
    const issuer = await createTestIssuer({ user, roles, baseUrl: `${page}/v1` });
    const client = await AuthClient.create({ ...issuer.clientOptions, renew: 'on-demand' });
    const become = async (/** @type {string | null} */ next, /** @type {string[] | undefined} */ nextRoles) => {
      if (next === null) issuer.signOut();
      else issuer.signIn(next, { roles: nextRoles });
      // What a renewal, a wake-up or another tab brings about.
      await client.getToken({ forceRefresh: true }).catch(() => {});
    };
    return { client, become, callback: (next) => issuer.callbackUrl(next) };
  },
  'the test client': async (user, roles) => {
    const client = createTestAuthClient({ user, roles });
    const become = async (/** @type {string | null} */ next, /** @type {string[] | undefined} */ nextRoles) => {
      if (next === null) client.signOut();
      else client.signIn(next, { roles: nextRoles, cause: 'restored' });
    };
    return { client, become, callback: () => `${page}/callback?code=c&state=${crypto.randomUUID()}` };
  },
};

for (const [kind, make] of Object.entries(kinds)) {
  describe(kind, () => {
    /** @param {string | null} user @param {string[]} [roles] */
    const open = async (user, roles) => {
      const told = await make(user, roles);
      clients.push(told.client);
      await told.client.start();
      /** @type {string[]} */
      const heard = [];
      told.client.subscribe((state, { type, cause }) => heard.push([type, state.status, cause].join(' ').trim()));
      return { ...told, heard };
    };

    it('knows who is signed in, and what they may', async () => {
      const { client } = await open(MAYA, ['user', 'admin']);
      const { state } = client;
      assert.ok(state.status === 'authenticated');
      assert.equal(state.claims.sub, MAYA);
      assert.deepEqual(state.claims.roles, ['user', 'admin']);
      assert.equal(state.claims.iss, 'urn:bixarena:auth');
      assert.ok(client.hasRole('ADMIN') && !client.hasRole('owner'));
      assert.equal(await client.start(), state);
      assert.equal(client.wasAuthenticated, true);
      assert.deepEqual((await client.verify(await client.getToken())).claims.sub, MAYA);
    });

    it('knows that nobody is', async () => {
      const { client } = await open(null);
      assert.deepEqual(client.state, { status: 'anonymous' });
      assert.equal(client.hasRole('user'), false);
      assert.equal(client.profile, null);
      assert.equal(client.wasAuthenticated, false);
      await assert.rejects(client.getToken(), withCode('login_required'));
    });

    it('tells of a session that begins, changes and ends', async () => {
      const { client, become, heard } = await open(null);
      await become(MAYA);
      await become(MAYA, ['user', 'admin']);
      assert.ok(client.hasRole('admin'));
      await become(null);
      await become(null);
      assert.deepEqual(heard, [
        'state authenticated',
        'signed_in authenticated restored',
        'state authenticated',
        'token authenticated',
        'state anonymous',
        'signed_out anonymous',
      ]);
    });

    it('tells of another user', async () => {
      const { client, become, heard } = await open(MAYA);
      await become('jonas');
      assert.ok(client.state.status === 'authenticated' && client.state.claims.sub === 'jonas');
      assert.deepEqual(heard, ['state unknown', 'state authenticated', 'user_changed authenticated']);
    });

    it('keeps its state when the token alone is renewed', async () => {
      const { client, heard } = await open(MAYA);
      const { state } = client;
      const token = await client.getToken();
      assert.equal(await client.getToken(), token);
      await client.getToken({ forceRefresh: true });
      assert.equal(client.state, state);
      assert.deepEqual(heard, ['token authenticated']);
    });

    it('signs out', async () => {
      const { client, heard } = await open(MAYA);
      await client.logout();
      await client.logout();
      assert.deepEqual(heard, ['state anonymous', 'signed_out anonymous']);
      await assert.rejects(client.getToken(), withCode('login_required'));
    });

    it('completes a sign-in once, and cleans the address at once', async () => {
      const { client, callback, heard } = await open(null);
      openPage('/votes?open=1');
      client.login({ returnTo: '/votes/7?open=1#top' }).catch(() => {});
      const { pathname, search } = new URL(callback(MAYA));
      openPage(`${pathname}${search}&tab=2`);
      const first = client.handleCallback();
      assert.equal(location.search, '?tab=2');
      const [one, two] = await Promise.all([first, client.handleCallback()]);
      assert.equal(one, two);
      assert.equal(await client.handleCallback(), one);
      assert.equal(one.claims.sub.length > 0, true);
      assert.deepEqual(heard, ['state authenticated', 'signed_in authenticated login']);
      assert.equal(client.takeReturnTo(), null);
    });

    it('says what is wrong with a callback', async () => {
      const { client } = await open(null);
      openPage('/callback');
      await assert.rejects(client.handleCallback(`${page}/callback?code=c`), withCode('callback_invalid'));
      await assert.rejects(
        client.handleCallback('https://evil.example/callback?code=c&state=s'),
        withCode('callback_invalid'),
      );
      const denied = client.handleCallback(`${page}/callback?error=access_denied&error_description=no&state=s`);
      await assert.rejects(denied, { code: 'login_denied', reason: 'access_denied', description: 'no' });
      assert.deepEqual(client.state, { status: 'anonymous' });
    });

    it('counts each subscription, and a listener that throws stops no other', async () => {
      const { client, become } = await open(null);
      let calls = 0;
      const listener = () => void (calls += 1);
      const stop = client.subscribe(listener);
      client.subscribe(listener);
      await become(MAYA);
      assert.equal(calls, 4);
      stop();
      stop();
      await become(null);
      assert.equal(calls, 6);
    });

    it('can be asked no more once it was disposed of', async () => {
      const { client, become, heard } = await open(MAYA);
      client.dispose();
      client.dispose();
      await assert.rejects(client.getToken(), withCode('disposed'));
      await assert.rejects(client.start(), withCode('disposed'));
      await assert.rejects(client.verify('a.b.c'), withCode('disposed'));
      await become(null);
      assert.deepEqual(heard, []);
    });

    it('lets one caller stop waiting', async () => {
      const { client } = await open(MAYA);
      await assert.rejects(client.getToken({ signal: AbortSignal.abort() }), withCode('aborted'));
    });
  });
}

describe('what a test controls', () => {
  it('is the service that has not answered yet', async () => {
    const client = createTestAuthClient({ state: { status: 'unknown' } });
    const [state, token] = [client.start(), client.getToken()];
    assert.equal(await Promise.race([state, 'still waiting']), 'still waiting');
    client.signIn(MAYA);
    assert.equal(await state, client.state);
    assert.equal(typeof (await token), 'string');
  });

  it('ends the wait of whoever waits when it is disposed of', async () => {
    const client = createTestAuthClient({ state: { status: 'unknown' } });
    const state = client.start();
    client.dispose();
    await assert.rejects(state, withCode('disposed'));
  });

  it('is a service that fails', async () => {
    const error = createAuthError('service_unavailable', { status: 503, retryAfter: 7 });
    const client = createTestAuthClient({ state: { status: 'unknown', error } });
    assert.deepEqual(await client.start(), { status: 'unknown', error });
    await assert.rejects(client.getToken(), error);
    assert.ok(isAuthError(error) && error.retryAfter === 7 && error.status === 503);
  });

  it('is what was asked of it', async () => {
    const client = createTestAuthClient({ user: MAYA });
    void client.login({ returnTo: '/a' });
    await client.logout({ redirectTo: '/bye' });
    assert.deepEqual(client.logins, [{ returnTo: '/a' }]);
    assert.deepEqual(client.logouts, [{ redirectTo: '/bye' }]);
    assert.equal(client.takeReturnTo(), '/a');
    assert.equal(client.takeReturnTo(), null);
  });

  for (const returnTo of ['//evil.example', '/\\evil.example', 'https://evil.example/', 'votes', '/\t/evil.example']) {
    it(`is no way to ${JSON.stringify(returnTo)}`, () => {
      const client = createTestAuthClient();
      void client.login({ returnTo });
      assert.equal(client.takeReturnTo(), null);
    });
  }

  it('is the next failure of one method', async () => {
    const client = createTestAuthClient({ user: MAYA });
    client.failNext('logout', createAuthError('network_error'));
    await assert.rejects(client.logout(), withCode('network_error'));
    assert.equal(client.state.status, 'authenticated');
    await client.logout();
    assert.equal(client.state.status, 'anonymous');
  });

  it('is the profile, of this user alone', async () => {
    const client = createTestAuthClient({ user: MAYA, profile: { name: 'Maya' } });
    assert.deepEqual(client.profile, { sub: MAYA, name: 'Maya' });
    client.signIn('jonas');
    assert.equal(client.profile, null);
    assert.deepEqual(await client.getUserInfo(), { sub: 'jonas', roles: ['user'] });
    client.signOut();
    assert.equal(client.profile, null);
    client.signIn(MAYA, { profile: { name: 'May' } });
    assert.deepEqual(client.profile, { sub: MAYA, name: 'May' });
  });

  it('is what goes out', async () => {
    /** @type {(string | null)[]} */
    const sent = [];
    /** @type {typeof fetch} */
    const send = async (input, init) => {
      sent.push(new Request(input, init).headers.get('authorization'));
      return new Response('{}');
    };
    const client = createTestAuthClient({ user: MAYA, fetch: send, allowedOrigins: ['https://api.example'] });
    await client.fetch('https://api.example/votes');
    await client.fetch('https://other.example/');
    assert.deepEqual(sent, [`Bearer ${await client.getToken()}`, null]);
    client.signOut();
    await assert.rejects(client.fetch('https://api.example/votes'), withCode('login_required'));
    assert.equal(sent.length, 2);
  });

  it('is a real token, where that is wanted', async () => {
    const issuer = await createTestIssuer();
    const client = createTestAuthClient({ user: MAYA, token: () => issuer.sign(MAYA) });
    const verifier = await AuthClient.create(issuer.clientOptions);
    clients.push(verifier);
    assert.equal((await verifier.verify(await client.getToken())).claims.sub, MAYA);
  });

  it('is checked for what cannot be meant', () => {
    const wrong = /** @type {any} */ (createTestAuthClient);
    assert.throws(() => wrong({ usr: MAYA }), /createTestAuthClient: usr: expected a known option/);
    assert.throws(() => wrong({ roles: 'admin' }), /roles: expected an array of role names, found a string/);
    assert.throws(() => wrong({ state: 'anonymous' }), /state: expected a state/);
  });
});
