// @ts-check
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import 'zone.js';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NgZone, provideZoneChangeDetection } from '@angular/core';
import { createTestIssuer } from 'bixarena-auth-client/testing';
import { build } from 'esbuild';
import { scratch } from '../../scripts/lib/paths.mjs';
import { startApplication } from './support/angular.mjs';

/** @typedef {import('bixarena-auth-client/angular').Auth} Auth */

/** @type {typeof import('bixarena-auth-client/angular')} */
let adapter;
/** @type {string} */
let folder;

// As the Angular CLI builds it: zone.js loses its way in functions that are really `async`.
before(async () => {
  mkdirSync(scratch, { recursive: true });
  folder = mkdtempSync(join(scratch, 'angular-zone-'));
  await build({
    entryPoints: ['bixarena-auth-client/angular'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    external: ['@angular/*', 'rxjs'],
    supported: { 'async-await': false },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
  });
  adapter = await import(join(folder, 'angular.mjs'));
});

after(() => rmSync(folder, { recursive: true }));

describe('with zone.js', () => {
  /** Everything that an application might call, within its zone as after a click. @type {[string, (auth: Auth) => Promise<unknown>][]} */
  const calls = [
    ['ready', (auth) => auth.ready()],
    ['start', (auth) => auth.start()],
    ['getToken', (auth) => auth.getToken({ forceRefresh: true })],
    ['login', async (auth) => void auth.login().catch(() => {})],
    ['client', (auth) => auth.client()],
  ];

  for (const [name, call] of calls) {
    test(`${name}() keeps no application from becoming stable`, async () => {
      const issuer = await createTestIssuer({ user: 'maya' });
      const timers = /** @type {boolean[]} */ ([]);
      const { get } = startApplication(adapter.provideAuth(issuer.clientOptions), {
        providers: [provideZoneChangeDetection()],
      });
      const zone = get(NgZone);
      assert.equal(zone.run(NgZone.isInAngularZone), true, 'the application has a zone');
      const { setTimeout } = globalThis;
      Object.assign(globalThis, {
        setTimeout: (/** @type {any[]} */ ...args) => {
          timers.push(NgZone.isInAngularZone());
          return setTimeout(.../** @type {[any]} */ (args));
        },
      });
      try {
        const auth = get(adapter.Auth);
        await zone.run(() => call(auth));
        await auth.ready();
        await new Promise((resolve) => setTimeout(resolve, 20));
      } finally {
        Object.assign(globalThis, { setTimeout });
      }
      assert.ok(timers.length > 0, 'the client waits for its next renewal');
      assert.ok(!timers.includes(true), 'and Angular knows nothing of it');
      assert.equal(zone.hasPendingMacrotasks, false);
    });
  }

  test('what follows a call is in the zone of the caller', async () => {
    const issuer = await createTestIssuer({ user: 'maya' });
    const { get } = startApplication(adapter.provideAuth(issuer.clientOptions), {
      changeDetection: provideZoneChangeDetection(),
    });
    const isInside = await new Promise((resolve) => {
      get(NgZone).run(
        () =>
          void get(adapter.Auth)
            .getToken()
            .then(() => resolve(NgZone.isInAngularZone())),
      );
    });
    assert.equal(isInside, true);
  });
});
