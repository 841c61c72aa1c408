// @ts-check
// A page where WebAssembly is blocked: nothing is verified, and everything else works. Addresses are those of the real client.
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { after, beforeEach, describe, test } from 'node:test';
import { Auth, provideAuth } from 'bixarena-auth-client/angular';
import { createTestIssuer } from 'bixarena-auth-client/testing';
import { AuthClient } from 'bixarena-auth-client';
import { ownPath } from '../../pkg/lib/address.js';
import { UnverifiedClient } from '../../pkg/lib/unverified-client.js';
import { startApplication } from './support/angular.mjs';

/** @typedef {import('bixarena-auth-client').AuthClientOptions} Options */

const ORIGIN = 'http://localhost';
const { WebAssembly } = globalThis;

/** As a content security policy does. */
function forbidWasm() {
  class Module {
    constructor() {
      throw new WebAssembly.CompileError("blocked: 'unsafe-eval' is not an allowed source of script");
    }
  }
  Object.assign(globalThis, { WebAssembly: Object.create(WebAssembly, { Module: { value: Module } }) });
}

const items = new Map();
const page = {
  location: new URL(ORIGIN),
  history: {
    state: null,
    replaceState: (/** @type {any} */ _s, /** @type {any} */ _t, /** @type {string} */ url) => visit(url),
  },
  sessionStorage: {
    getItem: (/** @type {string} */ key) => items.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void items.set(key, value),
    removeItem: (/** @type {string} */ key) => void items.delete(key),
  },
};

/** @param {string} address */
function visit(address) {
  page.location = new URL(address, ORIGIN);
  Object.assign(globalThis, page);
}

beforeEach(() => {
  items.clear();
  visit('/battle?round=2');
  Object.assign(globalThis, { WebAssembly });
});

after(() => {
  for (const name of Object.keys(page)) Reflect.deleteProperty(globalThis, name);
});

/** @param {Partial<Options>} [more] */
async function withoutWasm(more = {}) {
  const isOauth2 = more.routes === 'oauth2';
  const issuer = await createTestIssuer({
    baseUrl: isOauth2 ? ORIGIN : `${ORIGIN}/v1`,
    user: 'maya',
    profile: { name: 'Maya' },
  });
  const { get } = startApplication(provideAuth({ ...issuer.clientOptions, ...more }));
  // Before the client is there, which is not at once.
  forbidWasm();
  const auth = get(Auth);
  const state = /** @type {any} */ (await auth.ready());
  return { issuer, auth, state };
}

const oauth2 = /** @type {const} */ ({ routes: 'oauth2', profile: 'eager' });

describe('where WebAssembly is blocked', () => {
  test('the state says why nothing is known', async () => {
    const { state, auth } = await withoutWasm();
    assert.deepEqual([state.status, state.error.code], ['unknown', 'wasm_blocked']);
    assert.deepEqual([auth.user(), auth.isAuthenticated(), auth.hasRole('user')], [null, false, false]);
    await assert.rejects(auth.getToken(), { code: 'wasm_blocked' });
  });

  test('the profile is there, though nobody is said to be signed in', async () => {
    const { auth } = await withoutWasm(oauth2);
    assert.equal(auth.profile()?.name, 'Maya');
    assert.equal(auth.user(), null);
  });

  test('the sign-out works', async () => {
    const { auth, issuer } = await withoutWasm(oauth2);
    await auth.logout();
    assert.equal(auth.profile(), null);
    await assert.rejects(auth.getUserInfo(), { code: 'login_required' });
    assert.equal(
      issuer.requests.filter(({ url, method }) => method === 'POST' && url.endsWith('/auth/logout')).length,
      1,
    );
  });

  test('a sign-out that the service does not hear of is none', async () => {
    const { auth, issuer } = await withoutWasm(oauth2);
    issuer.answerNext('logout', 503);
    await assert.rejects(auth.logout(), { code: 'service_unavailable' });
    assert.equal(auth.profile()?.name, 'Maya');
  });

  test('the sign-in is completed on the callback page', async () => {
    const issuer = await createTestIssuer({ baseUrl: ORIGIN, profile: { name: 'Maya' } });
    items.set('bixarena-auth-client:return-to', '/battle');
    visit(issuer.callbackUrl('maya').replace(/^https?:\/\/[^/]+/, ''));
    const { get } = startApplication(provideAuth({ ...issuer.clientOptions, routes: 'oauth2', profile: 'eager' }));
    forbidWasm();
    const auth = get(Auth);
    assert.deepEqual(await auth.handleCallback(), { returnTo: '/battle', claims: null });
    assert.equal(page.location.search, '', 'code and state have left the address');
    await auth.ready();
    assert.equal(auth.profile()?.sub, 'maya');
    assert.equal(issuer.requests.filter(({ url }) => url.includes('/auth/callback')).length, 1);
  });

  for (const [query, code] of [
    ['error=access_denied&error_description=no', 'login_denied'],
    ['code=1', 'callback_invalid'],
    ['code=1&state=wrong', 'callback_rejected'],
  ]) {
    test(`a callback with ${query} is ${code}`, async () => {
      visit(`/callback?${query}`);
      const { auth } = await withoutWasm(oauth2);
      assert.equal(auth.callbackError()?.code, code);
      assert.equal(page.location.search, '');
    });
  }

  test('an answer that is not in the contract completes nothing', async () => {
    visit('/callback?code=1&state=2');
    const issuer = await createTestIssuer({ baseUrl: ORIGIN });
    issuer.answerNext('callback', Response.json({ status: 'error:exception' }));
    const { get } = startApplication(provideAuth({ ...issuer.clientOptions, routes: 'oauth2' }));
    forbidWasm();
    await assert.rejects(get(Auth).handleCallback(), { code: 'response_invalid' });
  });

  // The last one: from here on the wasm is loaded.
  test('it recovers', async () => {
    const { auth } = await withoutWasm();
    Object.assign(globalThis, { WebAssembly });
    assert.equal((await auth.start()).status, 'authenticated');
  });
});

describe('the way to the sign-in is that of the real client', () => {
  for (const options of /** @type {Options[]} */ ([
    {},
    { baseUrl: 'https://auth.example/v1/' },
    { routes: 'oauth2' },
    { routes: 'oauth2', baseUrl: new URL('https://auth.example') },
    { routes: { start: '/begin' } },
  ])) {
    for (const returnTo of [undefined, '/vote?id=1#top', '//evil.example', '/callback?code=1']) {
      test(`${JSON.stringify(options)}, returnTo ${returnTo}`, async () => {
        const visited = /** @type {string[][]} */ ([]);
        const went = /** @type {string[]} */ ([]);
        for (const make of [
          (/** @type {Options} */ o) => new AuthClient(o),
          (/** @type {Options} */ o) => new UnverifiedClient(o),
        ]) {
          items.clear();
          const client = make({ ...options, navigate: (url) => void went.push(url) });
          client.login({ returnTo }).catch(() => {});
          await new Promise((resolve) => setImmediate(resolve));
          visited.push([/** @type {string} */ (went.pop()), items.get('bixarena-auth-client:return-to')]);
          client.dispose();
        }
        assert.deepEqual(visited[1], visited[0]);
      });
    }
  }
});

test('where to return to is judged as by safeReturnTo', async () => {
  const { safeReturnTo } = await import('bixarena-auth-client');
  for (const value of [
    ...['/battle', '/', '/battle?id=1#top', `${ORIGIN}/battle`, '/a/../b', '/%20', '/a//b', '/callback', '/callback/x'],
    ...['', 'battle', '//evil', '/\\evil', '\\\\evil', '/%5cevil', '/%2Fevil', '/%2fevil', '/.//evil', '/./%5cevil'],
    ...[
      'https://evil.example/',
      `${ORIGIN}.evil.example/`,
      `${ORIGIN}@evil.example`,
      'javascript:alert(1)',
      '/a\tb',
      '/\u0085',
    ],
    ...['/a%0d%0ab', '/%EF%BC%8Fevil', '/\uff0fevil', '/%ef%b9%a8evil', `/${'a'.repeat(499)}`, `/${'a'.repeat(500)}`],
    ...['/%7f', '/?a=%0d', '/?\\', '/#%00', null, undefined, 7, {}],
  ]) {
    const expected = safeReturnTo(value, { origin: ORIGIN });
    assert.equal(ownPath(value, '/callback'), expected, JSON.stringify(value));
  }
});
