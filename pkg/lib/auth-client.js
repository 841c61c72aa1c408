// @ts-check
/** @import { AuthClientOptions, AuthEvent, AuthState, UserInfo } from '../dist/types.js' */
import { abortable } from './abortable.js';
import { authFetch } from './auth-fetch.js';
import { Profile, failure, fetchUserInfo } from './auth-user.js';
import { withDispose } from './dispose.js';
import { HINT, WAS_AUTHENTICATED, recall, remember } from './memory.js';
import { checkClientOptions } from './client-options.js';

/** The options that the verifier inside a client shares with it. */
const SHARED = /** @type {const} */ (['algorithms', 'clockTolerance', 'fetch', 'logger']);

const DEFAULT_URN = 'urn:bixarena:auth';

/**
 * The class `AuthClient` for one host. Types and documentation stand in src/web/types.d.ts.
 * @param {import('./verifier-core.js').Host} host
 * @param {any} JwtVerifier
 */
export function defineAuthClient(host, JwtVerifier) {
  class AuthClient {
    #core;
    #options;
    #profile;
    /** Who was signed in when something happened last. @type {string | undefined} */
    #sub;
    /** @type {Set<{ listener: (state: AuthState, event: AuthEvent) => void }>} */
    #listeners = new Set();
    /** See `refused` of auth-fetch.js. @type {Map<string, string>} */
    #refused = new Map();
    #wasAuthenticated = recall(WAS_AUTHENTICATED) === true;
    /** @type {unknown} */
    #hint = null;

    /** @param {AuthClientOptions} [options] */
    static async create(options) {
      await host.load();
      return new AuthClient(options);
    }

    /** @param {AuthClientOptions} [options] */
    constructor(options = {}) {
      host.ready();
      const known = checkClientOptions(options);
      const makeVerifier = (/** @type {string} */ jwksUrl, audience = options.audience ?? DEFAULT_URN) =>
        new JwtVerifier(verifierOptions(jwksUrl, audience));
      const verifierOptions = (/** @type {string} */ jwksUrl, /** @type {string} */ audience) => ({
        ...Object.fromEntries(
          SHARED.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
        ),
        jwksUrl,
        issuer: options.issuer ?? DEFAULT_URN,
        audience,
        requiredClaims: ['sub'],
        // The server's time, once a token has told it: a device's clock may be an hour off.
        now: () => this.#core.serverTime(),
      });
      this.#core = new host.glue.ClientCore(known, makeVerifier);
      this.#options = options;
      if (options.hint) this.#hint = recall(HINT);
      this.#profile = new Profile(
        (controller) => this.#askUserInfo(controller),
        (profile) => this.#learn(profile),
      );
      this.#core.subscribe((/** @type {AuthState} */ state) => this.#follow(state));
    }

    start() {
      return this.#core.start();
    }

    /** @returns {AuthState} */
    get state() {
      return this.#core.state;
    }

    /** @param {(state: AuthState, event: AuthEvent) => void} listener */
    subscribe(listener) {
      const number = this.#core.subscribe(listener);
      const entry = { listener };
      this.#listeners.add(entry);
      return () => {
        this.#core.unsubscribe(number);
        this.#listeners.delete(entry);
      };
    }

    /** @param {{ returnTo?: string }} [options] */
    async login(options) {
      return this.#core.login(options?.returnTo);
    }

    /** @param {string | URL} [url] */
    handleCallback(url) {
      return this.#core.handleCallback(url === undefined ? undefined : String(url));
    }

    /** @param {{ audience?: string, forceRefresh?: boolean, signal?: AbortSignal }} [options] */
    async getToken(options = {}) {
      const { audience, forceRefresh = false, signal, ...others } = options;
      for (const name in others) {
        throw new TypeError(`AuthClient: getToken: ${name}: expected a known option, found an unknown name`);
      }
      if (audience !== undefined) {
        this.#needOauth2('getToken: audience');
        if (typeof audience !== 'string' || audience === '') {
          throw new TypeError('AuthClient: getToken: audience: expected a string that is not empty');
        }
      }
      return abortable(() => this.#core.getToken(forceRefresh === true, audience), signal);
    }

    /**
     * @param {RequestInfo | URL} input
     * @param {RequestInit & { audience?: string }} [init]
     */
    fetch(input, init) {
      const tools = {
        places: (this.#options.allowedOrigins ?? []).map((one) => (typeof one === 'string' ? { origin: one } : one)),
        forwardsBearer: host.forwardsBearer,
        getToken: (
          /** @type {any} */ audience,
          /** @type {AbortSignal} */ signal,
          /** @type {boolean} */ forceRefresh,
        ) => this.getToken({ audience, signal, forceRefresh }),
        user: () => this.#core.state.claims?.sub,
        send: (/** @type {Request} */ request) => this.#send(request),
        refused: this.#refused,
      };
      return authFetch(tools, input, init);
    }

    /** @returns {Promise<UserInfo>} */
    async getUserInfo() {
      this.#needOauth2('getUserInfo()');
      return this.#profile.load();
    }

    get profile() {
      return this.#profile.known;
    }

    get wasAuthenticated() {
      return this.#wasAuthenticated;
    }

    get hint() {
      return this.#hint;
    }

    /** @param {string} role */
    hasRole(role) {
      return typeof role === 'string' && this.#core.hasRole(role);
    }

    /** @param {string} token */
    verify(token) {
      return this.#core.verify(token);
    }

    getJwks() {
      return this.#core.getJwks();
    }

    /** @returns {string | null} */
    takeReturnTo() {
      return this.#core.takeReturnTo() ?? null;
    }

    /** @param {{ redirectTo?: string }} [options] */
    logout(options) {
      return this.#core.logout(options?.redirectTo);
    }

    dispose() {
      this.#core.dispose();
      this.#listeners.clear();
      this.#profile.forget('disposed');
    }

    /** @param {string} what */
    #needOauth2(what) {
      if (this.#options.routes !== 'oauth2') throw new TypeError(`AuthClient: ${what}: expected the routes 'oauth2'`);
    }

    /**
     * @param {RequestInfo | URL} input
     * @param {RequestInit} [init]
     */
    #send(input, init) {
      const send = this.#options.fetch ?? globalThis.fetch;
      return send(input, init);
    }

    /**
     * Looks at who is signed in after everything that happened.
     * @param {AuthState} state
     */
    #follow(state) {
      const sub = state.status === 'authenticated' ? state.claims.sub : undefined;
      const isOver = state.status === 'anonymous';
      if (isOver || (sub !== undefined && this.#sub !== undefined && sub !== this.#sub)) {
        this.#profile.forget(isOver ? 'signed_out' : 'user_changed');
        this.#keepHint(null);
      }
      if (isOver || sub !== undefined) {
        if (this.#wasAuthenticated === isOver) remember(WAS_AUTHENTICATED, isOver ? null : true);
        this.#wasAuthenticated = !isOver;
        this.#sub = sub;
      }
      // One that failed is tried again with the next token.
      if (sub !== undefined && this.#options.profile === 'eager' && this.#profile.known === null) {
        this.#profile.load().catch((error) => this.#warn('the profile cannot be had', error));
      }
    }

    /** @param {AbortController} controller */
    async #askUserInfo(controller) {
      const { baseUrl = globalThis.location?.origin, timeout = 10_000, now = Date.now } = this.#options;
      await this.#core.getToken(false);
      const { sub } = this.#core.state.claims;
      const url = `${String(baseUrl).replace(/\/+$/, '')}/userinfo`;
      const send = /** @type {typeof fetch} */ ((input, init) => this.#send(input, init));
      try {
        return await fetchUserInfo({ url, sub, send, timeout, now }, controller);
      } catch (error) {
        // Whether the session is over is told by the token's own route only.
        if (/** @type {any} */ (error)?.status === 401) await this.#core.getToken(true);
        throw error;
      }
    }

    /** @param {UserInfo} profile */
    #learn(profile) {
      try {
        if (this.#options.hint) this.#keepHint(this.#options.hint.pick(profile));
      } catch (error) {
        this.#warn('hint.pick threw', error);
      }
      for (const { listener } of [...this.#listeners]) {
        try {
          listener(this.state, { type: 'profile' });
        } catch (error) {
          this.#warn('a listener threw', error);
        }
      }
    }

    /** @param {unknown} hint */
    #keepHint(hint) {
      this.#hint = hint ?? null;
      remember(HINT, hint);
    }

    /**
     * @param {string} message
     * @param {unknown} error
     */
    #warn(message, error) {
      this.#options.logger?.({ level: 'warn', message, error });
    }
  }
  return withDispose(AuthClient);
}

/**
 * The function `safeReturnTo` for one host.
 * @param {import('./verifier-core.js').Host} host
 */
export function defineSafeReturnTo(host) {
  /**
   * @param {unknown} value
   * @param {{ origin?: string, callbackPath?: string }} [options]
   * @returns {string | null}
   */
  return function safeReturnTo(value, options) {
    host.ready();
    return host.glue.safeReturnTo(value, options?.origin, options?.callbackPath) ?? null;
  };
}
