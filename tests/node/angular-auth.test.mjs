// @ts-check
// provideAuth with the real client, against an issuer in memory.
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { ApplicationInitStatus, InjectionToken, effect, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Auth, injectAuth, provideAuth, provideAuthTesting } from 'bixarena-auth-client/angular';
import { createTestAuthClient, createTestIssuer } from 'bixarena-auth-client/testing';
import { startApplication } from './support/angular.mjs';

/** @typedef {import('bixarena-auth-client').AuthClientOptions} Options */

/** @type {Awaited<ReturnType<typeof createTestIssuer>>} */
let issuer;

beforeEach(async () => {
  issuer = await createTestIssuer({ user: 'maya', roles: ['user', 'Admin'], profile: { name: 'Maya' } });
});

const CONFIGURATION = new InjectionToken('configuration', { factory: () => issuer.clientOptions });

describe('provideAuth', () => {
  for (const [title, configure] of /** @type {[string, () => any][]} */ ([
    ['options', () => issuer.clientOptions],
    ['a function, in the injection context', () => () => inject(CONFIGURATION)],
    ['a function that gives them later', () => async () => inject(CONFIGURATION)],
  ])) {
    test(`takes ${title}`, async () => {
      const { get, errors } = startApplication(provideAuth(configure()));
      const auth = get(Auth);
      assert.deepEqual([auth.state().status, auth.user(), auth.isAuthenticated()], ['unknown', null, false]);
      const state = await auth.ready();
      assert.equal(state, auth.state());
      assert.equal(auth.user()?.sub, 'maya');
      assert.equal(auth.isAuthenticated(), true);
      assert.deepEqual([auth.hasRole('admin'), auth.hasRole('owner')], [true, false]);
      assert.deepEqual(errors, []);
    });
  }

  test('begins by itself, and the application waits for nothing', async () => {
    const configured = deferred();
    let count = 0;
    const configure = () => {
      count += 1;
      return /** @type {any} */ (configured.promise);
    };
    const { get } = startApplication(provideAuth(configure));
    await get(ApplicationInitStatus).donePromise;
    assert.equal(count, 1);
    assert.equal(get(Auth).state().status, 'unknown');
    configured.resolve(issuer.clientOptions);
    await get(Auth).ready();
    assert.equal(get(Auth).isAuthenticated(), true);
    const tokens = issuer.requests.filter(({ url }) => url.endsWith('/token'));
    assert.equal(tokens.length, 1);
  });

  test('keeps the signals up to date', async () => {
    const options = { ...issuer.clientOptions, baseUrl: 'http://localhost', routes: 'oauth2', profile: 'eager' };
    const oauth2 = await createTestIssuer({ baseUrl: 'http://localhost', user: 'maya', profile: { name: 'Maya' } });
    const { get } = startApplication(
      provideAuth(/** @type {Options} */ ({ ...options, fetch: oauth2.fetch, hint: { pick: ({ name }) => name } })),
    );
    const auth = get(Auth);
    const seen = /** @type {unknown[]} */ ([]);
    TestBed.runInInjectionContext(() => effect(() => void seen.push([auth.user()?.sub, auth.profile()?.name])));
    await auth.ready();
    await until(() => auth.profile() !== null);
    TestBed.tick();
    assert.equal(auth.hint(), 'Maya');
    await auth.logout();
    TestBed.tick();
    assert.deepEqual([auth.state().status, auth.profile(), auth.hint()], ['anonymous', null, null]);
    oauth2.signIn('jonas', { profile: { name: 'Jonas' } });
    await auth.start();
    await until(() => auth.profile() !== null);
    TestBed.tick();
    assert.deepEqual(seen.at(-1), ['jonas', 'Jonas']);
    assert.ok(seen.some((one) => JSON.stringify(one) === '["maya","Maya"]'));
  });

  test('passes calls on, also those that come early', async () => {
    const { get } = startApplication(provideAuth(issuer.clientOptions));
    const auth = get(Auth);
    const token = await auth.getToken();
    const { claims } = await (await auth.client()).verify(token);
    assert.equal(claims.sub, 'maya');
    auth.login({ returnTo: '/battle' }).catch(() => {});
    await until(() => issuer.logins.length === 1);
    await assert.rejects(auth.getUserInfo(), TypeError);
    assert.equal(typeof auth.fetch, 'function');
  });

  test('says why nothing is known, and tries again when asked', async () => {
    const unavailable = new Error('the configuration is out of order');
    let isBroken = true;
    const configure = async () => {
      if (isBroken) throw unavailable;
      return inject(CONFIGURATION);
    };
    const { get, errors } = startApplication(provideAuth(configure));
    await get(ApplicationInitStatus).donePromise;
    const auth = get(Auth);
    const { status, error } = /** @type {any} */ (await auth.ready());
    assert.deepEqual([status, error.code, error.cause], ['unknown', 'not_initialized', unavailable]);
    assert.deepEqual(errors, [unavailable]);
    await assert.rejects(auth.login(), { code: 'not_initialized' });
    isBroken = false;
    assert.equal((await auth.start()).status, 'authenticated');
  });

  test('tells a wrong option, and starts the application all the same', async () => {
    const { get, errors } = startApplication(provideAuth(/** @type {any} */ ({ baseURL: 'http://localhost/v1' })));
    const state = /** @type {any} */ (await get(Auth).ready());
    assert.match(String(errors[0]), /TypeError: AuthClient: baseURL: expected a known option/);
    assert.equal(state.error.cause, errors[0]);
  });

  test('an unreachable service is no sign-out', async () => {
    issuer.answerNext('token', 503);
    const { get } = startApplication(provideAuth(issuer.clientOptions));
    const state = /** @type {any} */ (await get(Auth).ready());
    assert.deepEqual([state.status, state.error.code], ['unknown', 'service_unavailable']);
  });

  test('ends its client with the application', async () => {
    const { get } = startApplication(provideAuth(issuer.clientOptions));
    const client = await get(Auth).client();
    TestBed.resetTestingModule();
    await assert.rejects(client.getToken(), { code: 'disposed' });
  });

  test('ends a client that comes after the end of the application', async () => {
    const configured = deferred();
    const { get } = startApplication(provideAuth(() => /** @type {any} */ (configured.promise)));
    const client = get(Auth).client();
    TestBed.resetTestingModule();
    configured.resolve(issuer.clientOptions);
    await assert.rejects((await client).getToken(), { code: 'disposed' });
  });

  test('is missed in words that help', () => {
    const { get } = startApplication([]);
    assert.throws(() => get(Auth), /add provideAuth\(\) to the providers/);
  });
});

describe('provideAuthTesting', () => {
  test('is there at once', () => {
    const { get } = startApplication(provideAuthTesting({ user: 'maya', roles: ['admin'], profile: { name: 'Maya' } }));
    const auth = get(Auth);
    assert.deepEqual([auth.user()?.sub, auth.hasRole('ADMIN')], ['maya', true]);
    assert.equal(TestBed.runInInjectionContext(injectAuth), auth);
  });

  test('follows a client that the test controls', () => {
    const client = createTestAuthClient();
    const { get } = startApplication(provideAuthTesting(client));
    const auth = get(Auth);
    assert.equal(auth.state().status, 'anonymous');
    client.signIn('jonas', { roles: ['admin'] });
    assert.deepEqual([auth.user()?.sub, auth.hasRole('admin'), auth.isAuthenticated()], ['jonas', true, true]);
    client.signOut();
    assert.deepEqual([auth.user(), auth.hasRole('admin'), auth.isAuthenticated()], [null, false, false]);
  });

  test('takes any state', () => {
    const { get } = startApplication(provideAuthTesting({ state: { status: 'unknown' } }));
    assert.equal(get(Auth).state().status, 'unknown');
  });
});

function deferred() {
  /** @type {(value: any) => void} */
  let resolve = () => {};
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

/** @param {() => boolean} holds */
async function until(holds) {
  for (const end = Date.now() + 2_000; !holds() && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds());
}
