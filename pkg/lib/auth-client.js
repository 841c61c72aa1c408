// @ts-check
/** @import { AuthClientOptions, AuthEvent, AuthState, UserInfo } from '../dist/types.js' */
import { CHECKS, FLOW, ROUTES } from '../dist/texts.js';
import { Client } from '../dist/web/client.js';
import { USER_INFO } from '../dist/web/exchange.js';
import { START } from '../dist/web/page.js';
import { ownOrigin } from '../dist/web/service.js';
import { safeReturnTo as safeReturn } from '../dist/web/sign-in.js';
import { abortable } from './abortable.js';
import { authFetch } from './auth-fetch.js';
import { Profile, userInfo } from './auth-user.js';
import { withDispose } from './dispose.js';
import { HINT, WAS_AUTHENTICATED, recall, remember } from './memory.js';
import { checkClientOptions, checkTokenOptions } from './client-options.js';

/** @type {string[]} */
let texts;

/** The rows of Rust's tables: of what can go wrong, and behind them the routes. */
const allTexts = () => (texts ??= [...CHECKS(), ...FLOW(), ...ROUTES()]);

/**
 * The class `AuthClient` for one host. Types and documentation stand in src/web/types.d.ts.
 * @param {import('./verifier-core.js').Host} host
 * @param {any} JwtVerifier
 */
export function defineAuthClient(host, JwtVerifier) {
  class AuthClient {
    #client;
    #options;
    #profile;
    /** Who was signed in when something happened last. @type {string | undefined} */
    #sub;
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
      const { algorithms, clockTolerance, fetch, logger, issuer, audience } = known;
      const makeVerifier = (/** @type {string} */ jwksUrl) =>
        new JwtVerifier({
          algorithms,
          clockTolerance,
          fetch,
          logger,
          issuer,
          audience,
          jwksUrl,
          requiredClaims: ['sub'],
          // The server's time, once a token has told it: a device's clock may be an hour off.
          now: () => this.#client.serverTime(),
        });
      this.#client = new Client(host.glue, allTexts(), known, makeVerifier);
      this.#options = known;
      if (known.hint) this.#hint = recall(HINT);
      this.#profile = new Profile(
        (controller) => this.#askUserInfo(controller),
        (profile) => this.#learn(profile),
        (code) => this.#client.raise(code),
      );
      this.#client.subscribe((/** @type {AuthState} */ state, /** @type {AuthEvent} */ event) =>
        this.#follow(state, event),
      );
    }

    start() {
      return this.#client.ask(START);
    }

    /** @returns {AuthState} */
    get state() {
      return this.#client.state;
    }

    /** @param {(state: AuthState, event: AuthEvent) => void} listener */
    subscribe(listener) {
      return this.#client.subscribe(listener);
    }

    /** @param {{ returnTo?: string }} [options] */
    async login(options) {
      return this.#client.signIn.login(options?.returnTo);
    }

    /** @param {string | URL} [url] */
    handleCallback(url) {
      return this.#client.signIn.handleCallback(url === undefined ? undefined : String(url));
    }

    /** @param {{ audience?: string, forceRefresh?: boolean, signal?: AbortSignal }} [options] */
    async getToken(options = {}) {
      checkTokenOptions(options);
      const { audience, forceRefresh, signal } = options;
      if (audience !== undefined) this.#needOauth2('getToken: audience');
      return abortable(() => this.#client.getToken(forceRefresh === true, audience), signal);
    }

    /**
     * @param {RequestInfo | URL} input
     * @param {RequestInit & { audience?: string }} [init]
     */
    fetch(input, init) {
      const tools = {
        places: (this.#options.allowedOrigins ?? []).map((/** @type {any} */ one) =>
          typeof one === 'string' ? { origin: one } : one,
        ),
        forwardsBearer: host.forwardsBearer,
        getToken: (
          /** @type {any} */ audience,
          /** @type {AbortSignal} */ signal,
          /** @type {boolean} */ forceRefresh,
        ) => this.getToken({ audience, signal, forceRefresh }),
        user: () => this.#client.state.claims?.sub,
        send: (/** @type {Request} */ request) => this.#client.send(request),
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
      return typeof role === 'string' && this.#client.hasRole(role);
    }

    /** @param {string} token */
    async verify(token) {
      return this.#client.verifier().verify(token);
    }

    async getJwks() {
      return this.#client.verifier().jwks();
    }

    /** @returns {string | null} */
    takeReturnTo() {
      return this.#client.signIn.takeReturnTo();
    }

    /** @param {{ redirectTo?: string }} [options] */
    logout(options) {
      return this.#client.logout(options?.redirectTo);
    }

    dispose() {
      this.#client.dispose();
      this.#profile.forget('disposed');
    }

    /** @param {string} what */
    #needOauth2(what) {
      if (this.#options.routes !== 'oauth2') throw new TypeError(`AuthClient: ${what}: expected the routes 'oauth2'`);
    }

    /**
     * Looks at who is signed in after everything that happened.
     * @param {AuthState} state
     * @param {AuthEvent} event
     */
    #follow(state, { type }) {
      const sub = state.status === 'authenticated' ? state.claims.sub : undefined;
      const isOver = state.status === 'anonymous';
      // The token for another service may be the first to show another user.
      const isOther = type === 'user_changed' && sub === undefined;
      if (isOver || isOther || (sub !== undefined && this.#sub !== undefined && sub !== this.#sub)) {
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
        this.#profile.load().catch((error) => this.#client.log('warn', 'the profile cannot be had', error));
      }
    }

    /** @param {AbortController} controller */
    async #askUserInfo(controller) {
      await this.#client.getToken(false);
      // Who was signed in when that was answered may be gone.
      controller.signal.throwIfAborted();
      const { sub } = this.#client.state.claims;
      try {
        return userInfo(await this.#client.exchange(USER_INFO, '', controller, sub));
      } catch (error) {
        // Whether the session is over is told by the token's own route only.
        if (/** @type {any} */ (error)?.status === 401) await this.#client.getToken(true);
        throw error;
      }
    }

    /** @param {UserInfo} profile */
    #learn(profile) {
      try {
        if (this.#options.hint) this.#keepHint(this.#options.hint.pick(profile));
      } catch (error) {
        this.#client.log('warn', 'hint.pick threw', error);
      }
      this.#client.emit(this.state, { type: 'profile' });
    }

    /** @param {unknown} hint */
    #keepHint(hint) {
      this.#hint = hint ?? null;
      remember(HINT, hint);
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
    const origin = options?.origin ?? ownOrigin();
    if (origin === undefined) {
      throw new TypeError('safeReturnTo: origin: expected a string, since there is no location, found undefined');
    }
    return safeReturn(host.glue, value, origin, options?.callbackPath);
  };
}
