// @ts-check
/** @import { State } from '../dist/web/host.js' */
/** @import { JwtVerifierOptions } from '../dist/types.js' */
/** @import { JwksStore } from './jwks-store.js' */
/** @import { Host } from './verifier-core.js' */
import { AuthError, ask, raise } from '../dist/web/host.js';
import { LONGEST_WAIT, UNAVAILABLE, parse, readText, textOf } from './jwks-answer.js';
import { unboundFetch } from './unbound-fetch.js';
import { KEYS_FRESH, KEYS_SERVED, KEYS_USABLE } from './verifier-core.js';

// Why a key set is fetched; see `NEEDS` in src/web/jwt_verifier.rs.
export const SET = 0;
export const KEY = 1;
export const KEY_OF_ISSUER = 2;
export const NEWEST = 3;

// What a fetch brought; see `brought` in src/web/jwt_verifier.rs.
const NOTHING = 0;
const SAME_SET = 1;
const NEW_SET = 2;
export const STATIC_SET = 3;

/** In place of a fetch's ticket: the set comes from the store. */
const STORED = 0;

/** Into how many parts the time that a fetch may take is divided: so many fetches are begun at most while one hangs. */
const STEPS = 3;

/** A timer that is set for longer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * What keeps a Worker alive for a promise when its request has been answered.
 * @typedef {{ waitUntil(promise: Promise<unknown>): void }} Context
 */

/**
 * Fetches a key set when the core says so. Whether to fetch, to wait or to refuse is decided in Rust
 * (`jwks/cache.rs`); here is only the fetching.
 */
export class RemoteKeys {
  #glue;
  #core;
  #state;
  #url;
  #timeout;
  #now;
  #fetcher;
  #init;
  #isShared;
  #onFetched;
  /** Brings the store, if there is one: what `obtain` brings may come from it, so that the service can have a newer set. */
  store;
  /** The fetch under way, and when it began. */
  #underWay = /** @type {Promise<void> | undefined} */ (undefined);
  #began = 0;
  /** @type {AbortController | undefined} */
  #controller;
  /** The text of the set in use. */
  #text = /** @type {string | undefined} */ (undefined);

  /**
   * @param {Host} host
   * @param {number} core the address of the part in wasm
   * @param {State} state
   * @param {JwtVerifierOptions} options
   * @param {() => void} onFetched
   */
  constructor({ glue, jwksRequest, sharesPromises }, core, state, options, onFetched) {
    const { jwksUrl, issuer, jwksCache, now = Date.now, fetch } = options;
    this.#glue = glue;
    this.#core = core;
    this.#state = state;
    this.#url = String(jwksUrl);
    this.#timeout = (jwksCache?.timeout ?? 5) * 1000;
    this.#now = now;
    this.#fetcher = fetch;
    this.#init = jwksRequest;
    this.#isShared = sharesPromises;
    this.#onFetched = onFetched;
    if (jwksCache?.store === 'cache-api' && 'caches' in globalThis) {
      const read = (/** @type {Response} */ response) => readText(state, response);
      this.store = async () => new (await import('./jwks-store.js')).JwksStore(this.#url, issuer, jwksCache, read);
    }
  }

  /**
   * Resolves when the set may be looked at; rejects with what `state.error` says.
   * @param {number} need
   * @param {Context} [ctx]
   */
  async obtain(need, ctx) {
    this.#refuseIfEarly(need);
    try {
      // One fetch for everybody who waits.
      if (this.#underWay === undefined) await this.#begin(need, ctx);
      else if (this.#isShared) await this.#underWay;
      else await this.#watch(need, ctx);
    } catch (error) {
      // A set that is known is better than none, within its limit (RFC 5861 §4).
      if (need !== SET || !this.#isUsable()) throw error;
    }
  }

  /**
   * Waits for a fetch that another request of the Worker has begun. Its promise must not be awaited here: it dies with its
   * request. So the outcome is looked for; after a while this request fetches for itself, and the others look on. Nobody
   * looks on for longer than a fetch may take: where the service hangs, each would fetch in turn.
   * @param {number} need
   * @param {Context} [ctx]
   */
  async #watch(need, ctx) {
    const timeout = this.#timeout;
    const pause = 20;
    let watched = this.#underWay;
    let since = 0;
    for (let waited = 0; this.#underWay !== undefined; waited += pause) {
      if (this.#underWay !== watched) [watched, since] = [this.#underWay, waited];
      if (waited >= timeout) throw raise(this.#state, UNAVAILABLE);
      if (waited - since >= timeout / STEPS) {
        this.#refuseIfFailing(need);
        return this.#begin(need, ctx);
      }
      await new Promise((resolve) => globalThis.setTimeout(resolve, pause));
    }
    if (!this.#isUsable()) this.#refuseIfFailing(need);
  }

  /**
   * Throws if it is too early for a fetch.
   * @param {number} need
   */
  #refuseIfEarly(need) {
    // That the key is unknown has been said already, and a set that was fetched just now is no better.
    if (this.#refuseIfFailing(need) < 0) throw this.#state.error;
  }

  /**
   * Throws if the service has failed and is not to be asked yet.
   * @param {number} need
   */
  #refuseIfFailing(need) {
    const wait = this.#waits(need);
    // Whole seconds, as the header has them (RFC 9110 §10.2.3).
    if (wait > 0) throw raise(this.#state, UNAVAILABLE, { retryAfter: Math.ceil(wait / 1000) });
    return wait;
  }

  /**
   * How long a fetch has to wait, in milliseconds; negative: it would help nobody.
   * @param {number} need
   * @returns {number}
   */
  #waits(need) {
    return this.#glue.fetchWaits(this.#core, this.#now(), need);
  }

  /** Whether the set at hand may still be used although it could not be refreshed. */
  #isUsable() {
    return this.#now() < this.#glue.moment(this.#core, KEYS_USABLE);
  }

  /**
   * Fetches in the background; a failure is remembered in the core and shows when the set is too old.
   * @param {Context} [ctx]
   * @returns {Promise<void> | undefined} undefined if nothing was begun
   */
  refresh(ctx) {
    const now = this.#now();
    // One that takes longer than it may has died with its request, where that can be.
    const isUnderWay = this.#underWay !== undefined && (this.#isShared || now < this.#began + this.#timeout);
    if (isUnderWay || this.#waits(SET) !== 0) return undefined;
    return this.#begin(SET, ctx);
  }

  /**
   * @param {number} need
   * @param {Context} [ctx]
   */
  #begin(need, ctx) {
    const isFirst = this.#glue.moment(this.#core, KEYS_USABLE) <= (this.#began = this.#now());
    const underWay = this.#fetch(need, isFirst, ctx);
    this.#underWay = underWay;
    const done = () => {
      // Where promises are not shared, a later fetch may have taken its place.
      if (this.#underWay === underWay) this.#underWay = undefined;
    };
    const ended = underWay.then(done, done);
    ctx?.waitUntil(ended);
    return underWay;
  }

  /** Ends the fetch under way, and with it the wait of everybody. */
  dispose() {
    this.#controller?.abort();
  }

  /**
   * @param {number} need
   * @param {boolean} isFirst whether there is no set yet that could be used meanwhile
   * @param {Context} [ctx]
   */
  async #fetch(need, isFirst, ctx) {
    const store = await this.store?.();
    if (store !== undefined && need !== NEWEST && (await this.#findStored(store, need, isFirst))) return;
    // Nobody waits for marks, nor is anything lost with one.
    store?.writeMark({ until: this.#now() + this.#timeout / STEPS, hasFailed: false }, this.#now());
    const ticket = this.#glue.fetchBegins(this.#core, need);
    const asked = this.#now();
    try {
      const text = await this.#request();
      this.#use(ticket, asked, text);
      const written = store?.write({ text, asked });
      // Nobody has to wait for it, if it is waited for at all.
      if (written !== undefined && ctx !== undefined) ctx.waitUntil(written);
      else await written;
    } catch (error) {
      const { retryAfter = 0 } = /** @type {any} */ (error);
      this.#glue.fetchEnds(this.#core, ticket, asked, this.#now(), NOTHING, retryAfter * 1000);
      const pause = this.#waits(SET) || this.#waits(KEY);
      const mark = { until: this.#now() + pause, hasFailed: true };
      const written = pause > 0 ? store?.writeMark(mark, this.#now()) : undefined;
      if (written !== undefined) ctx?.waitUntil(written);
      throw error;
    }
  }

  /**
   * Whether the store brings a set that is enough, now or when another isolate of this place has it: of hundreds that find
   * their sets too old at once, one asks the service. Throws where another one has been told to leave the service alone.
   * @param {JwksStore} store
   * @param {number} need
   * @param {boolean} isFirst
   */
  async #findStored(store, need, isFirst) {
    const pause = 100;
    for (let waited = 0; ; waited += pause) {
      const mark = store.readMark();
      const until = await store.take(
        (asked, text) => this.#use(STORED, asked, text),
        () => this.#glue.moment(this.#core, KEYS_FRESH),
      );
      // One that is to be refreshed will do where there is none yet.
      const isEnough = need !== SET || this.#now() < (isFirst ? this.#glue.moment(this.#core, KEYS_SERVED) : until);
      if (until > 0 && isEnough) return true;
      const { until: end = 0, hasFailed = false } = (await mark) ?? {};
      const left = end - this.#now();
      // An isolate that has fallen silent is not waited for any longer.
      if (!(left > 0) || waited >= this.#timeout / STEPS) return false;
      if (hasFailed) this.#failAsOthers(need, Math.min(left, LONGEST_WAIT * 1000));
      await new Promise((resolve) => globalThis.setTimeout(resolve, pause));
    }
  }

  /**
   * @param {number} need
   * @param {number} wait milliseconds
   */
  #failAsOthers(need, wait) {
    const now = this.#now();
    this.#glue.fetchEnds(this.#core, this.#glue.fetchBegins(this.#core, need), now, now, NOTHING, wait);
    throw raise(this.#state, UNAVAILABLE, { retryAfter: Math.ceil(wait / 1000) });
  }

  /**
   * @param {number} ticket
   * @param {number} asked
   * @param {string} text
   */
  #use(ticket, asked, text) {
    const state = this.#state;
    const isSame = text === this.#text;
    if (!isSame) state.fetched = parse(state, text);
    ask(state);
    const what = isSame ? SAME_SET : NEW_SET;
    if (!this.#glue.fetchEnds(this.#core, ticket, asked, this.#now(), what, 0)) throw state.error;
    // Unless it came too late.
    if (!isSame && state.keys === state.fetched.keys) this.#text = text;
    this.#onFetched();
  }

  async #request() {
    // It may have ended while a store was asked: nothing is sent any more.
    if (this.#state.isDisposed) throw raise(this.#state, UNAVAILABLE);
    const request = this.#fetcher ?? globalThis.fetch;
    const controller = new AbortController();
    const { signal } = (this.#controller = controller);
    const timer = globalThis.setTimeout(() => controller.abort(), Math.min(this.#timeout, LONGEST_TIMER));
    try {
      const answer = async () =>
        textOf(
          this.#state,
          await request(this.#url, { ...this.#init, headers: { accept: 'application/json' }, signal }),
          this.#now(),
        );
      // Not every `fetch` that a caller gives looks at its signal.
      const aborted = new Promise((_resolve, reject) => signal.addEventListener('abort', reject));
      return /** @type {string} */ (await Promise.race([answer(), aborted]));
    } catch (error) {
      // What `fetch` rejects with differs from host to host and helps nobody; the set cannot be had.
      if (error instanceof AuthError && error.code.startsWith('jwks_')) throw error;
      throw unboundFetch(error) ?? raise(this.#state, UNAVAILABLE);
    } finally {
      globalThis.clearTimeout(timer);
      controller.abort();
    }
  }
}
