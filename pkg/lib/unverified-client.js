// @ts-check
/** @import { AuthClientOptions, UserInfo } from '../dist/types.js' */
import { AuthError } from '../dist/web/host.js';
import { currentPath, faultOfCallback, ownPath, readCallback, takeCallback } from './address.js';
import { Profile, failure, fetchUserInfo, refusal } from './auth-user.js';

/** The paths of src/service/routes.rs that need no token. */
const ROUTES = {
  v1: { start: '/auth/oidc/start', callback: '/auth/oidc/callback', logout: '/auth/logout' },
  oauth2: { start: '/auth/login', callback: '/auth/callback', logout: '/auth/logout' },
};

/** The name under which src/web/storage.rs keeps where to return to. */
const RETURN_TO = 'bixarena-auth-client:return-to';

/**
 * What works where the wasm cannot be loaded: the way to the sign-in and back, the sign-out, and the profile. Nothing is verified, so
 * nobody is ever said to be signed in.
 */
export class UnverifiedClient {
  #options;
  #profile;
  /** @type {Promise<{ returnTo: string, claims: null }> | undefined} */
  #callback;

  /** @param {AuthClientOptions} options checked before */
  constructor(options) {
    this.#options = options;
    this.#profile = new Profile(
      (controller) => this.#askUserInfo(controller),
      () => {},
    );
  }

  get profile() {
    return this.#profile.known;
  }

  /**
   * @param {{ returnTo?: string }} [options]
   * @returns {Promise<never>}
   */
  async login({ returnTo } = {}) {
    const target = this.#ownPath(returnTo) ?? this.#ownPath(currentPath()) ?? '/';
    remember(target);
    const query = this.#options.routes === 'oauth2' ? `?return_to=${encodeURIComponent(target)}` : '';
    this.#go(this.#url('start') + query);
    return new Promise(() => {});
  }

  /** @param {string | URL} [url] */
  handleCallback(url) {
    return (this.#callback ??= this.#finish(url === undefined ? takeCallback() : String(url)));
  }

  takeReturnTo() {
    const target = remembered();
    remember(null);
    return this.#ownPath(target);
  }

  async getUserInfo() {
    return this.#profile.load();
  }

  /** @param {{ redirectTo?: string }} [options] */
  async logout({ redirectTo } = {}) {
    const response = await this.#send(this.#url('logout'), { method: 'POST' });
    // On the newer routes: there was no session.
    const isOver = response.ok || (response.status === 401 && this.#options.routes === 'oauth2');
    if (!isOver) throw refusal(response, undefined, Date.now());
    this.#profile.forget('signed_out');
    const target = this.#ownPath(redirectTo);
    if (target !== null) this.#go(target);
  }

  dispose() {
    this.#profile.forget('disposed');
  }

  /** @param {string | undefined} address */
  async #finish(address) {
    const returnTo = this.takeReturnTo() ?? '/';
    const fault = faultOfCallback(address);
    if (fault) throw fault;
    const { code, state } = /** @type {{ code: string, state: string }} */ (readCallback(address));
    const response = await this.#send(`${this.#url('callback')}?${new URLSearchParams({ code, state })}`);
    const { status } = response;
    const said = await response.json().catch(() => undefined);
    if (status === 400 || status === 401) {
      throw new AuthError('callback_rejected', 'the service refused the sign-in: start it again', { status });
    }
    if (!response.ok) throw refusal(response, said, Date.now());
    if (said?.status !== 'ok') throw failure('response_invalid', { status });
    return { returnTo, claims: null };
  }

  /** @param {unknown} value */
  #ownPath(value) {
    return ownPath(value, this.#options.callbackPath ?? '/callback');
  }

  /** @param {'start' | 'callback' | 'logout'} operation */
  #url(operation) {
    const { routes = 'v1' } = this.#options;
    const paths = typeof routes === 'string' ? ROUTES[routes] : { ...ROUTES.v1, ...routes };
    return this.#base() + paths[operation];
  }

  #base() {
    const { baseUrl, routes } = this.#options;
    const base = baseUrl ?? globalThis.location.origin + (routes === 'oauth2' ? '' : '/v1');
    return String(base).replace(/\/+$/, '');
  }

  /** @param {string} url */
  #go(url) {
    const { navigate = (/** @type {string} */ address) => globalThis.location.assign(address) } = this.#options;
    navigate(url);
  }

  /**
   * @param {string} url
   * @param {RequestInit} [init]
   */
  async #send(url, init) {
    const { fetch: send = globalThis.fetch, timeout = 10_000 } = this.#options;
    const signal = AbortSignal.timeout(timeout);
    try {
      return await send(url, { credentials: 'include', headers: { accept: 'application/json' }, signal, ...init });
    } catch {
      throw failure(signal.aborted ? 'timeout' : 'network_error');
    }
  }

  /** @param {AbortController} controller */
  #askUserInfo(controller) {
    const { fetch: send = globalThis.fetch, timeout = 10_000, now = Date.now, routes } = this.#options;
    if (routes !== 'oauth2') throw new TypeError("AuthClient: getUserInfo(): expected the routes 'oauth2'");
    return fetchUserInfo({ url: `${this.#base()}/userinfo`, sub: null, send, timeout, now }, controller);
  }
}

/** @param {string | null} target `null` forgets it */
function remember(target) {
  try {
    if (target === null) globalThis.sessionStorage.removeItem(RETURN_TO);
    else globalThis.sessionStorage.setItem(RETURN_TO, target);
  } catch {} // blocked or full: the sign-in works all the same
}

function remembered() {
  try {
    return globalThis.sessionStorage.getItem(RETURN_TO);
  } catch {
    return null;
  }
}
