// @ts-check
/** @import { AuthClient, AuthClientOptions, AuthError, AuthEvent, AuthState } from '../../dist/types.js' */
/** @import { Auth } from '../../react.js' */
import { AuthError as PackageError, isAuthError } from '../../dist/web/errors.js';
import { currentPath, readCallback } from '../address.js';
import { UnverifiedClient } from '../unverified-client.js';

/** @typedef {AuthClientOptions | (() => AuthClientOptions | Promise<AuthClientOptions>)} Options */

/** What an `AuthProvider` knows, for `useSyncExternalStore`. It asks nobody and changes nothing before it is mounted. */
export class AuthStore {
  /** Where to go after a sign-in. @type {((returnTo: string) => void) | undefined} */
  onReturn;
  /** The client that the provider was given. */
  given;
  #configure;
  /** @type {AuthClientOptions} */
  #options = {};
  /** @type {AuthClient | undefined} */
  #client;
  /** In place of a client that cannot be had. @type {UnverifiedClient | undefined} */
  #unverified;
  /** @type {Promise<AuthClient> | undefined} */
  #connection;
  #unsubscribe = () => {};
  /** What is shown while there is no client. @type {AuthState} */
  #stateWithout = { status: 'unknown' };
  /** @type {AuthError | null} */
  #callbackError = null;
  /** Whether somebody has just come back from a sign-in. */
  #isBack = false;
  #mounts = 0;
  #isAlive = false;
  /** Counts the lives of the store: what began in one does not go on in the next. */
  #life = 0;
  /** @type {Set<() => void>} */
  #listeners = new Set();
  /** @type {Auth} */
  #initial;
  /** @type {Auth} */
  #snapshot;

  /**
   * @param {AuthClient | Promise<AuthClient> | undefined} given
   * @param {Options} [options]
   */
  constructor(given, options = {}) {
    this.given = given;
    this.#configure = typeof options === 'function' ? options : () => options;
    this.#initial = this.#look();
    // What is known already is shown at once, but not while a page is hydrated: the server knew nothing.
    if (given && !('then' in given)) this.#client = given;
    this.#snapshot = this.#look();
  }

  /** @param {() => void} listener */
  subscribe = (listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  getSnapshot = () => this.#snapshot;

  getServerSnapshot = () => this.#initial;

  /** Begins, unless that has happened. What is given back ends it. */
  mount = () => {
    this.#mounts += 1;
    if (!this.#isAlive) void this.#begin();
    return () => {
      this.#mounts -= 1;
      // StrictMode and a fast refresh mount again at once: the client stays, and so does a sign-in that it is completing.
      setTimeout(() => this.#mounts === 0 && this.#end());
    };
  };

  /** @param {{ returnTo?: string }} [options] */
  login = (options) => this.#askAnyway((client) => client.login(options));

  /** @param {{ redirectTo?: string }} [options] */
  logout = (options) => this.#askAnyway((client) => client.logout(options));

  async #begin() {
    this.#isAlive = true;
    const life = this.#life;
    try {
      const client = await this.#connected();
      if (this.#isCallback()) await this.#finishLogin(client);
      else await settle(client);
      if (this.#isBack) this.#goBack(client.takeReturnTo());
    } catch (error) {
      if (life === this.#life) await this.#goOnWithout(error);
    }
  }

  #end() {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#life += 1;
    this.#unsubscribe();
    this.#connection = undefined;
    if (this.given) return;
    this.#client?.dispose();
    this.#unverified?.dispose();
    this.#client = this.#unverified = undefined;
    this.#refresh();
  }

  #connected() {
    return (this.#connection ??= this.#connect());
  }

  /** @returns {Promise<AuthClient>} */
  async #connect() {
    const life = this.#life;
    try {
      const client = await (this.given ?? this.#create());
      if (life === this.#life) this.#adopt(client);
      else if (!this.given) client.dispose();
      return client;
    } catch (error) {
      // Tried again at the next call.
      if (life === this.#life) this.#connection = undefined;
      throw error;
    }
  }

  /** @param {AuthClient} client */
  #adopt(client) {
    this.#unsubscribe();
    this.#client = client;
    this.#unsubscribe = client.subscribe((_, event) => this.#follow(event));
    this.#refresh();
  }

  async #create() {
    const options = (this.#options = await this.#configure());
    try {
      return await createClient(options);
    } catch (error) {
      // Options that cannot be meant are no better without the wasm.
      if (!(error instanceof TypeError)) this.#unverified ??= new UnverifiedClient(options);
      throw error;
    }
  }

  /** @param {AuthEvent} event */
  #follow({ type, cause }) {
    if (type === 'signed_in' || type === 'user_changed') this.#callbackError = null;
    if (type === 'signed_in') this.#isBack = cause === 'login';
    this.#refresh();
  }

  /**
   * Nothing can be verified: what can be done all the same is done.
   * @param {unknown} error
   */
  async #goOnWithout(error) {
    // A caller's mistake must not look like a bad day of the network.
    if (!isAuthError(error)) console.error(error);
    this.#stateWithout = { status: 'unknown', error: explain(error) };
    this.#refresh();
    const unverified = this.#unverified;
    if (unverified === undefined) return;
    if (this.#isCallback()) await this.#finishLogin(unverified);
    if (this.#options.profile === 'eager') await unverified.getUserInfo().catch(() => {});
    this.#refresh();
  }

  /** @param {AuthClient | UnverifiedClient} client */
  async #finishLogin(client) {
    const life = this.#life;
    try {
      const { returnTo } = await client.handleCallback();
      if (life === this.#life) this.#goBack(returnTo, (path) => globalThis.location.replace(path));
    } catch (error) {
      if (life !== this.#life) return;
      this.#callbackError = explain(error);
      this.#refresh();
      if ('start' in client) await client.start();
    }
  }

  /**
   * @param {string | null} path
   * @param {(path: string) => void} [otherwise]
   */
  #goBack(path, otherwise) {
    this.#isBack = false;
    if (path !== null && path !== currentPath()) (this.onReturn ?? otherwise)?.(path);
  }

  #isCallback() {
    const isThere = globalThis.location?.pathname === (this.#options.callbackPath ?? '/callback');
    return isThere && readCallback(currentPath()).isCallback;
  }

  /**
   * What works without verification too.
   * @template T
   * @param {(client: AuthClient | UnverifiedClient) => Promise<T>} action
   */
  async #askAnyway(action) {
    const client = await this.#connected().catch((error) => {
      if (this.#unverified === undefined) throw explain(error);
      return this.#unverified;
    });
    try {
      return await action(client);
    } finally {
      this.#refresh();
    }
  }

  #refresh() {
    const before = this.#snapshot;
    const next = this.#look();
    const names = /** @type {const} */ (['state', 'profile', 'error', 'client']);
    if (names.every((name) => next[name] === before[name])) return;
    this.#snapshot = next;
    for (const listener of [...this.#listeners]) listener();
  }

  /** @returns {Auth} */
  #look() {
    const client = this.#client ?? null;
    const state = client?.state ?? this.#stateWithout;
    return {
      state,
      user: state.status === 'authenticated' ? state.claims : null,
      profile: (client ?? this.#unverified)?.profile ?? null,
      isAuthenticated: state.status === 'authenticated',
      error: this.#callbackError ?? (state.status === 'unknown' ? (state.error ?? null) : null),
      client,
      hasRole: (role) => client?.hasRole(role) === true,
      login: this.login,
      logout: this.logout,
    };
  }
}

/** @param {AuthClientOptions} options */
async function createClient(options) {
  // By its name, since each host has an entry of its own; and only here: whoever brings a client need not load another.
  const { AuthClient } = await import('bixarena-auth-client').catch((cause) => {
    throw new PackageError('network_error', 'the code of the client could not be fetched', { cause });
  });
  return AuthClient.create(options);
}

/** Finds out who is signed in, unless somebody has. @param {AuthClient} client */
async function settle(client) {
  if (client.state.status === 'unknown' && client.state.error === undefined) await client.start();
}

/**
 * Whatever went wrong, as one of the package's errors.
 * @param {unknown} error
 * @returns {AuthError}
 */
function explain(error) {
  const own = isAuthError(error)
    ? error
    : new PackageError('not_initialized', '<AuthProvider> could not make its client: see cause', { cause: error });
  return /** @type {any} */ (own);
}
