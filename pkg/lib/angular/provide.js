// @ts-check
/** @import { AuthClient, AuthClientOptions } from '../../dist/types.js' */
import {
  DestroyRef,
  EnvironmentInjector,
  ErrorHandler,
  InjectionToken,
  NgZone,
  PLATFORM_ID,
  inject,
  makeEnvironmentProviders,
  provideAppInitializer,
  runInInjectionContext,
} from '@angular/core';
import { checkClientOptions } from '../client-options.js';
import { createTestAuthClient } from '../testing/client.js';
import { BrowserAuth } from './browser-auth.js';
import { createInertAuth } from './inert-auth.js';

/** @typedef {AuthClientOptions | (() => AuthClientOptions | Promise<AuthClientOptions>)} Configuration */
/** @typedef {BrowserAuth | ReturnType<typeof createInertAuth>} AnyAuth */

/** @type {InjectionToken<AnyAuth>} */
export const Auth = /* @__PURE__ */ new InjectionToken(
  'Auth of bixarena-auth-client: add provideAuth() to the providers',
);

/** @returns {any} */
export const injectAuth = () => inject(Auth);

/** @param {Configuration} [configuration] */
export function provideAuth(configuration = {}) {
  return makeEnvironmentProviders([
    { provide: Auth, useFactory: () => createAuth(configuration) },
    // Nothing is waited for: a public page is there whatever becomes of this.
    provideAppInitializer(() => void inject(Auth).start()),
  ]);
}

/**
 * @param {any} [given] options of a test's client, or such a client
 * @param {{ allowedOrigins?: AuthClientOptions['allowedOrigins'] }} [options]
 */
export function provideAuthTesting(given = {}, options = { allowedOrigins: given.allowedOrigins }) {
  return makeEnvironmentProviders([
    {
      provide: Auth,
      useFactory: () => {
        const client = typeof given.subscribe === 'function' ? given : createTestAuthClient(given);
        const auth = createBrowserAuth({ configure: async () => ({}), connect: async () => client });
        auth.adopt(client, options);
        return auth;
      },
    },
  ]);
}

/** @param {Configuration} configuration */
function createAuth(configuration) {
  if (inject(PLATFORM_ID) === 'server') return createInertAuth();
  const injector = inject(EnvironmentInjector);
  const errors = inject(ErrorHandler);
  return createBrowserAuth({
    configure: () => configure(configuration, injector, errors),
    connect: async (options) => (await load()).AuthClient.create(options),
  });
}

/** The client and its wasm are a chunk of their own, so that they weigh on no first page. */
const load = () => import('bixarena-auth-client');

/**
 * @param {Configuration} configuration
 * @param {EnvironmentInjector} injector
 * @param {ErrorHandler} errors
 */
async function configure(configuration, injector, errors) {
  // On the way while the configuration is; what becomes of it is seen later.
  load().catch(() => {});
  try {
    const options =
      typeof configuration === 'function' ? await runInInjectionContext(injector, configuration) : configuration;
    checkClientOptions(options);
    return options;
  } catch (error) {
    // The state says little about it, and it is for whoever writes the application.
    errors.handleError(error);
    throw error;
  }
}

/** @param {Pick<ConstructorParameters<typeof BrowserAuth>[0], 'configure' | 'connect'>} surroundings */
function createBrowserAuth({ configure, connect }) {
  const zone = inject(NgZone);
  const auth = new BrowserAuth({ configure, connect, outside: (action) => zone.runOutsideAngular(action) });
  inject(DestroyRef).onDestroy(() => auth.dispose());
  return auth;
}
