// @ts-check
/** @import { AuthClientOptions, AuthEvent, AuthState } from '../dist/types.js' */
import { AuthError } from '../dist/web/auth_error.js';
import { withDispose } from './jwt-verifier.js';

/** The options that the verifier inside a client shares with it. */
const SHARED = /** @type {const} */ (['algorithms', 'clockTolerance', 'fetch', 'logger']);

const DEFAULT_URN = 'urn:bixarena:auth';

/**
 * The class `AuthClient` for one host. Types and documentation stand in src/web/types.d.ts.
 * @param {import('./jwt-verifier.js').Host} host
 * @param {any} JwtVerifier
 */
export function defineAuthClient(host, JwtVerifier) {
  class AuthClient {
    #core;
    #hasAudiences;

    /** @param {AuthClientOptions} [options] */
    static async create(options) {
      await host.load();
      return new AuthClient(options);
    }

    /** @param {AuthClientOptions} [options] */
    constructor(options = {}) {
      host.ready();
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
      this.#hasAudiences = options.routes === 'oauth2';
      this.#core = new host.glue.ClientCore(options, makeVerifier);
      // A wrong option is told now, not at the first token; the verifier itself is made when its address is known.
      makeVerifier('https://options.invalid/').dispose();
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
      return () => this.#core.unsubscribe(number);
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
      if (audience !== undefined && (!this.#hasAudiences || typeof audience !== 'string')) {
        throw new TypeError(`AuthClient: getToken: audience: expected a string, and the option routes to be 'oauth2'`);
      }
      return abortable(() => this.#core.getToken(forceRefresh === true, audience), signal);
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
    }
  }
  return withDispose(AuthClient);
}

/**
 * The function `safeReturnTo` for one host.
 * @param {import('./jwt-verifier.js').Host} host
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

/**
 * Lets one caller stop waiting; what others wait for goes on.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
function abortable(ask, signal) {
  if (signal === undefined) return ask();
  const aborted = () => new AuthError('aborted', 'the call was aborted', { cause: signal.reason });
  if (signal.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted());
    signal.addEventListener('abort', stop, { once: true });
    ask()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
