// @ts-check
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Location } from '@angular/common';
import { InjectionToken, inject } from '@angular/core';
import { NavigationStart, RedirectCommand, Router } from '@angular/router';
import { Auth, authCallbackGuard, authGuard, provideAuthTesting } from 'bixarena-auth-client/angular';
import { createAuthError, createTestAuthClient } from 'bixarena-auth-client/testing';
import { startApplication } from './support/angular.mjs';

/** @typedef {import('bixarena-auth-client/angular').AuthGuardOptions} Options */

/** Something of the application's own, to see that a function runs in its injection context. */
const GATE = new InjectionToken('gate', { factory: () => ({ denials: /** @type {unknown[]} */ ([]) }) });

/**
 * An application with a public page, a guarded one, and this client.
 * @param {ReturnType<typeof createTestAuthClient>} client
 * @param {Options} [options]
 * @param {'browser' | 'server'} [platform]
 */
function withGuard(client, options, platform) {
  const routes = [
    { path: 'public', children: [] },
    { path: 'guarded', canActivate: [authGuard(options)], children: [] },
  ];
  const application = startApplication(provideAuthTesting(client), { platform, routes });
  return { ...application, router: application.get(Router), client };
}

/** Keeps what it is told, and leads to the public page. @type {import('bixarena-auth-client/angular').DeniedHandler} */
const toPublic = (denial, _route, { url }) => {
  inject(GATE).denials.push([denial.reason, denial.state.status, url]);
  return inject(Router).parseUrl('/public');
};

describe('authGuard', () => {
  for (const { title, client, roles, reason } of [
    { title: 'somebody who is signed in', client: { user: 'maya' }, roles: undefined, reason: null },
    { title: 'somebody with the role, in whatever case', client: { roles: ['Admin'] }, roles: 'admin', reason: null },
    { title: 'somebody with all roles', client: { roles: ['user', 'admin'] }, roles: ['admin', 'user'], reason: null },
    { title: 'somebody without a role', client: { roles: ['user'] }, roles: 'admin', reason: 'roles' },
    { title: 'somebody with one of two roles', client: { roles: ['user'] }, roles: ['user', 'admin'], reason: 'roles' },
    { title: 'nobody', client: {}, roles: undefined, reason: 'anonymous' },
    { title: 'nobody, where a role is needed', client: {}, roles: 'admin', reason: 'anonymous' },
  ]) {
    test(`${reason === null ? 'lets in' : 'denies'} ${title}`, async () => {
      const { router, get } = withGuard(createTestAuthClient(client), { roles, onDenied: toPublic });
      await router.navigateByUrl('/guarded');
      assert.equal(router.url, reason === null ? '/guarded' : '/public');
      const status = reason === 'roles' ? 'authenticated' : 'anonymous';
      assert.deepEqual(get(GATE).denials, reason === null ? [] : [[reason, status, '/guarded']]);
    });
  }

  test('waits for the first answer', async () => {
    const client = createTestAuthClient({ state: { status: 'unknown' } });
    const { router } = withGuard(client, { onDenied: toPublic });
    const navigation = router.navigateByUrl('/guarded');
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(router.url, '/', 'nothing is decided yet');
    client.signIn('maya');
    await navigation;
    assert.equal(router.url, '/guarded');
  });

  test('says that nothing could be found out', async () => {
    const error = createAuthError('service_unavailable');
    const client = createTestAuthClient({ state: { status: 'unknown', error } });
    const { router, get } = withGuard(client, { onDenied: toPublic });
    await router.navigateByUrl('/guarded');
    assert.deepEqual(get(GATE).denials, [['unknown', 'unknown', '/guarded']]);
    assert.equal(router.url, '/public');
  });

  test('leads to the sign-in and back, unless told otherwise', async () => {
    const { router, client } = withGuard(createTestAuthClient());
    await router.navigateByUrl('/guarded?round=2#vote');
    assert.deepEqual(client.logins, [{ returnTo: '/guarded?round=2#vote' }]);
    assert.equal(router.url, '/');
  });

  test('tells the ErrorHandler of a sign-in that does not begin', async () => {
    const client = createTestAuthClient();
    client.failNext('login', createAuthError('login_not_started'));
    const { router, errors } = withGuard(client);
    await router.navigateByUrl('/guarded');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(
      errors.map((/** @type {any} */ error) => error.code),
      ['login_not_started'],
    );
  });

  test('leaves somebody without the role where they are, on a first navigation at home', async () => {
    const { router } = withGuard(createTestAuthClient({ roles: ['user'] }), { roles: 'admin' });
    router.resetConfig([...router.config, { path: '', pathMatch: 'full', children: [] }]);
    await router.navigateByUrl('/guarded');
    assert.equal(router.url, '/');
    await router.navigateByUrl('/public');
    await router.navigateByUrl('/guarded');
    assert.equal(router.url, '/public');
  });

  for (const { title, onDenied, url } of [
    { title: 'nothing', onDenied: () => {}, url: '/' },
    { title: 'false', onDenied: () => false, url: '/' },
    { title: 'true', onDenied: () => true, url: '/guarded' },
    { title: 'a promise of nothing', onDenied: async () => {}, url: '/' },
    { title: 'a promise of an address', onDenied: async () => inject(Router).parseUrl('/public'), url: '/public' },
    {
      title: 'a RedirectCommand',
      onDenied: () => new RedirectCommand(inject(Router).parseUrl('/public')),
      url: '/public',
    },
  ]) {
    test(`takes ${title} from onDenied`, async () => {
      const { router } = withGuard(createTestAuthClient(), { onDenied });
      await router.navigateByUrl('/guarded');
      assert.equal(router.url, url);
    });
  }

  test('tells a misspelt option, and what cannot be meant', () => {
    assert.throws(() => authGuard(/** @type {any} */ ({ role: 'admin' })), /authGuard: role: expected a known option/);
    assert.throws(() => authGuard(/** @type {any} */ ({ roles: 7 })), /authGuard: roles: expected a role, or an array/);
    assert.throws(
      () => authGuard(/** @type {any} */ ({ server: true })),
      /authGuard: server: expected 'pass' or 'deny'/,
    );
    assert.throws(() => authCallbackGuard(/** @type {any} */ ({ onDenied() {} })), /authCallbackGuard: onDenied/);
  });
});

describe('authCallbackGuard', () => {
  /**
   * An application that was opened at its callback page.
   * @param {ReturnType<typeof createTestAuthClient>} client
   * @param {import('bixarena-auth-client/angular').AuthCallbackGuardOptions} [options]
   */
  async function arrive(client, options) {
    const routes = [
      { path: '', pathMatch: /** @type {const} */ ('full'), children: [] },
      { path: 'battle', children: [] },
      { path: 'failed', children: [] },
      { path: 'callback', canActivate: [authCallbackGuard(options)], children: [] },
    ];
    const application = startApplication(provideAuthTesting(client), { routes });
    const router = application.get(Router);
    const starts = /** @type {string[]} */ ([]);
    router.events.subscribe((event) => void (event instanceof NavigationStart && starts.push(event.url)));
    await router.navigateByUrl('/callback?code=SECRET-CODE&state=SECRET-STATE');
    return { ...application, router, starts, location: application.get(Location) };
  }

  /** A client on the way back from the provider. */
  function returning() {
    const client = createTestAuthClient();
    void client.login({ returnTo: '/battle?round=2' });
    const { handleCallback } = client;
    client.handleCallback = () => handleCallback.call(client, 'http://localhost/callback?code=1&state=2');
    return client;
  }

  test('leads to where the user wanted to go, in place of the callback page', async () => {
    const { get, router, starts, location } = await arrive(returning());
    assert.equal(router.url, '/battle?round=2');
    assert.equal(get(Auth).isAuthenticated(), true);
    assert.equal(get(Auth).callbackError(), null);
    assert.deepEqual(starts.slice(1), ['/battle?round=2']);
    const { urlChanges } = /** @type {any} */ (location);
    assert.deepEqual(urlChanges, ['replace: /battle?round=2'], 'the page has no place in the history');
  });

  test('leaves the router without code and state', async () => {
    const { router } = await arrive(returning());
    const navigation = router.lastSuccessfulNavigation();
    const { initialUrl, extractedUrl, finalUrl, previousNavigation } = navigation ?? {};
    assert.equal(previousNavigation, null);
    for (const url of [router.url, initialUrl, extractedUrl, finalUrl]) assert.doesNotMatch(String(url), /SECRET/);
    assert.doesNotMatch(JSON.stringify(router.routerState.snapshot.root.queryParams), /SECRET/);
  });

  test('says why a sign-in came to nothing, and leads home', async () => {
    const client = createTestAuthClient();
    client.failNext('handleCallback', createAuthError('login_denied', { reason: 'access_denied' }));
    const { get, router } = await arrive(client);
    assert.equal(router.url, '/');
    assert.equal(get(Auth).callbackError()?.reason, 'access_denied');
    assert.equal(get(Auth).state().status, 'anonymous');
  });

  test('asks who is signed in all the same, before the application says where to go', async () => {
    const client = createTestAuthClient({ state: { status: 'unknown' } });
    client.failNext('handleCallback', createAuthError('callback_rejected'));
    setTimeout(() => client.signIn('maya'), 10);
    const seen = /** @type {string[]} */ ([]);
    await arrive(client, { onError: () => void seen.push(inject(Auth).state().status) });
    assert.deepEqual(seen, ['authenticated']);
  });

  test('lets the application say where to go, in its injection context', async () => {
    const client = createTestAuthClient();
    client.failNext('handleCallback', createAuthError('callback_rejected'));
    const { get, router } = await arrive(client, {
      onError: (error) => {
        inject(GATE).denials.push(error.code);
        return inject(Router).parseUrl('/failed');
      },
    });
    assert.equal(router.url, '/failed');
    assert.deepEqual(get(GATE).denials, ['callback_rejected']);
  });
});
