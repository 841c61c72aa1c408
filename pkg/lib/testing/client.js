// @ts-check
/** @import { AuthClient, AuthEvent, AuthState, CallbackResult, Claims, UserInfo, VerifiedJwt } from '../../dist/types.js' */
/** @import { TestUser } from './options.js' */
/** @import { TestAuthClientOptions, FailingMethod } from '../../testing.js' */
import { abortable } from '../abortable.js';
import { authFetch } from '../auth-fetch.js';
import { currentPath, faultOfCallback, ownPath, readCallback, takeCallback } from '../address.js';
import { failure } from './failure.js';
import { checkTestClientOptions, claimsOf, stateOf } from './options.js';
import { TestSession } from './session.js';
import { lookAlike } from './token.js';

/**
 * An `AuthClient` without wasm and without requests. Types and documentation stand in testing.d.ts.
 * @implements {AuthClient}
 */
class TestClient {
  /** @type {{ returnTo?: string }[]} */
  logins = [];
  /** @type {{ redirectTo?: string }[]} */
  logouts = [];
  #session;
  /** @type {Map<string, VerifiedJwt<Claims>>} */
  #issued = new Map();
  /** @type {Promise<string> | undefined} */
  #token;
  /** @type {Map<FailingMethod, Error>} */
  #failures = new Map();
  /** @type {{ state: string | null, promise: Promise<CallbackResult> } | undefined} */
  #callback;
  /** @type {string | null} */
  #returnTo = null;
  #options;

  /** @param {TestAuthClientOptions} [options] */
  constructor(options = {}) {
    checkTestClientOptions(options);
    this.#options = options;
    this.#session = new TestSession(stateOf(options), options);
  }

  get state() {
    return this.#session.state;
  }

  get profile() {
    return this.#session.profile;
  }

  get wasAuthenticated() {
    return this.#session.wasAuthenticated;
  }

  get hint() {
    return this.#options.hint ?? null;
  }

  async start() {
    this.#refuse('start');
    await this.#session.settled();
    return this.#session.state;
  }

  /** @param {(state: AuthState, event: AuthEvent) => void} listener */
  subscribe(listener) {
    return this.#session.subscribe(listener);
  }

  /**
   * @param {{ returnTo?: string }} [options]
   * @returns {Promise<never>}
   */
  async login(options = {}) {
    this.#refuse('login');
    this.logins.push({ ...options });
    this.#returnTo = ownPath(options.returnTo) ?? ownPath(currentPath());
    // The page is left: nothing that comes after it runs.
    return new Promise(() => {});
  }

  /** @param {string | URL} [url] */
  handleCallback(url) {
    const address = url === undefined ? takeCallback() : String(url);
    const { isCallback, state } = readCallback(address);
    const last = this.#callback;
    // An address without one was cleaned by an earlier call.
    if (last !== undefined && (!isCallback || (state !== null && state === last.state))) return last.promise;
    const fault = faultOfCallback(address);
    const promise = this.#finishLogin(fault);
    this.#callback = { state: fault ? null : state, promise };
    return promise;
  }

  /** @param {{ audience?: string, forceRefresh?: boolean, signal?: AbortSignal }} [options] */
  async getToken({ audience, forceRefresh = false, signal } = {}) {
    return abortable(() => this.#getToken(audience, forceRefresh), signal);
  }

  /**
   * @param {RequestInfo | URL} input
   * @param {RequestInit & { audience?: string }} [init]
   */
  async fetch(input, init) {
    this.#refuse('fetch');
    const { allowedOrigins = [], fetch: send = globalThis.fetch } = this.#options;
    const tools = {
      places: allowedOrigins.map((one) => (typeof one === 'string' ? { origin: one } : one)),
      forwardsBearer: false,
      getToken: (/** @type {any} */ audience, /** @type {AbortSignal} */ signal, /** @type {boolean} */ forceRefresh) =>
        this.getToken({ audience, signal, forceRefresh }),
      user: () => this.#session.sub,
      send: (/** @type {Request} */ request) => send(request),
      refused: new Map(),
    };
    return authFetch(tools, input, init);
  }

  /** @param {string} role */
  hasRole(role) {
    if (this.#session.state.status !== 'authenticated' || typeof role !== 'string') return false;
    const wanted = role.toLowerCase();
    return (this.#session.state.claims.roles ?? []).some((one) => one.toLowerCase() === wanted);
  }

  /**
   * @param {string} token
   * @returns {Promise<VerifiedJwt<Claims>>}
   */
  async verify(token) {
    this.#refuse('verify');
    const verified = this.#issued.get(token);
    if (verified === undefined) throw failure('signature_invalid');
    return structuredClone(verified);
  }

  async getJwks() {
    this.#refuse('getJwks');
    return { keys: [] };
  }

  async getUserInfo() {
    this.#refuse('getUserInfo');
    return this.#session.learnProfile();
  }

  takeReturnTo() {
    const returnTo = this.#returnTo;
    this.#returnTo = null;
    return returnTo;
  }

  /** @param {{ redirectTo?: string }} [options] */
  async logout(options = {}) {
    this.#refuse('logout');
    this.logouts.push({ ...options });
    this.signOut();
  }

  dispose() {
    this.#session.dispose();
  }

  [Symbol.dispose]() {
    this.dispose();
  }

  /**
   * @param {TestUser} [user]
   * @param {{ roles?: readonly string[], profile?: Partial<UserInfo> | null, cause?: AuthEvent['cause'] }} [options]
   */
  signIn(user = this.#options.user ?? undefined, { roles = this.#options.roles, profile, cause = 'login' } = {}) {
    this.#become({ status: 'authenticated', claims: claimsOf(user, roles) }, cause, profile);
  }

  signOut() {
    this.setState({ status: 'anonymous' });
  }

  /** @param {AuthState} state */
  setState(state) {
    this.#become(state, 'restored');
  }

  /**
   * @param {FailingMethod} method
   * @param {Error} error
   */
  failNext(method, error) {
    this.#failures.set(method, error);
  }

  /**
   * @param {AuthState} state
   * @param {AuthEvent['cause']} cause
   * @param {Partial<UserInfo> | null} [profile]
   */
  #become(state, cause, profile) {
    this.#token = undefined;
    this.#session.become(state, cause, profile);
  }

  /** @param {FailingMethod} method */
  #refuse(method) {
    if (this.#session.isDisposed) throw failure('disposed');
    const error = this.#failures.get(method);
    this.#failures.delete(method);
    if (error !== undefined) throw error;
  }

  /**
   * @param {string | undefined} audience
   * @param {boolean} isForced
   */
  async #getToken(audience, isForced) {
    this.#refuse('getToken');
    const claims = await this.#session.claims();
    if (audience !== undefined) return this.#issue({ ...claims, aud: audience }, audience);
    const isRenewal = isForced && this.#token !== undefined;
    if (isForced || this.#token === undefined) this.#token = this.#issue(claims);
    const token = await this.#token;
    if (isRenewal) this.#session.emit({ type: 'token' });
    return token;
  }

  /**
   * @param {Claims} claims
   * @param {string} [audience]
   */
  async #issue(claims, audience) {
    const made = await (this.#options.token ?? (() => lookAlike(claims, this.#issued.size)))(audience);
    if (this.#session.sub !== claims.sub)
      throw failure(this.#session.sub === undefined ? 'signed_out' : 'user_changed');
    this.#issued.set(made, { header: { alg: 'RS256', typ: 'JWT' }, claims });
    return made;
  }

  /**
   * @param {Error | undefined} fault
   * @returns {Promise<CallbackResult>}
   */
  async #finishLogin(fault) {
    const returnTo = this.takeReturnTo() ?? '/';
    this.#refuse('handleCallback');
    if (fault) throw fault;
    this.signIn();
    return { returnTo, claims: await this.#session.claims() };
  }
}

/** @param {TestAuthClientOptions} [options] */
export const createTestAuthClient = (options) => new TestClient(options);
