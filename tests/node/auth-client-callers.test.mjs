// @ts-check
// What callers bring with them: options that throw or say rubbish, stores that freeze what they are given, calls from inside of calls.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AuthClient, isAuthError, safeReturnTo } from 'bixarena-auth-client';
import { createTestIssuer } from 'bixarena-auth-client/testing';

/** @typedef {import('bixarena-auth-client').AuthClientOptions} Options */

/** @type {Awaited<ReturnType<typeof createTestIssuer>>} */
let issuer;
/** @type {AuthClient[]} */
const opened = [];

beforeEach(async () => {
  issuer = await createTestIssuer();
  issuer.signIn('maya');
});
afterEach(() => {
  for (const client of opened.splice(0)) client.dispose();
});

/** @param {Options} [options] */
async function openClient(options) {
  const client = await AuthClient.create({ ...issuer.clientOptions, ...options });
  opened.push(client);
  return client;
}

/** @param {string} code */
const withCode = (code) => (/** @type {unknown} */ error) => isAuthError(error) && error.code === code;

/**
 * What a promise comes to; a call that is never answered is a failure.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
const soon = (promise) => {
  const late = new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error('never answered')), 2_000);
    promise.finally(() => clearTimeout(timer)).catch(() => {});
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, late]));
};

describe('a state that a store has frozen', () => {
  it('is replaced when the token is renewed, and everybody is answered', async () => {
    const client = await openClient();
    const state = Object.freeze(await client.start());
    const before = state.status === 'authenticated' && state.claims;
    await soon(client.getToken({ forceRefresh: true }));
    assert.ok(client.state.status === 'authenticated' && client.state !== state);
    assert.notEqual(client.state.claims, before);
    assert.deepEqual(client.state.claims, (await client.verify(await client.getToken())).claims);
  });
});

describe('a callback path that is no string', () => {
  it('does no harm, however often it is given', () => {
    for (let time = 0; time < 1_000; time += 1) {
      for (const callbackPath of /** @type {any[]} */ ([null, 7, {}, Symbol('path'), { toString: null }])) {
        safeReturnTo('/battle', { origin: 'https://app.example', callbackPath });
      }
    }
    assert.equal(safeReturnTo('/battle', { origin: 'https://app.example' }), '/battle');
    assert.equal(safeReturnTo('/callback', { origin: 'https://app.example' }), null);
  });
});

describe('a clock that the caller gave', () => {
  it('and that stops in the middle leaves nobody without an answer', async () => {
    for (const stopped of [
      () => {
        throw new Error('no time');
      },
      () => NaN,
      () => Infinity,
      () => /** @type {any} */ ('noon'),
      () => /** @type {any} */ (undefined),
    ]) {
      let now = Date.now;
      const client = await openClient({ now: () => now() });
      const first = client.getToken();
      now = stopped;
      const token = await soon(first);
      assert.equal(await soon(client.getToken()), token);
      await assert.rejects(
        client.verify(await issuer.sign({ sub: 'maya', iat: 1, exp: 2 })),
        withCode('token_expired'),
      );
      client.dispose();
      await assert.rejects(client.getToken(), withCode('disposed'));
    }
  });

  it('and that goes backwards takes no token away and gives none that has expired', async () => {
    let time = Date.now();
    const client = await openClient({ now: () => time });
    const token = await client.getToken();
    time -= 3_600e3;
    assert.equal(await client.getToken(), token);
    time += 2 * 3_600e3;
    issuer.answerNext('token', 503);
    await assert.rejects(client.getToken(), withCode('service_unavailable'));
    assert.equal(client.state.status, 'unknown');
  });
});

describe('a request', () => {
  it('whose fetch ends the client is answered all the same', async () => {
    const client = await openClient({
      fetch: () => {
        client.dispose();
        return new Promise(() => {});
      },
    });
    await assert.rejects(soon(client.logout()), withCode('disposed'));
  });

  it('whose fetch gives what is no response fails with a code', async () => {
    const headers = new Headers({ 'content-type': 'application/json' });
    for (const answer of [undefined, null, 5, {}, { headers, status: 404, text: () => null }]) {
      const client = await openClient({ fetch: async () => /** @type {any} */ (answer) });
      await assert.rejects(soon(client.getToken()), isAuthError);
      await assert.rejects(soon(client.logout()), isAuthError);
    }
  });

  it('may take longer than a timer can be set for', async () => {
    const client = await openClient({
      timeout: 2 ** 31,
      fetch: async (input) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return issuer.fetch(input);
      },
    });
    assert.equal(typeof (await client.getToken()), 'string');
  });
});

describe('a login', () => {
  it('whose navigation throws is rejected with that, and may be tried again', async () => {
    let isBroken = true;
    /** @type {string[]} */
    const visited = [];
    const client = await openClient({
      navigate: (address) => {
        if (isBroken) throw new Error('no way');
        visited.push(address);
      },
    });
    await assert.rejects(soon(client.login()), /no way/);
    isBroken = false;
    const second = client.login();
    assert.equal(visited.length, 1);
    client.dispose();
    await assert.rejects(soon(second), withCode('disposed'));
  });

  it('whose navigation ends the client, or begins another login, is answered and navigates once', async () => {
    let count = 0;
    const client = await openClient({
      navigate: () => {
        count += 1;
        client.login().catch(() => {});
        client.dispose();
      },
    });
    await assert.rejects(soon(client.login()), withCode('disposed'));
    assert.equal(count, 1);
  });
});

describe('another user', () => {
  it('who shows in the token for another service takes the profile and the hint away at once', async () => {
    issuer.signIn('maya', { profile: { preferred_username: 'maya' } });
    let isStuck = false;
    const client = await openClient({
      routes: 'oauth2',
      hint: { pick: ({ name }) => name },
      fetch: async (input) =>
        isStuck && /audience=urn%3Abixarena%3Aauth/.test(/** @type {Request} */ (input).url)
          ? new Promise(() => {})
          : issuer.fetch(input),
    });
    await client.getUserInfo();
    assert.deepEqual([client.profile?.name, client.hint], ['maya', 'maya']);
    issuer.signIn('jonas', { profile: { preferred_username: 'jonas' } });
    isStuck = true;
    const token = client.getToken({ audience: 'urn:bixarena:api' });
    await assert.rejects(soon(token), withCode('user_changed'));
    assert.deepEqual([client.profile, client.hint], [null, null]);
    assert.deepEqual(client.state, { status: 'unknown' });
  });
});

describe('a fault while the wasm is at work', () => {
  const { setTimeout } = globalThis;
  afterEach(() => void Object.assign(globalThis, { setTimeout }));

  it('is `internal` for whoever waits, and the next call works', async () => {
    const client = await openClient();
    await client.start();
    /** @type {string[]} */
    const events = [];
    client.subscribe((state, { type }) => events.push(`${type} ${state.status}`));
    // The wasm sets its timer last.
    let count = 0;
    /** @type {any} */ (globalThis).setTimeout = (/** @type {() => void} */ ring, /** @type {number} */ pause) => {
      if (pause < 60_000) return setTimeout(ring, pause);
      count += 1;
      throw new Error('no timers');
    };
    const waiting = client.getToken({ forceRefresh: true });
    await assert.rejects(soon(waiting), withCode('internal'));
    Object.assign(globalThis, { setTimeout });
    assert.equal(count, 1);
    assert.ok(client.state.status === 'unknown' && client.state.error?.code === 'internal');
    assert.deepEqual(events, ['state unknown']);
    assert.equal(client.hasRole('user'), false);
    assert.equal(typeof (await soon(client.getToken())), 'string');
    assert.equal(client.state.status, 'authenticated');
  });
});

describe('a call that ends early', () => {
  /** A client whose second token, or whose key set, never comes. @param {'token' | 'jwks'} what */
  const openStuck = (what) => {
    let tokens = 0;
    return openClient({
      allowedOrigins: ['https://api.example'],
      fetch: async (input, init) => {
        const { url } = new Request(input, init);
        if (url.startsWith('https://api.example')) return new Response(null, { status: 401 });
        if (url.endsWith('/token')) tokens += 1;
        const isStuck = what === 'token' ? tokens > 1 : url.endsWith('/jwks.json');
        return isStuck ? new Promise(() => {}) : issuer.fetch(input, init);
      },
    });
  };

  it('is rejected with the caller’s reason, also between a refusal and the second try', async () => {
    const client = await openStuck('token');
    const controller = new AbortController();
    const answer = client.fetch('https://api.example/battles', { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('changed my mind')), 100);
    await assert.rejects(soon(answer), /changed my mind/);
  });

  it('is `disposed` if the client ends while keys are waited for', async () => {
    const client = await openStuck('jwks');
    const late = client.verify(await issuer.sign('maya'));
    client.dispose();
    await assert.rejects(soon(late), withCode('disposed'));
  });
});

describe('a token of nobody', () => {
  it('is refused, and nothing of it is visible', async () => {
    const { sub, ...claims } = (await (await openClient()).start().then((state) => /** @type {any} */ (state))).claims;
    const access_token = await issuer.sign({ ...claims, sub: /** @type {any} */ (undefined) });
    const client = await openClient();
    issuer.answerNext('token', Response.json({ access_token, token_type: 'Bearer', expires_in: 600 }));
    await assert.rejects(client.getToken(), withCode('claim_missing'));
    assert.ok(sub && client.state.status === 'unknown' && !('claims' in client.state) && !client.hasRole('user'));
  });
});

describe('a program that waits for a token', () => {
  it('lives until it has it, and no longer', () => {
    const source = `
      import { AuthClient } from 'bixarena-auth-client';
      import { createTestIssuer } from 'bixarena-auth-client/testing';
      const issuer = await createTestIssuer();
      issuer.signIn('maya');
      const client = await AuthClient.create(issuer.clientOptions);
      await client.getToken();
      // The second time the key set is looked at after a pause: it was fetched just now.
      for (let times = 0; times < 2; times += 1) {
        await issuer.rotateKeys();
        await client.getToken({ forceRefresh: true });
      }
      console.log('answered');`;
    const options = /** @type {const} */ ({ encoding: 'utf8', timeout: 30_000, cwd: import.meta.dirname });
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], options);
    assert.deepEqual([status, stdout], [0, 'answered\n']);
  });
});
