// @ts-check
/** @import { State } from '../dist/web/host.js' */
/** @import { JwtVerifierOptions } from '../dist/types.js' */
/** @import { Host } from './verifier-core.js' */
import { AuthError } from '../dist/web/errors.js';
import { ask } from '../dist/web/host.js';
import { parse, readText, textOf, unavailable } from './jwks-answer.js';
import {
  KEY,
  KEYS_FRESH,
  KEYS_SERVED,
  KEYS_USABLE,
  LONGEST_TIMER,
  LONGEST_WAIT,
  NEWEST,
  NEW_SET,
  NOTHING,
  NO_TICKET,
  SAME_SET,
  SET,
  STEPS,
} from '../dist/web/numbers.js';
import { unboundFetch } from './unbound-fetch.js';

/**
 * What keeps a Worker alive for a promise when its request has been answered.
 * @typedef {{ waitUntil(promise: Promise<unknown>): void }} Context
 *
 * @typedef {ReturnType<typeof remoteKeys>} RemoteKeys
 */

/**
 * Fetches a key set when the core says so. Whether to fetch, to wait or to refuse is decided in Rust
 * (`jwks/cache.rs`); here is only the fetching.
 * @param {Host} host
 * @param {number} core the address of the part in wasm
 * @param {State} state
 * @param {JwtVerifierOptions} options
 * @param {() => void} onFetched
 */
export function remoteKeys({ glue, jwksRequest, sharesPromises }, core, state, options, onFetched) {
  const { jwksUrl, issuer, jwksCache = {}, now = Date.now, fetch } = options;
  const url = String(jwksUrl);
  const timeout = (jwksCache.timeout ?? 5) * 1000;
  const hasStore = jwksCache.store === 'cache-api' && 'caches' in globalThis;
  /** The fetch under way, and when it began. */
  let underWay = /** @type {Promise<void> | undefined} */ (undefined);
  let began = 0;
  /** Why the last fetch brought nothing; undefined if it did not fail. @type {unknown} */
  let failure;
  /** @type {AbortController | undefined} */
  let controller;
  /** The text of the set in use. @type {string | undefined} */
  let textInUse;

  const moment = (/** @type {number} */ number) => /** @type {number} */ (glue.moment(core, number));

  /** Whether the set at hand may still be used although it could not be refreshed. */
  const isUsable = () => now() < moment(KEYS_USABLE);

  /**
   * How long a fetch has to wait, in milliseconds; negative: it would help nobody.
   * @param {number} need
   * @returns {number}
   */
  const waits = (need) => glue.fetchWaits(core, now(), need);

  /**
   * Throws if the service has failed and is not to be asked yet.
   * @param {number} need
   */
  function refuseIfFailing(need) {
    const wait = waits(need);
    if (wait > 0) throw unavailable(state, wait);
    return wait;
  }

  /**
   * Resolves when the set may be looked at; rejects with what `state.error` says.
   * @param {number} need
   * @param {Context} [ctx]
   */
  async function obtain(need, ctx) {
    // That the key is unknown has been said already, and a set that was fetched just now is no better.
    if (refuseIfFailing(need) < 0) throw state.error;
    try {
      // One fetch for everybody who waits.
      await (underWay === undefined ? begin(need, ctx) : sharesPromises ? underWay : watch(need, ctx));
    } catch (error) {
      // A set that is known is better than none, within its limit (RFC 5861 §4).
      if (need !== SET || !isUsable()) throw error;
    }
  }

  /**
   * Waits for a fetch that another request of the Worker has begun. Its promise must not be awaited here: it dies with its
   * request. So the outcome is looked for; after a while this request fetches for itself, and the others look on. Nobody
   * looks on for longer than a fetch may take: where the service hangs, each would fetch in turn.
   * @param {number} need
   * @param {Context} [ctx]
   */
  async function watch(need, ctx) {
    const pause = 20;
    let watched = underWay;
    let since = 0;
    for (let waited = 0; underWay !== undefined; waited += pause) {
      if (underWay !== watched) [watched, since] = [underWay, waited];
      if (waited >= timeout) throw unavailable(state);
      if (waited - since >= timeout / STEPS) {
        refuseIfFailing(need);
        return begin(need, ctx);
      }
      await new Promise((resolve) => globalThis.setTimeout(resolve, pause));
    }
    if (isUsable()) return;
    refuseIfFailing(need);
    // Also where it may be asked again by now: nobody looks into a set that is too old.
    if (failure) throw failure;
  }

  /**
   * Fetches in the background; a failure is remembered in the core and shows when the set is too old.
   * @param {Context} [ctx]
   * @returns {Promise<void> | undefined} undefined if nothing was begun
   */
  function refresh(ctx) {
    // One that takes longer than it may has died with its request, where that can be.
    const isUnderWay = underWay !== undefined && (sharesPromises || now() < began + timeout);
    return isUnderWay || waits(SET) !== 0 ? undefined : begin(SET, ctx);
  }

  /**
   * @param {number} need
   * @param {Context} [ctx]
   */
  function begin(need, ctx) {
    began = now();
    const own = (underWay = fetchSet(need, ctx));
    const done = (/** @type {unknown} */ error) => {
      // Where promises are not shared, a later fetch may have taken its place.
      if (underWay === own) [underWay, failure] = [undefined, error];
    };
    const ended = own.then(done, done);
    ctx?.waitUntil(ended);
    return own;
  }

  /**
   * @param {number} need
   * @param {Context} [ctx]
   */
  async function fetchSet(need, ctx) {
    // Where there is no set that could be used meanwhile, one that is to be refreshed will do.
    const least = isUsable() ? KEYS_FRESH : KEYS_SERVED;
    const store = await (hasStore ? bringStore() : undefined);
    const fail = (/** @type {number} */ ticket, /** @type {number} */ asked, /** @type {number} */ wait) =>
      glue.fetchEnds(core, ticket, asked, now(), NOTHING, wait);
    const failAsOthers = (/** @type {number} */ left) => {
      const wait = Math.min(left, LONGEST_WAIT * 1000);
      fail(glue.fetchBegins(core, need), now(), wait);
      return unavailable(state, wait);
    };
    const isEnough = () => need !== SET || now() < moment(least);
    if (need !== NEWEST && (await store?.find(isEnough, failAsOthers))) return;
    store?.begins();
    const ticket = glue.fetchBegins(core, need);
    const asked = now();
    try {
      const text = await request();
      use(ticket, asked, text);
      await store?.write({ text, asked }, ctx);
    } catch (error) {
      const { retryAfter = 0 } = /** @type {any} */ (error);
      fail(ticket, asked, retryAfter * 1000);
      store?.fails(waits(SET) || waits(KEY), ctx);
      throw error;
    }
  }

  /** The store that others have filled: what `obtain` brings may come from it, so that the service can have a newer set. */
  async function bringStore() {
    const { JwksStore } = await import('./jwks-store.js');
    return new JwksStore(url, issuer, jwksCache, {
      now,
      patience: timeout / STEPS,
      use: (asked, text) => use(NO_TICKET, asked, text),
      freshUntil: () => moment(KEYS_FRESH),
      readText: (response) => readText(state, response),
    });
  }

  /**
   * @param {number} ticket
   * @param {number} asked
   * @param {string} text
   */
  function use(ticket, asked, text) {
    const isSame = text === textInUse;
    if (!isSame) state.fetched = parse(state, text);
    ask(state);
    if (!glue.fetchEnds(core, ticket, asked, now(), isSame ? SAME_SET : NEW_SET, 0)) throw state.error;
    // Unless it came too late.
    if (state.keys === state.fetched?.keys) textInUse = text;
    onFetched();
  }

  async function request() {
    // It may have ended while a store was asked: nothing is sent any more.
    if (state.isDisposed) throw unavailable(state);
    const send = fetch ?? globalThis.fetch;
    const own = (controller = new AbortController());
    const { signal } = own;
    const timer = globalThis.setTimeout(() => own.abort(), Math.min(timeout, LONGEST_TIMER));
    try {
      const answer = async () =>
        textOf(state, await send(url, { ...jwksRequest, headers: { accept: 'application/json' }, signal }), now());
      // Not every `fetch` that a caller gives looks at its signal.
      const aborted = new Promise((_resolve, reject) => signal.addEventListener('abort', reject));
      return /** @type {string} */ (await Promise.race([answer(), aborted]));
    } catch (error) {
      // What `fetch` rejects with differs from host to host and helps nobody; the set cannot be had.
      if (error instanceof AuthError && error.code.startsWith('jwks_')) throw error;
      throw unboundFetch(error) ?? unavailable(state);
    } finally {
      globalThis.clearTimeout(timer);
      own.abort();
    }
  }

  /** Ends the fetch under way, and with it the wait of everybody. */
  const dispose = () => controller?.abort();

  return { hasStore, obtain, refresh, dispose };
}
