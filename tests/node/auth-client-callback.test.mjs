// @ts-check
// The callback page where something else goes wrong: a router that brings the address back, a client that ends, a history that refuses.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it, mock } from 'node:test';
import { AuthClient, isAuthError } from 'bixarena-auth-client';
import { createTestIssuer } from 'bixarena-auth-client/testing';
import { UnverifiedClient } from '../../pkg/lib/unverified-client.js';

/** @typedef {import('bixarena-auth-client').AuthClientOptions} Options */

const ORIGIN = 'http://localhost';

/** @type {Awaited<ReturnType<typeof createTestIssuer>>} */
let issuer;
/** @type {AuthClient[]} */
const opened = [];

/** A store as a browser has it. */
class Store extends Map {
  getItem = (/** @type {string} */ key) => this.get(key) ?? null;
  setItem = (/** @type {string} */ key, /** @type {string} */ text) => void this.set(key, text);
  removeItem = (/** @type {string} */ key) => void this.delete(key);
}

const page = {
  location: new URL(ORIGIN),
  history: {
    state: null,
    replaceState: (/** @type {any} */ _s, /** @type {any} */ _t, /** @type {string} */ url) => visit(url),
  },
  sessionStorage: new Store(),
  localStorage: new Store(),
};

/** @param {string} address */
function visit(address) {
  page.location = new URL(address, ORIGIN);
  for (const [name, value] of Object.entries(page)) {
    Object.defineProperty(globalThis, name, { configurable: true, writable: true, value });
  }
}

const place = () => page.location.pathname + page.location.search + page.location.hash;
const { replaceState } = page.history;

beforeEach(async () => {
  page.history.replaceState = replaceState;
  page.sessionStorage.clear();
  page.localStorage.clear();
  issuer = await createTestIssuer();
});
afterEach(() => {
  for (const client of opened.splice(0)) client.dispose();
});
after(() => {
  for (const name of Object.keys(page)) Reflect.deleteProperty(globalThis, name);
});

/** @param {Options} [options] */
async function openClient(options) {
  const client = await AuthClient.create({ ...issuer.clientOptions, ...options });
  opened.push(client);
  return client;
}

/** What stands in for a client where the wasm is blocked. */
async function openUnverified() {
  const client = new UnverifiedClient(issuer.clientOptions);
  opened.push(/** @type {any} */ (client));
  return client;
}

/** The path of an address that the provider sends the browser back to, in this origin. @param {string} [more] */
const callback = (more = '') => `/callback${new URL(issuer.callbackUrl('maya')).search}${more}`;

/** @param {string} code */
const withCode = (code) => (/** @type {unknown} */ error) => isAuthError(error) && error.code === code;

const asked = () => issuer.requests.filter(({ url }) => url.includes('/callback?')).length;

describe('a callback', () => {
  it('that a router brings back is cleaned again, and joins the first', async () => {
    const address = callback('&tab=2#top');
    visit(address);
    const client = await openClient();
    const first = client.handleCallback();
    assert.equal(place(), '/callback?tab=2#top');
    visit(address);
    const second = client.handleCallback();
    assert.equal(place(), '/callback?tab=2#top');
    assert.equal((await second).claims, (await first).claims);
    visit(address);
    await client.handleCallback();
    assert.equal(place(), '/callback?tab=2#top');
    assert.equal(asked(), 1);
  });

  it('leaves the address of another page alone, where a state is something else', async () => {
    visit(callback());
    const client = await openClient();
    await client.handleCallback();
    visit('/map?state=Ohio');
    await client.handleCallback();
    assert.equal(place(), '/map?state=Ohio');
  });

  it('returns to no place of another origin, whoever has stored it', async () => {
    for (const stored of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example/',
      'javascript:alert(1)',
      '/%5cevil',
    ]) {
      visit(callback());
      const client = await openClient();
      page.sessionStorage.setItem('bixarena-auth-client:return-to', stored);
      assert.equal((await client.handleCallback()).returnTo, '/');
      page.sessionStorage.setItem('bixarena-auth-client:return-to', stored);
      assert.equal(client.takeReturnTo(), null);
    }
  });

  it('is known again for ten minutes', async () => {
    visit('/');
    const address = ORIGIN + callback();
    const name = 'bixarena-auth-client:callback';
    await (await openClient()).handleCallback(address);
    const [mark, at] = String(page.localStorage.getItem(name)).split('@');
    for (const [age, count] of [
      [590, 1],
      [610, 2],
    ]) {
      page.localStorage.setItem(name, `${mark}@${Number(at) - age}`);
      assert.equal((await (await openClient()).handleCallback(address)).claims.sub, 'maya');
      assert.equal(asked(), count, `${age} s later`);
    }
  });

  it('goes on where the history refuses to be changed', async () => {
    visit(callback());
    page.history.replaceState = () => {
      throw new DOMException('more than 100 times in 30 seconds', 'SecurityError');
    };
    assert.equal((await (await openClient()).handleCallback()).claims.sub, 'maya');
  });

  it('that a client gets after its end is left to another one', async () => {
    visit('/');
    const address = ORIGIN + callback();
    page.sessionStorage.setItem('bixarena-auth-client:return-to', '/battle');
    const ended = await openClient();
    ended.dispose();
    await assert.rejects(ended.handleCallback(address), withCode('disposed'));
    const { claims, returnTo } = await (await openClient()).handleCallback(address);
    assert.deepEqual([claims.sub, returnTo], ['maya', '/battle']);
  });

  it('of a client that ends before it is sent is left to another one', async () => {
    visit('/');
    const address = ORIGIN + callback();
    const ended = await openClient();
    const late = ended.handleCallback(address);
    ended.dispose();
    await assert.rejects(late, withCode('disposed'));
    assert.equal(asked(), 0);
    assert.equal((await (await openClient()).handleCallback(address)).claims.sub, 'maya');
  });

  it('keeps code and state out of storage, messages and the log', async () => {
    visit(callback());
    const secrets = ['code', 'state'].map((name) => /** @type {string} */ (page.location.searchParams.get(name)));
    /** @type {unknown[]} */
    const told = [];
    const client = await openClient({ logger: (entry) => told.push(entry) });
    client.subscribe((state, event) => told.push({ state, event }));
    issuer.answerNext('callback', 400);
    const error = await client.handleCallback().catch((error) => error);
    assert.equal(error.code, 'callback_rejected');
    const shown = JSON.stringify([
      told,
      { ...error },
      error.message,
      error.stack,
      ...page.localStorage,
      ...page.sessionStorage,
    ]);
    assert.ok(secrets.every((secret) => secret.length > 8 && !shown.includes(secret)));
    assert.match(JSON.stringify([...page.localStorage]), /callback/, 'only a mark of it');
  });

  for (const [query, code] of [
    ['code=a&state=b&state=c', 'callback_invalid'],
    ['code=a&code=b&state=c', 'callback_invalid'],
    ['code=a&error=denied&state=c', 'callback_invalid'],
    ['error=a&error=b&state=c', 'callback_invalid'],
    ['code=&state=c', 'callback_invalid'],
    ['code=a&state=', 'callback_invalid'],
    ['state=c', 'callback_invalid'],
    ['error=denied&state=c', 'login_denied'],
  ]) {
    for (const open of [openClient, openUnverified]) {
      it(`with ${query} is ${code}, is cleaned, and sent nowhere (${open.name})`, async () => {
        visit(`/callback?${query}&tab=2`);
        await assert.rejects((await open()).handleCallback(), withCode(code));
        assert.equal(place(), '/callback?tab=2');
        assert.equal(issuer.requests.length, 0);
      });
    }
  }

  for (const address of [
    'https://evil.example/callback?code=a&state=b',
    'http://',
    'javascript:code=a&state=b',
    'data:,x?code=a&state=b',
  ]) {
    for (const open of [openClient, openUnverified]) {
      it(`at ${address} is none of this page (${open.name})`, async () => {
        visit('/here?code=a&state=b');
        await assert.rejects((await open()).handleCallback(address), withCode('callback_invalid'));
        assert.equal(place(), '/here?code=a&state=b');
        assert.equal(issuer.requests.length, 0);
      });
    }
  }
});

describe('a mint that a callback has overtaken', () => {
  it('is not taken for the later one, even when that is looked at again', async () => {
    visit('/');
    /** @type {((response: Response) => void)[]} */
    const held = [];
    let count = 0;
    const answer = (/** @type {string} */ token) =>
      Response.json({ access_token: token, token_type: 'Bearer', expires_in: 600 });
    const [unknown, stale] = [await issuer.sign('maya', { isPublished: false }), await issuer.sign('jonas')];
    const client = await openClient({
      fetch: async (input) => {
        const request = new Request(input);
        if (!request.url.endsWith('/token')) return issuer.fetch(request);
        count += 1;
        if (count === 1) return new Promise((resolve) => void held.push(resolve));
        // By a key that nobody knows yet: it is looked at once more, a second later.
        if (count === 2) return answer(unknown);
        return issuer.fetch(request);
      },
    });
    const early = client.start();
    const late = client.handleCallback(ORIGIN + callback());
    const isLookedFor = () => count > 1 && issuer.requests.some(({ url }) => url.endsWith('/jwks.json'));
    while (!isLookedFor()) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 200));
    held[0](answer(stale));
    assert.equal((await late).claims.sub, 'maya');
    assert.equal((await early).status, 'authenticated');
    assert.equal(count, 3);
  });
});

describe('a login', () => {
  it('from a page that nobody looks at is not given up before it is seen', async () => {
    visit('/');
    const document = { visibilityState: 'hidden', addEventListener() {}, removeEventListener() {} };
    Object.assign(globalThis, { document });
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const client = await openClient();
      /** @type {string | undefined} */
      let code;
      client.login().catch((error) => (code = error.code));
      await Promise.resolve();
      for (let time = 0; time < 3; time += 1) mock.timers.tick(11_000);
      await new Promise(setImmediate);
      assert.equal(code, undefined);
      document.visibilityState = 'visible';
      mock.timers.tick(11_000);
      await new Promise(setImmediate);
      assert.equal(code, 'login_not_started');
    } finally {
      mock.timers.reset();
      Reflect.deleteProperty(globalThis, 'document');
    }
  });
});

describe('where the wasm is blocked', () => {
  it('a callback goes on though the history refuses to be changed', async () => {
    visit(callback());
    page.history.replaceState = () => {
      throw new DOMException('more than 100 times in 30 seconds', 'SecurityError');
    };
    assert.deepEqual(await (await openUnverified()).handleCallback(), { returnTo: '/', claims: null });
  });

  it('a client that has ended leads nowhere', async () => {
    visit('/');
    const client = await openUnverified();
    client.dispose();
    await assert.rejects(Promise.race([client.login(), Promise.resolve()]), withCode('disposed'));
    assert.deepEqual(issuer.logins, []);
  });
});
