// @ts-check
/** @import { State, SubtleEngine } from '../dist/web/host.js' */
/** @import { JwtVerifierOptions, VerifiedJwt } from '../dist/types.js' */
import { prove } from '../dist/web/crypto.js';
import { algorithmNumber, ask, raise } from '../dist/web/host.js';
import { withDispose } from './dispose.js';
import { checkVerifierOptions, checkVerifyOptions } from './options.js';
import { BROUGHT, NEED, RemoteKeys } from './remote-keys.js';
import { RepeatCache, deepFreeze } from './repeat-cache.js';
import { HOW, MOMENT, OUTCOME, newCore, newState } from './verifier-core.js';

const FAULT_DISPOSED = 7;
const FAULT_NO_KEY = 8;

/** A host may lack algorithms from this number on in Rust's table: ES384, ES512, EdDSA. Every WebCrypto has the others. */
const FIRST_UNCERTAIN = 7;

/**
 * What differs from host to host.
 * @typedef {object} Host
 * @property {any} glue the generated module, whose wasm is or will be loaded
 * @property {() => void} ready loads the wasm, or throws an AuthError if that cannot be done without waiting
 * @property {() => Promise<void>} load loads the wasm
 * @property {(source?: any) => Promise<void>} [init] the same for the caller, who may have to bring the wasm
 * @property {() => string[]} faults the table of faults of the wasm, once it is loaded
 * @property {RequestInit} jwksRequest how a key set is asked for
 * @property {() => Promise<SubtleEngine>} [fallback] brings an engine for what WebCrypto lacks
 * @property {boolean} sharesPromises whether a promise may be awaited by another request than the one that made it
 * @property {boolean} forwardsBearer whether its `fetch` takes an `Authorization` along a redirect to another origin
 */

/**
 * The class `JwtVerifier` for one host. Types and documentation stand in src/web/types.d.ts.
 * @param {Host} host
 */
export function defineJwtVerifier(host) {
  const bringFallback = host.fallback;
  /** The fallback engine, once it was needed; and the numbers of the algorithms that were seen to be there. */
  let fallback = /** @type {SubtleEngine | undefined} */ (undefined);
  const proven = new Set();

  class JwtVerifier {
    #core;
    #now;
    /** @type {State} */
    #state;
    /** @type {RemoteKeys | undefined} */
    #remote;
    /** @type {RepeatCache | undefined} */
    #repeat;
    /** Until when an answer of the repeat cache needs no look at the key set. */
    #keysFreshUntil = -Infinity;
    /** Counts the key sets that were in use. */
    #generation = 0;
    #logger;
    /** Numbers of allowed algorithms that may be missing. */
    #unproven = /** @type {number[]} */ ([]);

    /** @param {JwtVerifierOptions} options */
    static async create(options) {
      await host.load();
      const verifier = new JwtVerifier(options);
      await verifier.#prove();
      return verifier;
    }

    /** @param {JwtVerifierOptions} options */
    constructor(options) {
      host.ready();
      checkVerifierOptions(options);
      const state = (this.#state = newState(options, host, fallback));
      this.#core = newCore(options, host);
      state.fallback = bringFallback && (async () => (fallback = await bringFallback()));
      this.#unproven = (options.algorithms ?? ['RS256'])
        .map(algorithmNumber)
        .filter((number) => !proven.has(number) && (number >= FIRST_UNCERTAIN || !state.engine));
      this.#now = options.now ?? Date.now;
      this.#logger = options.logger;
      if (options.repeatCache !== false) this.#repeat = new RepeatCache();
      if (options.jwksUrl === undefined) {
        this.#useStatic();
      } else {
        this.#remote = new RemoteKeys(this.#core, state, {
          url: String(options.jwksUrl),
          timeout: (options.jwksCache?.timeout ?? 5) * 1000,
          now: this.#now,
          fetch: options.fetch,
          init: host.jwksRequest,
          isShared: host.sharesPromises,
          onFetched: () => this.#tellFlaws(),
        });
      }
    }

    /**
     * @param {string} token
     * @param {{ audience?: string }} [options]
     * @returns {Promise<VerifiedJwt>}
     */
    verify(token, options) {
      try {
        const now = this.#now();
        if (
          this.#repeat !== undefined &&
          typeof token === 'string' &&
          options === undefined &&
          now < this.#keysFreshUntil
        ) {
          const result = this.#repeat.get(token, now);
          if (result !== undefined) return Promise.resolve(result);
        }
        if (options !== undefined) checkVerifyOptions(options);
        return this.#verify(token, now, options?.audience, false);
      } catch (error) {
        return Promise.reject(error);
      }
    }

    /**
     * Verifies a token that the issuer has handed out this moment: without a clock, since its `iat` is the best there is.
     * @param {string} token
     * @returns {Promise<VerifiedJwt>}
     */
    verifyIssued(token) {
      return this.#verify(token, this.#now(), undefined, true);
    }

    /** Fetches the key set now, whatever is known. */
    async refresh() {
      this.#refuseIfDisposed();
      await this.#obtain(NEED.NEWEST);
    }

    /** The key set in use; fetched first if there is none. */
    async jwks() {
      this.#refuseIfDisposed();
      if (this.#remote !== undefined && this.#core.moment(MOMENT.KEYS_FRESH) <= this.#now()) {
        await this.#obtain(NEED.SET);
      }
      return { keys: structuredClone(this.#state.keys) };
    }

    dispose() {
      this.#state.isDisposed = true;
      this.#repeat?.clear();
      this.#keysFreshUntil = -Infinity;
      this.#remote?.dispose();
    }

    /**
     * @param {string} token
     * @param {number} now
     * @param {string | undefined} audience
     * @param {boolean} isIssued
     * @returns {Promise<VerifiedJwt>}
     */
    #verify(token, now, audience, isIssued) {
      this.#refuseIfDisposed();
      if (this.#unproven.length > 0) {
        return this.#prove().then(() => this.#verify(token, this.#now(), audience, isIssued));
      }
      const outcome = this.#judge(token, now, audience, isIssued, false);
      if (outcome === OUTCOME.REJECTED) return Promise.reject(this.#state.error);
      if (outcome > OUTCOME.REJECTED) return this.#verifyWithKeys(token, audience, isIssued, outcome);
      const { pending } = this.#state;
      const answer = audience === undefined && !isIssued ? this.#remember(token, pending) : pending;
      if (outcome === OUTCOME.BEGUN_REFRESH) this.#refreshInBackground();
      return answer;
    }

    /** Rejects if there is no engine for an allowed algorithm. */
    async #prove() {
      for (const number of this.#unproven) {
        await prove(this.#state, number);
        proven.add(number);
      }
      this.#unproven = [];
    }

    /**
     * @param {string} token
     * @param {number} now
     * @param {string | undefined} audience
     * @param {boolean} isIssued
     * @param {boolean} isLast
     */
    #judge(token, now, audience, isIssued, isLast) {
      const state = this.#state;
      // A static set is all there will ever be.
      const how = (isIssued ? HOW.ISSUED : 0) | (isLast || !this.#remote ? HOW.LAST : 0);
      ask(state);
      state.token = token;
      if (audience === undefined) return this.#core.verify(now, how);
      const { audiences } = state;
      state.audiences = [audience];
      const outcome = this.#core.verify(now, how | HOW.AUDIENCE);
      state.audiences = audiences;
      return outcome;
    }

    /**
     * The token has to wait for keys. The checks are made again then: time has passed.
     * @param {string} token
     * @param {string | undefined} audience
     * @param {boolean} isIssued
     * @param {number} outcome
     * @returns {Promise<VerifiedJwt>}
     */
    async #verifyWithKeys(token, audience, isIssued, outcome) {
      const needsKey = isIssued ? NEED.KEY_OF_ISSUER : NEED.KEY;
      if (outcome === OUTCOME.NEEDS_SET) {
        await this.#obtain(NEED.SET);
        outcome = this.#judge(token, this.#now(), audience, isIssued, false);
        // The set may have come from a fetch that began long ago; whether a newer one helps is decided as for any token.
      }
      if (outcome === OUTCOME.NEEDS_KEY) {
        await this.#obtain(needsKey);
        outcome = this.#judge(token, this.#now(), audience, isIssued, true);
      } else if (outcome === OUTCOME.NEEDS_SET) {
        outcome = this.#judge(token, this.#now(), audience, isIssued, true);
      }
      if (outcome >= OUTCOME.REJECTED) throw this.#state.error;
      return this.#state.pending;
    }

    /** @param {number} need */
    async #obtain(need) {
      try {
        await this.#remote?.obtain(need);
      } finally {
        this.#refuseIfDisposed();
      }
      this.#keysChanged();
    }

    #refreshInBackground() {
      this.#remote?.refresh()?.then(
        () => this.#keysChanged(),
        () => {},
      );
    }

    /** What was verified with keys that may be gone has to be verified again. */
    #keysChanged() {
      if (this.#state.isDisposed) return;
      this.#generation += 1;
      this.#repeat?.clear();
      this.#keysFreshUntil = this.#core.moment(MOMENT.KEYS_FRESH);
    }

    /**
     * Stores the answer for a token that comes for the second time.
     * @param {string} token
     * @param {Promise<VerifiedJwt>} pending
     */
    #remember(token, pending) {
      return this.#repeat === undefined || !this.#repeat.hasSeen(token)
        ? pending
        : this.#store(token, pending, this.#repeat);
    }

    /**
     * @param {string} token
     * @param {Promise<VerifiedJwt>} pending
     * @param {RepeatCache} repeat
     */
    async #store(token, pending, repeat) {
      const from = this.#core.moment(MOMENT.VALID_FROM);
      const until = this.#core.moment(MOMENT.VALID_UNTIL);
      const generation = this.#generation;
      const result = deepFreeze(await pending);
      // Not if the keys were exchanged meanwhile.
      if (generation === this.#generation) repeat.set({ token, result, from, until });
      return result;
    }

    #refuseIfDisposed() {
      if (this.#state.isDisposed) throw raise(this.#state, FAULT_DISPOSED);
    }

    /** @throws {AuthError} `jwks_invalid`; the flaw of its first key is the cause if it has no usable key */
    #useStatic() {
      const state = this.#state;
      ask(state);
      const isSet = this.#core.fetchEnds(this.#core.fetchBegins(NEED.SET), 0, 0, BROUGHT.STATIC_SET, 0);
      if (!isSet) throw state.error;
      const [flaw] = state.flaws;
      if (state.flaws.length === state.keys.length) throw Object.assign(raise(state, FAULT_NO_KEY), { cause: flaw });
      this.#tellFlaws();
      this.#keysFreshUntil = Infinity;
    }

    /** Tells the logger which keys are never used. */
    #tellFlaws() {
      for (const error of this.#state.flaws.splice(0)) {
        try {
          this.#logger?.({ level: 'warn', message: 'a key of the key set is not usable', error });
        } catch {
          // A logger's trouble is none of the token's.
        }
      }
    }
  }
  return withDispose(JwtVerifier);
}
