// @ts-check
/** @import { VerifierCore } from '../dist/verifier.js' */
/** @import { State } from '../dist/web/host.js' */
import { ask, raise } from '../dist/web/host.js';
import { retryAfter } from './retry-after.js';

/** Why a key set is fetched, with the numbers that Rust knows the needs by. */
export const NEED = /** @type {const} */ ({ SET: 0, KEY: 1, KEY_OF_ISSUER: 2, NEWEST: 3 });

/** What a fetch brought, with the numbers that Rust knows it by. */
export const BROUGHT = /** @type {const} */ ({ NOTHING: 0, SAME_SET: 1, NEW_SET: 2, STATIC_SET: 3 });

/** What may go wrong with an answer, with the numbers that Rust knows the faults by. */
const FAULT = /** @type {const} */ ({ UNAVAILABLE: 3, NOT_JSON: 4, TOO_LARGE: 5, CONTENT_TYPE: 6 });

/** See `VerifierCore::moment`. */
const MOMENT_KEYS_USABLE = 3;

/** A timer that is set for longer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** In seconds: nobody's advice may keep a verifier without keys for longer. */
export const LONGEST_WAIT = 3600;

const MAX_BYTES = 512 * 1024;

/** A fault of an answer; becomes an AuthError in Rust. */
class Fault {
  /**
   * @param {number} number
   * @param {number} [status]
   * @param {number} [retryAfter] seconds
   */
  constructor(number, status = 0, retryAfter = 0) {
    this.number = number;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/**
 * Fetches a key set when the core says so. Whether to fetch, to wait or to refuse is decided in Rust
 * (`jwks/cache.rs`); here is only the fetching.
 */
export class RemoteKeys {
  #core;
  #state;
  #options;
  /** The fetch under way, and what came of the last one. */
  #underWay = /** @type {Promise<void> | undefined} */ (undefined);
  /** @type {AbortController | undefined} */
  #controller;
  /** The text of the set in use. */
  #text = '';
  /** The ticket of the fetch that was begun last. */
  #newest = 0;

  /**
   * @param {VerifierCore} core
   * @param {State} state
   * @param {{ url: string, timeout: number, now: () => number, fetch?: typeof fetch, init: RequestInit, isShared: boolean,
   *   onFetched: () => void }} options
   */
  constructor(core, state, options) {
    this.#core = core;
    this.#state = state;
    this.#options = options;
  }

  /**
   * Resolves when the set may be looked at; rejects with what `state.error` says.
   * @param {number} need
   */
  async obtain(need) {
    const { now, isShared } = this.#options;
    this.#refuseIfEarly(need);
    try {
      // One fetch for everybody who waits.
      if (this.#underWay === undefined || isShared) await (this.#underWay ??= this.#fetch(need));
      else await this.#watch(need);
    } catch (error) {
      // A set that is known is better than none, within its limit (RFC 5861 §4).
      if (need !== NEED.SET || !this.#isUsable()) throw error;
    }
  }

  /**
   * Waits for a fetch that another request of the Worker has begun. Its promise must not be awaited here: it dies with its
   * request. So the outcome is looked for; after a while this request fetches for itself, and the others look on.
   * @param {number} need
   */
  async #watch(need) {
    const STEPS = 3;
    const watched = this.#underWay;
    const pause = 20;
    for (let waited = 0; this.#underWay === watched; waited += pause) {
      if (waited >= this.#options.timeout / STEPS) {
        await (this.#underWay = this.#fetch(need));
        return;
      }
      await new Promise((resolve) => globalThis.setTimeout(resolve, pause));
    }
    if (this.#underWay !== undefined) await this.#watch(need);
    else if (!this.#isUsable()) this.#refuseIfEarly(need);
  }

  /**
   * Throws if it is too early for a fetch.
   * @param {number} need
   */
  #refuseIfEarly(need) {
    const wait = this.#core.fetchWaits(this.#options.now(), need);
    // That the key is unknown has been said already, and a set that was fetched just now is no better.
    if (wait < 0) throw this.#state.error;
    if (wait > 0) throw this.#fail(new Fault(FAULT.UNAVAILABLE, 0, wait / 1000));
  }

  /** Whether the set at hand may still be used although it could not be refreshed. */
  #isUsable() {
    return this.#options.now() < this.#core.moment(MOMENT_KEYS_USABLE);
  }

  /** @param {Fault} fault */
  #fail({ number, status, retryAfter }) {
    const error = /** @type {any} */ (raise(this.#state, number));
    if (status) error.status = status;
    // Whole seconds, as the header has them (RFC 9110 §10.2.3).
    if (retryAfter) error.retryAfter = Math.ceil(retryAfter);
    return error;
  }

  /** Fetches in the background; a failure is remembered in the core and shows when the set is too old. */
  refresh() {
    if (this.#underWay === undefined && this.#core.fetchWaits(this.#options.now(), NEED.SET) === 0) {
      this.#underWay = this.#fetch(NEED.SET);
      this.#underWay.catch(() => {});
    }
    return this.#underWay;
  }

  /** Ends the fetch under way, and with it the wait of everybody. */
  dispose() {
    this.#controller?.abort();
  }

  /** @param {number} need */
  async #fetch(need) {
    const { now } = this.#options;
    const ticket = this.#core.fetchBegins(need);
    const asked = now();
    this.#newest = ticket;
    try {
      const text = await this.#request();
      this.#state.fetched = parse(text);
      ask(this.#state);
      const what = text === this.#text ? BROUGHT.SAME_SET : BROUGHT.NEW_SET;
      if (!this.#core.fetchEnds(ticket, asked, now(), what, 0)) throw this.#state.error;
      // Unless it came too late.
      if (this.#state.keys === this.#state.fetched.keys) this.#text = text;
      this.#options.onFetched();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#core.fetchEnds(ticket, asked, now(), BROUGHT.NOTHING, error.retryAfter * 1000);
      throw this.#fail(error);
    } finally {
      // Where promises are not shared, a later fetch may have taken its place.
      if (ticket === this.#newest) this.#underWay = undefined;
    }
  }

  async #request() {
    const { url, timeout, init } = this.#options;
    const request = this.#options.fetch ?? globalThis.fetch;
    const controller = new AbortController();
    const { signal } = (this.#controller = controller);
    const timer = globalThis.setTimeout(() => controller.abort(), Math.min(timeout, LONGEST_TIMER));
    try {
      const answer = async () =>
        readText(
          check(await request(url, { ...init, headers: { accept: 'application/json' }, signal }), this.#options.now()),
        );
      // Not every `fetch` that a caller gives looks at its signal.
      const aborted = new Promise((_resolve, reject) => signal.addEventListener('abort', reject));
      return /** @type {string} */ (await Promise.race([answer(), aborted]));
    } catch (error) {
      // What `fetch` rejects with differs from host to host and helps nobody; the set cannot be had.
      throw error instanceof Fault ? error : new Fault(FAULT.UNAVAILABLE);
    } finally {
      globalThis.clearTimeout(timer);
      controller.abort();
    }
  }
}

/**
 * @param {Response} response
 * @param {number} now milliseconds
 */
function check(response, now) {
  // Redirects are refused, also by a `fetch` of the caller's that follows them: another origin would choose the keys.
  if (response.status !== 200 || response.redirected) {
    const wait = retryAfter(response.headers.get('retry-after'), now, LONGEST_WAIT);
    throw new Fault(FAULT.UNAVAILABLE, response.status, wait);
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) throw new Fault(FAULT.CONTENT_TYPE);
  return response;
}

/** @param {Response} response */
async function readText(response) {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  const reader = response.body?.getReader();
  for (let chunk; reader && !(chunk = await reader.read()).done;) {
    length += chunk.value.length;
    if (length > MAX_BYTES) throw new Fault(FAULT.TOO_LARGE);
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(FAULT.NOT_JSON);
  }
}
