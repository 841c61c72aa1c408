// @ts-check
/** @import { State, SubtleEngine } from '../dist/web/host.js' */
/** @import { JwtVerifierOptions, VerifiedJwt } from '../dist/types.js' */
/** @import { Context } from './remote-keys.js' */
/** @import { Call, Host } from './verifier-core.js' */
import { prove } from '../dist/web/crypto.js';
import { algorithmNumber, ask, raise } from '../dist/web/host.js';
import { withDispose } from './dispose.js';
import { checkVerifierOptions, checkVerifyOptions } from './options.js';
import { KEY, KEY_OF_ISSUER, NEWEST, RemoteKeys, SET, STATIC_SET } from './remote-keys.js';
import { RepeatCache, deepFreeze } from './repeat-cache.js';
import {
  BEGUN_REFRESH,
  KEYS_FRESH,
  LAST,
  NEEDS_KEY,
  NEEDS_SET,
  OWN_AUDIENCE,
  REJECTED,
  TIMELESS,
  VALID_FROM,
  VALID_UNTIL,
  newCore,
  newState,
  newStore,
} from './verifier-core.js';

// Numbers of rows of Rust's table of faults (src/error/fault.rs).
const DISPOSED = 7;
const NO_KEY = 8;

/** A host may lack algorithms from this number on in Rust's table: ES384, ES512, EdDSA. Every WebCrypto has the others. */
const FIRST_UNCERTAIN = 7;

/** @type {Call} */
const PLAIN = {};

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
      this.#core = newCore(options, host, state);
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
        this.#remote = new RemoteKeys(host.glue, this.#core, state, {
          url: String(options.jwksUrl),
          timeout: (options.jwksCache?.timeout ?? 5) * 1000,
          now: this.#now,
          fetch: options.fetch,
          init: host.jwksRequest,
          isShared: host.sharesPromises,
          onFetched: () => this.#tellFlaws(),
          store: newStore(options, state),
        });
      }
    }

    /**
     * @param {string} token
     * @param {{ audience?: string, ctx?: Context }} [options]
     * @returns {Promise<VerifiedJwt>}
     */
    verify(token, options) {
      try {
        if (options !== undefined) checkVerifyOptions(options);
        const now = this.#now();
        if (
          this.#repeat !== undefined &&
          typeof token === 'string' &&
          options?.audience === undefined &&
          now < this.#keysFreshUntil
        ) {
          const result = this.#repeat.get(token, now);
          if (result !== undefined) return Promise.resolve(result);
        }
        return this.#verify(token, now, options ?? PLAIN);
      } catch (error) {
        return Promise.reject(error);
      }
    }

    /**
     * Verifies a token that the issuer has handed out this moment: a key that is not known yet is looked for soon. Unless
     * told otherwise without a clock, since the token's `iat` is the best there is.
     * @param {string} token
     * @param {{ audience?: string, ctx?: Context, isTimeless?: boolean }} [options]
     * @returns {Promise<VerifiedJwt>}
     */
    async verifyIssued(token, { audience, ctx, isTimeless = true } = {}) {
      return this.#verify(token, this.#now(), { audience, ctx, isIssued: true, isTimeless });
    }

    /** Fetches the key set now, whatever is known. */
    async refresh() {
      this.#refuseIfDisposed();
      await this.#obtain(NEWEST, undefined);
    }

    /** The key set in use; fetched first if there is none. */
    async jwks() {
      this.#refuseIfDisposed();
      if (this.#remote !== undefined && host.glue.moment(this.#core, KEYS_FRESH) <= this.#now()) {
        await this.#obtain(SET, undefined);
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
     * @param {Call} call
     * @returns {Promise<VerifiedJwt>}
     */
    #verify(token, now, call) {
      this.#refuseIfDisposed();
      if (this.#unproven.length > 0) return this.#prove().then(() => this.#verify(token, this.#now(), call));
      const outcome = this.#judge(token, now, call, false);
      if (outcome === REJECTED) return Promise.reject(this.#state.error);
      if (outcome > REJECTED) return this.#verifyWithKeys(token, call, outcome);
      const { pending } = this.#state;
      const answer = call.audience === undefined && !call.isIssued ? this.#remember(token, pending) : pending;
      if (outcome === BEGUN_REFRESH) this.#refreshInBackground(call.ctx);
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
     * @param {Call} call
     * @param {boolean} isLast
     */
    #judge(token, now, { audience, isTimeless }, isLast) {
      const state = this.#state;
      // A static set is all there will ever be.
      const how = (isTimeless ? TIMELESS : 0) | (isLast || !this.#remote ? LAST : 0);
      ask(state);
      state.token = token;
      if (audience === undefined) return host.glue.verify(this.#core, now, how);
      const { audiences } = state;
      state.audiences = [audience];
      const outcome = host.glue.verify(this.#core, now, how | OWN_AUDIENCE);
      state.audiences = audiences;
      return outcome;
    }

    /**
     * The token has to wait for keys. The checks are made again then: time has passed.
     * @param {string} token
     * @param {Call} call
     * @param {number} outcome
     * @returns {Promise<VerifiedJwt>}
     */
    async #verifyWithKeys(token, call, outcome) {
      const needsKey = call.isIssued ? KEY_OF_ISSUER : KEY;
      if (outcome === NEEDS_SET) {
        await this.#obtain(SET, call.ctx);
        outcome = this.#judge(token, this.#now(), call, false);
        // The set may have come from a fetch that began long ago; whether a newer one helps is decided as for any token.
      }
      // A store's set may be newer than the one in use and older than the service's.
      for (let isLast = !this.#remote?.hasStore; outcome === NEEDS_KEY; isLast = true) {
        await this.#obtain(needsKey, call.ctx);
        outcome = this.#judge(token, this.#now(), call, isLast);
      }
      if (outcome === NEEDS_SET) outcome = this.#judge(token, this.#now(), call, true);
      if (outcome >= REJECTED) throw this.#state.error;
      if (outcome === BEGUN_REFRESH) this.#refreshInBackground(call.ctx);
      return this.#state.pending;
    }

    /**
     * @param {number} need
     * @param {Context | undefined} ctx
     */
    async #obtain(need, ctx) {
      try {
        await this.#remote?.obtain(need, ctx);
      } finally {
        this.#refuseIfDisposed();
      }
      this.#keysChanged();
    }

    /** @param {Context | undefined} ctx */
    #refreshInBackground(ctx) {
      this.#remote?.refresh(ctx)?.then(
        () => this.#keysChanged(),
        () => {},
      );
    }

    /** What was verified with keys that may be gone has to be verified again. */
    #keysChanged() {
      if (this.#state.isDisposed) return;
      this.#generation += 1;
      this.#repeat?.clear();
      this.#keysFreshUntil = host.glue.moment(this.#core, KEYS_FRESH);
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
      const from = host.glue.moment(this.#core, VALID_FROM);
      const until = host.glue.moment(this.#core, VALID_UNTIL);
      const generation = this.#generation;
      const result = deepFreeze(await pending);
      // Not if the keys were exchanged meanwhile.
      if (generation === this.#generation) repeat.set({ token, result, from, until });
      return result;
    }

    #refuseIfDisposed() {
      if (this.#state.isDisposed) throw raise(this.#state, DISPOSED);
    }

    /** @throws {AuthError} `jwks_invalid`; the flaw of its first key is the cause if it has no usable key */
    #useStatic() {
      const state = this.#state;
      ask(state);
      const isSet = host.glue.fetchEnds(this.#core, host.glue.fetchBegins(this.#core, SET), 0, 0, STATIC_SET, 0);
      if (!isSet) throw state.error;
      const [flaw] = state.flaws;
      if (state.flaws.length === state.keys.length) throw raise(state, NO_KEY, { cause: flaw });
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
