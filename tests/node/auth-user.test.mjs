// @ts-check
// What a UI needs around the session: who the user is, and what may be shown before that is known.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AuthClient, isAuthError } from 'bixarena-auth-client';
import { retryAfter } from '../../pkg/lib/retry-after.js';
import { startStack } from '../../www/server/stack.mjs';

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {AuthClient[]} */
const clients = [];

before(async () => {
  stack = await startStack({ app: null, worker: null, control: true });
});

beforeEach(async () => {
  await stack.control.clearFaults();
  await stack.control.goOnline('service');
  await stack.control.resetCounts();
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'localStorage');
});

after(async () => {
  for (const client of clients) client.dispose();
  await stack.close();
});

/**
 * A client on the newer routes whose requests carry a session of this account.
 * @param {string | null} username
 * @param {import('bixarena-auth-client').AuthClientOptions} [options]
 */
async function clientOf(username, options) {
  const session = { cookie: '' };
  /** @param {string | null} name */
  const become = async (name) => {
    session.cookie = name === null ? '' : (await stack.control.createSession(name)).cookie;
  };
  await become(username);
  /** @type {Request[]} */
  const requests = [];
  /** @type {typeof fetch} */
  const send = (input, init) => {
    const request = new Request(input, init);
    requests.push(request);
    request.headers.set('cookie', session.cookie);
    return fetch(request);
  };
  const client = await AuthClient.create({ baseUrl: stack.baseUrl.oauth2, routes: 'oauth2', fetch: send, ...options });
  clients.push(client);
  return { client, become, requests, send };
}

/** @param {string} code @param {object} [fields] */
const withCode = (code, fields) => (/** @type {any} */ error) => {
  assert.ok(isAuthError(error), String(error));
  assert.deepEqual({ code: error.code, ...pick(error, fields) }, { code, ...fields });
  return true;
};

/** @param {any} error @param {object} [fields] */
const pick = (error, fields = {}) => Object.fromEntries(Object.keys(fields).map((name) => [name, error[name]]));

/** @param {() => boolean} holds */
async function until(holds) {
  for (let step = 0; !holds(); step += 1) {
    assert.ok(step < 1_000, `never: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The account of the stack. @param {string} username */
const account = (username) => {
  const found = stack.accounts.find((one) => one.username === username);
  assert.ok(found);
  return found;
};

/** A store as a browser has it. @param {Record<string, string>} [content] */
function installStorage(content = {}) {
  const items = new Map(Object.entries(content));
  const localStorage = {
    getItem: (/** @type {string} */ key) => items.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ text) => void items.set(key, text),
    removeItem: (/** @type {string} */ key) => void items.delete(key),
  };
  Object.defineProperty(globalThis, 'localStorage', { configurable: true, value: localStorage });
  return items;
}

const FLAG = 'bixarena-auth-client:was-authenticated';
const HINT = 'bixarena-auth-client:hint';

describe('getUserInfo', () => {
  it('says who the user is, with a name and a picture', async () => {
    const { client, requests } = await clientOf('maya');
    const info = await client.getUserInfo();
    const { sub, email } = account('maya');
    const avatar = `${stack.providerUrl}/avatars/maya.svg`;
    assert.deepEqual(info, {
      sub,
      name: 'maya',
      avatar,
      preferred_username: 'maya',
      email,
      email_verified: true,
      roles: ['user'],
      avatar_url: avatar,
    });
    assert.equal(client.state.status === 'authenticated' && client.state.claims.sub, sub);
    assert.equal(client.profile, info);
    const request = requests.find(({ url }) => url.endsWith('/userinfo'));
    assert.deepEqual([request?.credentials, request?.redirect], ['include', 'manual']);
    assert.equal(request?.headers.get('authorization'), null, 'the session cookie is the credential');
  });

  it('makes one request for all who ask at once, and another later', async () => {
    const { client } = await clientOf('maya');
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.getUserInfo()));
    assert.equal(new Set(answers).size, 1);
    const counts = await stack.control.counts();
    assert.deepEqual([counts.token, counts.userinfo], [1, 1]);
    await client.getUserInfo();
    assert.equal((await stack.control.counts()).userinfo, 2);
  });

  it('is a TypeError on the v1 routes', async () => {
    const client = new AuthClient({ baseUrl: stack.baseUrl.v1 });
    clients.push(client);
    await assert.rejects(client.getUserInfo(), /^TypeError: AuthClient: getUserInfo\(\): expected the routes 'oauth2'/);
    assert.equal(client.profile, null);
  });

  it('without a session is login_required, and asks no further', async () => {
    const { client } = await clientOf(null);
    await assert.rejects(client.getUserInfo(), withCode('login_required'));
    assert.equal((await stack.control.counts()).userinfo ?? 0, 0);
  });

  for (const [title, fault, code, fields] of /** @type {[string, any, string, object][]} */ ([
    [
      'of somebody else',
      { kind: 'json', set: { sub: 'c2b8d4f0-7e65-4b8a-8f13-2d9e0a4c6e58' } },
      'response_invalid',
      {},
    ],
    ['of nobody', { kind: 'json', set: { sub: null } }, 'response_invalid', { status: 200 }],
    ['that is HTML', { kind: 'html' }, 'response_invalid', { status: 200 }],
    ['that is half', { kind: 'truncated' }, 'response_invalid', {}],
    ['of another type', { kind: 'content-type' }, 'response_invalid', {}],
    ['of 10 MB', { kind: 'huge' }, 'response_invalid', {}],
    ['that is an array', { kind: 'respond', status: 200, body: [] }, 'response_invalid', {}],
    ['that redirects', { kind: 'redirect', location: 'http://127.0.0.1:1/' }, 'response_invalid', { status: 302 }],
    ['that is cut', { kind: 'reset' }, 'network_error', { status: undefined }],
    [
      'of a limiter',
      { kind: 'respond', status: 429, headers: { 'retry-after': '7' } },
      'rate_limited',
      { retryAfter: 7 },
    ],
    [
      'with the wait in the body',
      { kind: 'respond', status: 429, body: { retryAfterSeconds: 3 } },
      'rate_limited',
      { retryAfter: 3, status: 429 },
    ],
    [
      'with a problem',
      {
        kind: 'respond',
        status: 503,
        contentType: 'application/problem+json',
        body: { title: 'a\u001b[0m', status: 503, x: 1 },
      },
      'service_unavailable',
      { status: 503, problem: { title: 'a\\u{1b}[0m', status: 503 } },
    ],
    ['of 404', { kind: 'respond', status: 404 }, 'response_invalid', { status: 404 }],
  ])) {
    it(`rejects an answer ${title}: ${code}`, async () => {
      const { client } = await clientOf('maya');
      await stack.control.addFault({ operation: 'userinfo', ...fault });
      await assert.rejects(client.getUserInfo(), withCode(code, fields));
      assert.equal(client.profile, null);
      assert.equal(client.state.status, 'authenticated');
      assert.equal((await client.getUserInfo()).name, 'maya', 'the next call asks anew');
    });
  }

  it('that takes too long is a timeout, also where fetch does not heed the signal', async () => {
    const { client, send } = await clientOf('maya', { timeout: 100 });
    await stack.control.addFault({ operation: 'userinfo', kind: 'hang' });
    await assert.rejects(client.getUserInfo(), withCode('timeout'));
    await stack.control.release();
    /** @type {typeof fetch} */
    const deaf = (input, init) =>
      /userinfo$/.test(new Request(input).url) ? new Promise(() => {}) : send(input, init);
    const other = await clientOf('maya', { timeout: 100, fetch: deaf });
    await assert.rejects(other.client.getUserInfo(), withCode('timeout'));
  });

  it('that is too long is not looked at', async () => {
    const body = JSON.stringify({ sub: account('maya').sub, padding: 'x'.repeat(300_000) });
    const { send } = await clientOf('maya');
    const long = async (/** @type {any} */ request) =>
      /userinfo$/.test(request.url)
        ? new Response(body, { headers: { 'content-type': 'application/json' } })
        : send(request);
    const { client } = await clientOf('maya', { fetch: long });
    await assert.rejects(client.getUserInfo(), withCode('response_invalid', { status: 200 }));
  });

  it('of a session that is over signs out', async () => {
    const { client, become } = await clientOf('maya');
    await client.getUserInfo();
    await become(null);
    await assert.rejects(client.getUserInfo(), withCode('login_required'));
    assert.deepEqual([client.state.status, client.profile], ['anonymous', null]);
  });

  it('of a 401 that the token route does not confirm leaves the state', async () => {
    const { client } = await clientOf('maya');
    await stack.control.addFault({ operation: 'userinfo', kind: 'respond', status: 401 });
    await assert.rejects(client.getUserInfo(), withCode('login_required', { status: 401 }));
    assert.equal(client.state.status, 'authenticated');
  });

  for (const [title, end, code] of /** @type {[string, (client: AuthClient) => unknown, string][]} */ ([
    ['a logout', (client) => client.logout(), 'signed_out'],
    ['dispose()', (client) => client.dispose(), 'disposed'],
  ])) {
    it(`that comes after ${title} is dropped`, async () => {
      const { client, requests } = await clientOf('maya');
      await client.start();
      await stack.control.addFault({ operation: 'userinfo', kind: 'hold' });
      const late = assert.rejects(client.getUserInfo(), withCode(code));
      await until(() => requests.some(({ url }) => url.endsWith('/userinfo')));
      await end(client);
      await late;
      await stack.control.release();
      assert.equal(client.profile, null);
    });
  }

  it('of the user before is dropped', async () => {
    const { client, become, requests } = await clientOf('maya');
    await client.start();
    await stack.control.addFault({ operation: 'userinfo', kind: 'hold' });
    const late = assert.rejects(client.getUserInfo(), withCode('user_changed'));
    await until(() => requests.some(({ url }) => url.endsWith('/userinfo')));
    await become('jonas');
    await client.getToken({ forceRefresh: true }).catch(() => {});
    await late;
    await stack.control.release();
    assert.equal((await client.getUserInfo()).sub, account('jonas').sub);
  });

  it('gives no address as a picture that is none of the web, and no name that is no text', async () => {
    const { client } = await clientOf('maya');
    const set = { avatar_url: 'javascript:alert(1)', name: 7 };
    await stack.control.addFault({ operation: 'userinfo', kind: 'json', set });
    const info = await client.getUserInfo();
    assert.deepEqual([info.avatar, info.name], [undefined, 'maya']);
  });

  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    for (const [value, seconds] of [
      ['7', 7],
      [' 7 ', 7],
      [3, 3],
      ['Thu, 01 Jan 2026 00:00:05 GMT', 5],
      ['Thu, 01 Jan 2020 00:00:00 GMT', 0],
      ['99999999', 86_400],
      ['soon', undefined],
      [1.5, 1.5],
      ['-5', undefined],
      [-1, undefined],
      ['1e3', undefined],
      [undefined, undefined],
      [null, undefined],
    ]) {
      assert.equal(retryAfter(value, now, 86_400), seconds, String(value));
    }
  });
});

describe('the profile', () => {
  it('is asked for by itself if that is wanted, and every listener learns of it', async () => {
    const { client } = await clientOf('maya', { profile: 'eager' });
    /** @type {unknown[]} */
    const seen = [];
    client.subscribe((_, { type }) => void seen.push([type, client.profile?.name]));
    assert.equal(client.profile, null);
    await client.start();
    await until(() => client.profile !== null);
    assert.deepEqual(seen, [
      ['state', undefined],
      ['signed_in', undefined],
      ['profile', 'maya'],
    ]);
    assert.equal((await stack.control.counts()).userinfo, 1);
    await client.getToken({ forceRefresh: true });
    assert.equal((await stack.control.counts()).userinfo, 1);
  });

  it('is not asked for otherwise', async () => {
    const { client } = await clientOf('maya', { profile: 'manual' });
    await client.start();
    assert.equal(client.profile, null);
    assert.equal((await stack.control.counts()).userinfo ?? 0, 0);
  });

  it('goes with its user', async () => {
    const { client, become } = await clientOf('maya', { profile: 'eager' });
    await client.start();
    await until(() => client.profile?.name === 'maya');
    /** @type {unknown[]} */
    const seen = [];
    client.subscribe((state) => {
      if (state.status === 'authenticated') seen.push([state.claims.sub, client.profile?.sub ?? null]);
    });
    await become('jonas');
    await client.getToken({ forceRefresh: true }).catch(() => {});
    await until(() => client.profile?.name === 'jonas');
    const { sub } = account('jonas');
    for (const pair of seen) assert.ok(String(pair) === `${sub},` || String(pair) === `${sub},${sub}`, String(pair));
    assert.deepEqual(seen.at(-1), [sub, sub]);
    await client.logout();
    assert.equal(client.profile, null);
  });

  it('that cannot be had is told to the logger, and asked for again with the next token', async () => {
    /** @type {import('bixarena-auth-client').LogEntry[]} */
    const entries = [];
    const logger = (/** @type {any} */ entry) => void (entry.level === 'warn' && entries.push(entry));
    const { client } = await clientOf('maya', { profile: 'eager', logger });
    await stack.control.addFault({ operation: 'userinfo', kind: 'respond', status: 503 });
    await client.start();
    await until(() => entries.length > 0);
    assert.equal(/** @type {any} */ (entries[0].error).code, 'service_unavailable');
    assert.equal(client.profile, null);
    await client.getToken({ forceRefresh: true });
    await until(() => client.profile !== null);
  });

  it('reaches the other listeners if one throws', async () => {
    /** @type {unknown[]} */
    const told = [];
    const { client } = await clientOf('maya', { logger: ({ error }) => void (error && told.push(error)) });
    const fault = new Error('a listener');
    let isTold = false;
    client.subscribe((_, { type }) => {
      if (type === 'profile') throw fault;
    });
    const stop = client.subscribe(() => assert.fail('it was unsubscribed'));
    stop();
    client.subscribe((_, { type }) => void (isTold ||= type === 'profile'));
    await client.getUserInfo();
    assert.deepEqual([isTold, told], [true, [fault]]);
  });
});

describe('what is remembered', () => {
  it('is that somebody was signed in, until the service says otherwise', async () => {
    const items = installStorage();
    const { client, become } = await clientOf('maya');
    assert.equal(client.wasAuthenticated, false);
    await client.start();
    assert.deepEqual([client.wasAuthenticated, items.get(FLAG)], [true, 'true']);

    const later = await clientOf('maya');
    assert.equal(later.client.wasAuthenticated, true);
    await stack.control.addFault({ operation: 'token', kind: 'respond', status: 503 });
    await later.client.start();
    assert.deepEqual([later.client.wasAuthenticated, items.has(FLAG)], [true, true]);

    await become(null);
    await assert.rejects(client.getToken({ forceRefresh: true }), withCode('login_required'));
    assert.deepEqual([client.wasAuthenticated, [...items.keys()]], [false, []]);
  });

  it('is what the application picked, across pages, and no more', async () => {
    const items = installStorage();
    const hint = { pick: (/** @type {any} */ { name }) => ({ name }) };
    const { client } = await clientOf('maya', { profile: 'eager', hint });
    assert.equal(client.hint, null);
    await client.start();
    await until(() => client.hint !== null);
    assert.deepEqual(client.hint, { name: 'maya' });
    assert.deepEqual(
      [...items],
      [
        [FLAG, 'true'],
        [HINT, '{"name":"maya"}'],
      ],
    );

    const later = await clientOf('maya', { hint });
    assert.deepEqual(later.client.hint, { name: 'maya' }, 'before anything was asked');
    await stack.control.addFault({ operation: 'token', kind: 'respond', status: 503 });
    await later.client.start();
    assert.deepEqual(later.client.hint, { name: 'maya' });
    await later.client.logout();
    assert.deepEqual([later.client.hint, [...items.keys()]], [null, []]);
  });

  it('is given only to whom opted in', async () => {
    const items = installStorage({ [HINT]: '{"name":"maya"}' });
    const { client } = await clientOf('maya');
    await client.getUserInfo();
    assert.equal(client.hint, null);
    assert.equal(items.get(HINT), '{"name":"maya"}');
    await client.logout();
    assert.equal(items.has(HINT), false, 'whoever learns that the session is over');
  });

  it('of one user is not kept for another', async () => {
    const items = installStorage();
    const hint = { pick: (/** @type {any} */ { name }) => name };
    const { client, become } = await clientOf('maya', { hint });
    await client.getUserInfo();
    assert.equal(client.hint, 'maya');
    await become('jonas');
    await client.getToken({ forceRefresh: true }).catch(() => {});
    assert.deepEqual([client.hint, items.has(HINT)], [null, false]);
  });

  for (const [title, prepare] of /** @type {[string, () => void][]} */ ([
    ['spoilt', () => installStorage({ [FLAG]: 'tr', [HINT]: '{' })],
    [
      'blocked',
      () =>
        Object.defineProperty(globalThis, 'localStorage', {
          configurable: true,
          get: () => {
            throw new DOMException('denied', 'SecurityError');
          },
        }),
    ],
    [
      'full',
      () => {
        installStorage();
        /** @type {any} */ (globalThis).localStorage.setItem = () => {
          throw new DOMException('full', 'QuotaExceededError');
        };
      },
    ],
  ])) {
    it(`is nothing where storage is ${title}, and all else works`, async () => {
      prepare();
      const { client } = await clientOf('maya', { profile: 'eager', hint: { pick: ({ name }) => name } });
      assert.deepEqual([client.wasAuthenticated, client.hint], [false, null]);
      await client.start();
      await until(() => client.profile !== null);
      assert.deepEqual([client.wasAuthenticated, client.hint], [true, 'maya']);
      await client.logout();
      assert.deepEqual([client.wasAuthenticated, client.hint], [false, null]);
    });
  }

  it('is nothing if the application fails to pick, and the profile is there all the same', async () => {
    /** @type {string[]} */
    const told = [];
    const pick = () => {
      throw new Error('no such member');
    };
    /** @type {(entry: import('bixarena-auth-client').LogEntry) => void} */
    const logger = ({ level, message }) => void (level === 'warn' && told.push(message));
    const { client } = await clientOf('maya', { hint: { pick }, logger });
    assert.equal((await client.getUserInfo()).name, 'maya');
    assert.deepEqual([client.hint, told], [null, ['hint.pick threw']]);
  });
});

describe('an option', () => {
  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [{ routes: 'oauth2', profile: true }, /^AuthClient: profile: expected 'manual' or 'eager', found a boolean$/],
    [{ profile: 'eager' }, /^AuthClient: profile: expected 'manual'; 'eager' on the routes 'oauth2' only/],
    [{ routes: 'oauth2', hint: () => 1 }, /^AuthClient: hint: expected an object with the function pick/],
    [{ routes: 'oauth2', hint: {} }, /^AuthClient: hint: /],
    [{ routes: 'oauth2', hint: { pick: () => 1, keep: 2 } }, /^AuthClient: hint: /],
    [{ hint: { pick: () => 1 } }, /^AuthClient: hint: .* on the routes 'oauth2' only/],
    [{ issuer: null }, /^AuthClient: issuer: expected a string, or an array of strings, found null$/],
    [{ audience: null }, /^AuthClient: audience: expected a string, or an array of strings, found null$/],
  ])) {
    it(`that cannot be meant is named: ${Object.keys(options).at(-1)} ${message}`, () => {
      assert.throws(() => new AuthClient(options), { name: 'TypeError', message });
    });
  }
});

describe('getToken for an audience', () => {
  it('is a TypeError on the v1 routes, and for what is no name', async () => {
    const v1 = new AuthClient({ baseUrl: stack.baseUrl.v1 });
    const oauth2 = new AuthClient({ baseUrl: stack.baseUrl.oauth2, routes: 'oauth2' });
    clients.push(v1, oauth2);
    await assert.rejects(v1.getToken({ audience: 'urn:a' }), /^TypeError: AuthClient: getToken: audience: /);
    await assert.rejects(oauth2.getToken({ audience: '' }), /^TypeError: AuthClient: getToken: audience: /);
    await assert.rejects(oauth2.getToken(/** @type {any} */ ({ audience: ['urn:a'] })), TypeError);
    assert.equal((await stack.control.counts()).token ?? 0, 0);
  });

  it('gives a token that is for it, beside that of the client', async () => {
    const { client } = await clientOf('maya');
    const [own, other] = await Promise.all([client.getToken(), client.getToken({ audience: 'urn:bixarena:api' })]);
    const audienceOf = (/** @type {string} */ token) => JSON.parse(atob(token.split('.')[1])).aud;
    assert.deepEqual([audienceOf(own), audienceOf(other)], ['urn:bixarena:auth', 'urn:bixarena:api']);
    assert.equal(await client.getToken({ audience: 'urn:bixarena:api' }), other);
    assert.equal((await stack.control.counts()).token, 2);
  });
});
