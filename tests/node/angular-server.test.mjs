// @ts-check
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Component, inject, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { Router, RouterOutlet, provideRouter } from '@angular/router';
import { Auth, authCallbackGuard, authGuard, injectAuth, provideAuth } from 'bixarena-auth-client/angular';

/** The sessions that were handed out while pages were rendered. @type {import('bixarena-auth-client/angular').Auth[]} */
let sessions = [];
/** What was done that a server must not do. @type {string[]} */
let deeds = [];
const { fetch, setTimeout, setInterval, WebAssembly } = globalThis;

const App = component(
  'app-root',
  `{{ auth.state().status }} {{ auth.isAuthenticated() }} {{ auth.user() === null }} {{ auth.hasRole('admin') }}
   <router-outlet />`,
);
const Home = component('app-home', '<h1>home</h1>');
const Guarded = component('app-guarded', '<h1>guarded</h1>');
const Callback = component('app-callback', '<h1>signing in</h1>');

/**
 * @param {string} selector
 * @param {string} template
 */
function component(selector, template) {
  class Page {
    auth = injectAuth();
    constructor() {
      sessions.push(this.auth);
    }
  }
  return Component({ selector, template, imports: selector === 'app-root' ? [RouterOutlet] : [] })(Page) ?? Page;
}

/**
 * @param {string} path
 * @param {Parameters<typeof authGuard>[0]} [options]
 */
function render(path, options) {
  const routes = [
    { path: '', component: Home },
    { path: 'guarded', canActivate: [authGuard(options)], component: Guarded },
    { path: 'callback', canActivate: [authCallbackGuard()], component: Callback },
  ];
  const configure = () => {
    deeds.push('the configuration was asked for');
    return {};
  };
  const providers = [
    provideZonelessChangeDetection(),
    provideServerRendering(),
    provideRouter(routes),
    provideAuth(configure),
  ];
  const bootstrap = (/** @type {any} */ context) => bootstrapApplication(App, { providers }, context);
  return renderApplication(bootstrap, {
    document: '<app-root></app-root>',
    url: `http://localhost${path}`,
    allowedHosts: ['localhost'],
  });
}

describe('on the server', () => {
  before(() => {
    const noting = (/** @type {string} */ what, /** @type {any} */ action) =>
      function (/** @type {any[]} */ ...args) {
        // Angular and the test have timers of their own.
        if (/bixarena-auth-client|\/pkg\//.test(String(new Error().stack))) deeds.push(what);
        return action(...args);
      };
    Object.assign(globalThis, {
      fetch: noting('a request', fetch),
      setTimeout: noting('a timer', setTimeout),
      setInterval: noting('a timer', setInterval),
      WebAssembly: new Proxy(WebAssembly, {
        get: (target, name) => {
          if (['Module', 'Instance', 'compile', 'instantiate'].includes(String(name)))
            deeds.push('the wasm was loaded');
          return Reflect.get(target, name);
        },
      }),
    });
  });

  after(() => void Object.assign(globalThis, { fetch, setTimeout, setInterval, WebAssembly }));

  test('two renders at once know nobody, share nothing and ask nothing', async () => {
    sessions = [];
    deeds = [];
    const pages = await Promise.all([render('/'), render('/guarded')]);
    assert.match(pages[0], /unknown false true false/);
    assert.match(pages[0], /<h1>home<\/h1>/);
    assert.match(pages[1], /<h1>guarded<\/h1>/, 'a guarded page is rendered for everybody the same');
    assert.equal(new Set(sessions).size, 2, 'one for each application');
    assert.equal(new Set(sessions.map(({ state }) => state)).size, 2);
    assert.deepEqual(deeds, []);
  });

  test('a guard can deny instead', async () => {
    const reasons = /** @type {string[]} */ ([]);
    const html = await render('/guarded', {
      server: 'deny',
      onDenied: ({ reason }) => {
        reasons.push(reason);
        return inject(Router).parseUrl('/');
      },
    });
    assert.match(html, /<h1>home<\/h1>/);
    assert.deepEqual(reasons, ['unknown']);
  });

  test('the callback page is rendered, and its code is left to the browser', async () => {
    deeds = [];
    assert.match(await render('/callback?code=1&state=2'), /<h1>signing in<\/h1>/);
    assert.deepEqual(deeds, []);
  });

  test('what would ask the service says that this is the wrong place', async () => {
    await render('/');
    const auth = /** @type {import('bixarena-auth-client/angular').Auth} */ (sessions.at(-1));
    assert.deepEqual([(await auth.ready()).status, (await auth.start()).status], ['unknown', 'unknown']);
    assert.deepEqual(
      [auth.wasAuthenticated, auth.takeReturnTo(), auth.profile(), auth.hint()],
      [false, null, null, null],
    );
    for (const ask of /** @type {(() => Promise<unknown>)[]} */ ([
      () => auth.login(),
      () => auth.logout(),
      () => auth.getToken(),
      () => auth.handleCallback(),
      () => auth.getUserInfo(),
      () => auth.fetch('/api'),
      () => auth.client(),
    ])) {
      await assert.rejects(ask(), { code: 'environment_unsupported' });
    }
  });

  test('it has every member that it has in a browser', async () => {
    await render('/');
    const { BrowserAuth } = await import('../../pkg/lib/angular/browser-auth.js');
    const browser = new BrowserAuth(/** @type {any} */ ({}));
    const members = [...Object.getOwnPropertyNames(BrowserAuth.prototype), ...Object.keys(browser)];
    const internal = ['constructor', 'adopt', 'placeOf', 'dispose'];
    const auth = sessions.at(-1) ?? {};
    assert.deepEqual(
      members.filter((name) => !internal.includes(name) && !(name in auth)),
      [],
    );
    assert.ok(Auth);
  });
});
