// @ts-check
/** @import { AuthClient, AuthClientOptions, AuthError, AuthState, Claims, UserInfo } from '../../dist/types.js' */
/** @import { Signal, WritableSignal } from '@angular/core' */
import { computed, signal } from '@angular/core';
import { AuthError as PackageError, isAuthError } from '../../dist/web/errors.js';
import { currentPath, readCallback } from '../address.js';
import { placeOf } from '../auth-fetch.js';
import { HINT, WAS_AUTHENTICATED, recall } from '../memory.js';
import { UnverifiedClient } from '../unverified-client.js';

/**
 * @typedef {object} Surroundings
 * @property {() => Promise<AuthClientOptions>} configure gives checked options; is asked again if that failed
 * @property {(options: AuthClientOptions) => Promise<AuthClient>} connect
 * @property {<T>(action: () => T) => T} outside runs something outside of Angular's zone: what a client waits for must not keep the
 *   application from becoming stable
 */

/** The methods of an `AuthClient` as an application calls them, and its state as signals. See angular.d.ts. */
export class BrowserAuth {
  isInert = false;
  /** Whether the application's own function is being asked for the options: a request of that must not wait for them. */
  isConfiguring = false;
  /** @type {WritableSignal<AuthState>} */
  #state = signal(/** @type {AuthState} */ ({ status: 'unknown' }));
  /** @type {WritableSignal<UserInfo | null>} */
  #profile = signal(/** @type {UserInfo | null} */ (null));
  #hint = signal(recall(HINT));
  #callbackError = signal(/** @type {AuthError | null} */ (null));
  #surroundings;
  /** @type {AuthClientOptions | undefined} */
  #options;
  /** @type {AuthClient | undefined} */
  #client;
  /** In place of a client that cannot be had. @type {UnverifiedClient | undefined} */
  #unverified;
  /** @type {Promise<AuthClient> | undefined} */
  #connection;
  /** @type {Promise<AuthState> | undefined} */
  #beginning;
  #isAnswered = false;
  #isOver = false;

  state = this.#state.asReadonly();
  profile = this.#profile.asReadonly();
  hint = this.#hint.asReadonly();
  callbackError = this.#callbackError.asReadonly();
  user = computed(() => {
    const state = this.#state();
    return state.status === 'authenticated' ? state.claims : null;
  });
  isAuthenticated = computed(() => this.#state().status === 'authenticated');

  /** @param {Surroundings} surroundings */
  constructor(surroundings) {
    this.#surroundings = surroundings;
  }

  get wasAuthenticated() {
    return this.#client?.wasAuthenticated ?? recall(WAS_AUTHENTICATED) === true;
  }

  /** The first answer. */
  ready() {
    return this.#isAnswered ? Promise.resolve(this.#state()) : this.start();
  }

  /** @returns {Promise<AuthState>} */
  start() {
    return (this.#beginning ??= this.#surroundings
      .outside(() => this.#begin())
      .finally(() => {
        this.#isAnswered = true;
        this.#beginning = undefined;
      }));
  }

  client() {
    return this.#surroundings.outside(() => this.#connected());
  }

  /** @param {{ returnTo?: string }} [options] */
  login(options) {
    return this.#askAnyway((client) => client.login(options));
  }

  /**
   * @param {string | URL} [url]
   * @returns {Promise<{ returnTo: string, claims: Claims | null }>}
   */
  async handleCallback(url) {
    try {
      /** @type {{ returnTo: string, claims: Claims | null }} */
      const result = await this.#askAnyway((/** @type {any} */ client) => client.handleCallback(url));
      this.#callbackError.set(null);
      return result;
    } catch (error) {
      this.#callbackError.set(isAuthError(error) ? explain(error) : null);
      throw error;
    }
  }

  /** @param {{ redirectTo?: string }} [options] */
  logout(options) {
    return this.#askAnyway((client) => client.logout(options));
  }

  getUserInfo() {
    return this.#askAnyway((client) => client.getUserInfo());
  }

  /** @param {{ audience?: string, forceRefresh?: boolean, signal?: AbortSignal }} [options] */
  getToken(options) {
    return this.#ask((client) => client.getToken(options));
  }

  /**
   * @param {RequestInfo | URL} input
   * @param {RequestInit & { audience?: string }} [init]
   */
  fetch(input, init) {
    return this.#ask((client) => client.fetch(input, init));
  }

  /** @param {string} role */
  hasRole(role) {
    // Read, so that a template asks again when somebody else is signed in.
    return this.#state().status === 'authenticated' && this.#client?.hasRole(role) === true;
  }

  takeReturnTo() {
    return (this.#client ?? this.#unverified)?.takeReturnTo() ?? null;
  }

  /**
   * Where an address lies, if a token may go there: the rule of `AuthClient.fetch`. For the interceptor.
   * @param {string} address
   */
  async placeOf(address) {
    await this.client();
    // A host that takes the token along to another origin is recognised as in host-browser.js; here redirects cannot be stopped.
    if (typeof URL.canParse !== 'function') return undefined;
    const places = (this.#options?.allowedOrigins ?? []).map((one) =>
      typeof one === 'string' ? { origin: one } : one,
    );
    return placeOf(address, places, globalThis.location?.origin);
  }

  /**
   * A client that is there already: a test's.
   * @param {AuthClient} client
   * @param {AuthClientOptions} options
   */
  adopt(client, options) {
    if (this.#isOver) return client.dispose();
    this.#options = options;
    this.#client = client;
    client.subscribe(() => this.#follow(client));
    this.#follow(client);
    this.#connection = Promise.resolve(client);
  }

  dispose() {
    this.#isOver = true;
    this.#client?.dispose();
    this.#unverified?.dispose();
  }

  /** @param {Pick<AuthClient, 'state' | 'profile' | 'hint'>} client */
  #follow(client) {
    this.#state.set(client.state);
    this.#profile.set(client.profile);
    this.#hint.set(client.hint);
  }

  async #begin() {
    try {
      const client = await this.#connected();
      // Asked before that, the service would say that there is no session.
      if (this.#isCallback()) await this.handleCallback().catch(() => client.start());
      else await client.start();
    } catch (error) {
      this.#state.set({ status: 'unknown', error: explain(error) });
      await this.#showUnverified();
    }
    return this.#state();
  }

  #connected() {
    return (this.#connection ??= this.#connect());
  }

  async #connect() {
    try {
      const options = (this.#options ??= await this.#configure());
      const client = await this.#surroundings.connect(options);
      this.adopt(client, options);
      return client;
    } catch (error) {
      // Tried again at the next call.
      this.#connection = undefined;
      if (this.#options) this.#unverified ??= new UnverifiedClient(this.#options);
      throw explain(error);
    }
  }

  #configure() {
    this.isConfiguring = true;
    try {
      return this.#surroundings.configure();
    } finally {
      this.isConfiguring = false;
    }
  }

  /** What can be shown all the same: who the service says has the session. */
  async #showUnverified() {
    if (this.#isCallback()) await this.handleCallback().catch(() => {});
    if (this.#options?.profile === 'eager') await this.getUserInfo().catch(() => {});
  }

  #isCallback() {
    const isThere = globalThis.location?.pathname === (this.#options?.callbackPath ?? '/callback');
    return isThere && readCallback(currentPath()).isCallback;
  }

  /**
   * @template T
   * @param {(client: AuthClient) => Promise<T>} action
   */
  #ask(action) {
    return this.#surroundings.outside(async () => action(await this.#connected()));
  }

  /**
   * What works without verification too.
   * @template T
   * @param {(client: AuthClient | UnverifiedClient) => Promise<T>} action
   */
  #askAnyway(action) {
    return this.#surroundings.outside(async () => {
      const client = await this.#connected().catch((error) => {
        if (this.#unverified === undefined) throw error;
        return this.#unverified;
      });
      try {
        return await action(client);
      } finally {
        if (client === this.#unverified) this.#profile.set(client.profile);
      }
    });
  }
}

/**
 * Whatever kept a client from being there, as one of the package's errors.
 * @param {unknown} error
 * @returns {AuthError}
 */
function explain(error) {
  const own = isAuthError(error)
    ? error
    : new PackageError('not_initialized', 'provideAuth() could not make its client: see cause', { cause: error });
  return /** @type {any} */ (own);
}
