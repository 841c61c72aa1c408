// @ts-check
/** @import { AuthClientOptions, UserInfo } from '../dist/types.js' */
import { save, take } from '../dist/web/storage.js';
import { CALL_BACK, LOG_OUT_2, LOG_OUT, USER_INFO } from '../dist/web/exchange.js';
import { Service } from '../dist/web/service.js';
import { currentPath, faultOfCallback, ownPath, readCallback, takeCallback } from './address.js';
import { Profile, userInfo } from './auth-user.js';
import { TEXTS, judgeReply } from './unverified-reply.js';

/** The name in storage that src/web/sign-in.js has for where to return to. */
const RETURN_TO = 'return-to';

/**
 * What works where the wasm cannot be loaded: the way to the sign-in and back, the sign-out, and the profile. Nothing is verified, so
 * nobody is ever said to be signed in.
 */
export class UnverifiedClient {
  #service;
  #options;
  #profile;
  /** @type {Promise<{ returnTo: string, claims: null }> | undefined} */
  #callback;

  /** @param {AuthClientOptions} options checked before */
  constructor(options) {
    const { baseUrl } = options;
    this.#options = options;
    this.#service = new Service({ judgeReply }, TEXTS, { ...options, baseUrl: baseUrl && String(baseUrl) });
    this.#profile = new Profile(
      (controller) => this.#askUserInfo(controller),
      () => {},
      (code) => this.#service.raise(code),
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
    const service = this.#service;
    service.refuseIfDisposed();
    const target = this.#ownPath(returnTo) ?? this.#ownPath(currentPath()) ?? '/';
    save('sessionStorage', RETURN_TO, target);
    service.go(service.url('start') + (service.isOauth2 ? `?return_to=${encodeURIComponent(target)}` : ''));
    return new Promise(() => {});
  }

  /** @param {string | URL} [url] */
  handleCallback(url) {
    return (this.#callback ??= this.#finish(url === undefined ? takeCallback() : String(url)));
  }

  takeReturnTo() {
    return this.#ownPath(take('sessionStorage', RETURN_TO));
  }

  async getUserInfo() {
    return this.#profile.load();
  }

  /** @param {{ redirectTo?: string }} [options] */
  async logout({ redirectTo } = {}) {
    await this.#service.exchange(this.#service.isOauth2 ? LOG_OUT_2 : LOG_OUT);
    this.#profile.forget('signed_out');
    const target = this.#ownPath(redirectTo);
    if (target !== null) this.#service.go(target);
  }

  dispose() {
    this.#service.end();
    this.#profile.forget('disposed');
  }

  /** @param {string | undefined} address */
  async #finish(address) {
    const returnTo = this.takeReturnTo() ?? '/';
    const fault = faultOfCallback(address);
    if (fault) throw fault;
    const { code, state } = /** @type {{ code: string, state: string }} */ (readCallback(address));
    await this.#service.exchange(CALL_BACK, `?${new URLSearchParams({ code, state })}`);
    return { returnTo, claims: null };
  }

  /** @param {unknown} value */
  #ownPath(value) {
    return ownPath(value, this.#options.callbackPath ?? '/callback');
  }

  /** @param {AbortController} controller */
  async #askUserInfo(controller) {
    if (!this.#service.isOauth2) throw new TypeError("AuthClient: getUserInfo(): expected the routes 'oauth2'");
    const body = await this.#service.exchange(USER_INFO, '', controller);
    // Nobody is verified whom it could be about: it is about whoever has the session.
    if (typeof body.sub !== 'string') throw this.#service.raise('response_invalid', '', { status: 200 });
    return userInfo(body);
  }
}
