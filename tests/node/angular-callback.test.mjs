// @ts-check
// The callback page with the real client: where the page is, is said by the test.
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Auth, provideAuth } from 'bixarena-auth-client/angular';
import { createTestIssuer } from 'bixarena-auth-client/testing';
import { startApplication } from './support/angular.mjs';

const ORIGIN = 'http://localhost';

/** @param {string | URL} address */
function visit(address) {
  const history = {
    state: null,
    replaceState: (/** @type {unknown} */ _state, /** @type {string} */ _title, /** @type {string} */ url) =>
      visit(url),
  };
  Object.assign(globalThis, { history, location: new URL(address, ORIGIN) });
}

afterEach(() => {
  for (const name of ['history', 'location']) Reflect.deleteProperty(globalThis, name);
});

test('the callback comes before the question who is signed in', { timeout: 10_000 }, async () => {
  const issuer = await createTestIssuer({ baseUrl: `${ORIGIN}/v1` });
  visit(issuer.callbackUrl('maya'));
  const { get } = startApplication(provideAuth(issuer.clientOptions));
  const seen = new Set();
  const auth = get(Auth);
  const look = setInterval(() => seen.add(auth.state().status), 1);
  assert.equal((await auth.ready()).status, 'authenticated');
  clearInterval(look);
  assert.ok(!seen.has('anonymous'), 'nobody is told to sign in who is just doing so');
  assert.equal(globalThis.location.search, '');
  const paths = issuer.requests.map(({ url }) => new URL(url).pathname);
  assert.ok(paths.indexOf('/v1/auth/oidc/callback') < paths.indexOf('/v1/token'), String(paths));
  assert.equal(paths.filter((path) => path.endsWith('/callback')).length, 1);
});

test('a sign-in that was cancelled says nothing about the session that there was', { timeout: 10_000 }, async () => {
  const issuer = await createTestIssuer({ baseUrl: `${ORIGIN}/v1`, user: 'maya' });
  visit('/callback?error=access_denied&state=1');
  const { get } = startApplication(provideAuth(issuer.clientOptions));
  assert.equal((await get(Auth).ready()).status, 'authenticated');
  assert.equal(get(Auth).callbackError()?.code, 'login_denied');
});

test('a page with parameters of its own is no callback', { timeout: 10_000 }, async () => {
  const issuer = await createTestIssuer({ baseUrl: `${ORIGIN}/v1` });
  visit('/battle?code=7');
  const { get } = startApplication(provideAuth(issuer.clientOptions));
  assert.equal((await get(Auth).ready()).status, 'anonymous');
  assert.equal(globalThis.location.search, '?code=7');
  assert.equal(get(Auth).callbackError(), null);
});
