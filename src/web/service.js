// @ts-check
/* The service as a client reaches it: its addresses, its requests, and the patience that it asks for. */
import { errorOf, exchange, later, rowOf } from './exchange.js';
import { load, save } from './storage.js';

/** The origin of this page; undefined where it is opaque or there is no location. */
export function ownOrigin() {
  const origin = globalThis.location?.origin;
  return origin === 'null' ? undefined : origin;
}

/** The name in storage of the moment at which the service may be asked again. */
const LIMIT = 'limit ';

export class Service {
  #base;
  #isDisposed = false;
  /** @type {Set<AbortController>} */
  #requests = new Set();
  /** What time it was when Rust was told of something last. */
  wall = 0;

  /**
   * @param {any} glue the generated module
   * @param {string[]} texts the rows of the texts of the wasm
   * @param {any} options validated, the base URL a string
   */
  constructor(glue, texts, options) {
    const { routes, baseUrl, timeout = 10e3, crossTab } = options;
    this.glue = glue;
    this.texts = texts;
    this.options = options;
    this.isOauth2 = routes === 'oauth2';
    this.timeout = timeout;
    this.#base = baseUrl?.replace(/\/+$/, '');
    // What tabs of this origin call what they share; nothing is shared on a server, where each request has its user.
    this.sharedName = crossTab !== false && ownOrigin() ? `bixarena-auth-client ${this.#base ?? ''}` : undefined;
  }

  /** Ends every request under way, and lets no other begin. */
  end() {
    this.#isDisposed = true;
    for (const request of this.#requests) request.abort(this.raise('disposed'));
  }

  /** Milliseconds since the epoch. A clock of the caller's that throws, or says what is no number, has stopped: the host's goes on. */
  now() {
    try {
      const now = this.options.now?.();
      if (Number.isFinite(now)) return now;
    } catch {}
    return Date.now();
  }

  refuseIfDisposed() {
    if (this.#isDisposed) throw this.raise('disposed');
  }

  /**
   * The error of the first row of the table of faults that has this code and, in its message, these words.
   * @param {string} code
   * @param {string} [words]
   * @param {object} [fields]
   */
  raise(code, words, fields) {
    return errorOf(this.texts, rowOf(this.texts, code, words), fields);
  }

  /**
   * Tells the caller's logger, which gets no token, code or state.
   * @param {string} level
   * @param {string} message
   * @param {unknown} [error]
   */
  log(level, message, error) {
    try {
      this.options.logger?.({ level, message, ...(error !== undefined && { error }) });
    } catch {}
  }

  /**
   * An address of the service.
   * @param {string} route
   */
  url(route) {
    const { routes } = this.options;
    const origin = ownOrigin();
    if (this.#base === undefined && origin === undefined) throw this.raise('environment_unsupported', 'no location');
    // The rows of the routes come last, so that none is taken for a code.
    const row = this.texts.findLast((text) => text.startsWith(`${route}|`)) ?? '';
    const path = routes?.[route] ?? row.split('|')[this.isOauth2 ? 2 : 1];
    return (this.#base ?? origin + (this.isOauth2 ? '' : '/v1')) + path;
  }

  /**
   * Goes to an address, by the caller's function if there is one.
   * @param {string} address
   */
  go(address) {
    if (this.options.navigate) this.options.navigate(address);
    else globalThis.location?.assign(address);
  }

  /**
   * @param {RequestInfo | URL} input
   * @param {RequestInit} [init]
   */
  send(input, init) {
    const send = this.options.fetch ?? globalThis.fetch;
    return send(input, init);
  }

  /**
   * Sends a request with the session cookie, and gives the object in the answer.
   * @param {number} operation
   * @param {string} query
   * @param {AbortController} controller ends it, with the reason to give
   * @param {string} [sub] whom the answer has to be about
   */
  async exchange(operation, query = '', controller = new AbortController(), sub) {
    const { signal } = controller;
    this.refuseIfDisposed();
    signal.throwIfAborted();
    this.#requests.add(controller);
    const timer = later(() => controller.abort(this.raise('timeout')), this.timeout);
    try {
      // The caller's `fetch` may not heed the signal, or be what ends the client: what it does then is not waited for.
      return await Promise.race([
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        exchange(this, operation, query, signal, sub),
      ]);
    } finally {
      globalThis.clearTimeout(timer);
      this.#requests.delete(controller);
    }
  }

  /**
   * The service wants no request until then, from any tab.
   * @param {number} until in milliseconds since the epoch
   */
  limit(until) {
    if (this.sharedName) save('localStorage', LIMIT + this.sharedName, String(Math.ceil(until)));
  }

  /** Another tab may have been told that the service wants no request. */
  refuseIfLimited() {
    const until = this.sharedName && load('localStorage', LIMIT + this.sharedName);
    const retryAfter = this.glue.limitLeft(Number(until ?? 0), this.now());
    if (retryAfter > 0) throw this.raise('rate_limited', '', { retryAfter });
  }
}
