// @ts-check
/** @import { State } from '../dist/web/host.js' */
/** @import { JwtVerifierOptions, VerifiedJwt } from '../dist/types.js' */
import { algorithmNumber, ask, raise } from '../dist/web/host.js';
import { checkVerifierOptions } from './options.js';
import { BROUGHT, NEED, RemoteKeys } from './remote-keys.js';
import { RepeatCache, deepFreeze } from './repeat-cache.js';

/** What the core answers; see `outcome` in src/web/jwt_verifier.rs. */
const OUTCOME = /** @type {const} */ ({ BEGUN: 0, BEGUN_REFRESH: 1, REJECTED: 2, NEEDS_SET: 3, NEEDS_KEY: 4 });

/** How a token is to be looked at; see `how` in src/web/jwt_verifier.rs. */
const HOW = /** @type {const} */ ({ ISSUED: 1, LAST: 2, AUDIENCE: 4 });

/** What is checked beside the algorithm; see `checks` there. */
const CHECK = /** @type {const} */ ({ ISSUER: 1 << 16, AUDIENCE: 1 << 17, TYPE: 1 << 18 });

/** See `VerifierCore::moment`. */
const MOMENT = /** @type {const} */ ({ VALID_FROM: 0, VALID_UNTIL: 1, KEYS_FRESH: 2 });

const FAULT_DISPOSED = 7;
const FAULT_NO_KEY = 8;

/**
 * What differs from host to host.
 * @typedef {object} Host
 * @property {any} glue the generated module, whose wasm is or will be loaded
 * @property {() => void} ready loads the wasm, or throws an AuthError if that cannot be done without waiting
 * @property {() => Promise<void>} load loads the wasm
 * @property {() => string[]} faults the table of faults of the wasm, once it is loaded
 * @property {RequestInit} jwksRequest how a key set is asked for
 * @property {boolean} sharesPromises whether a promise may be awaited by another request than the one that made it
 * @property {boolean} forwardsBearer whether its `fetch` takes an `Authorization` along a redirect to another origin
 */

/**
 * The class `JwtVerifier` for one host. Types and documentation stand in src/web/types.d.ts.
 * @param {Host} host
 */
export function defineJwtVerifier(host) {
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
    #isDisposed = false;
    #logger;

    /** @param {JwtVerifierOptions} options */
    static async create(options) {
      await host.load();
      return new JwtVerifier(options);
    }

    /** @param {JwtVerifierOptions} options */
    constructor(options) {
      host.ready();
      checkVerifierOptions(options);
      const state = (this.#state = newState(options, host));
      this.#core = newCore(options, host);
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
      return this.#verify(token, now, options?.audience, false);
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
      if (this.#isDisposed) throw this.#disposed();
      await this.#remote?.obtain(NEED.NEWEST);
      this.#keysChanged();
    }

    /** The key set in use; fetched first if there is none. */
    async jwks() {
      if (this.#isDisposed) throw this.#disposed();
      if (this.#remote !== undefined && this.#core.moment(MOMENT.KEYS_FRESH) <= this.#now()) {
        await this.#remote.obtain(NEED.SET);
        this.#keysChanged();
      }
      return { keys: structuredClone(this.#state.keys) };
    }

    dispose() {
      if (this.#isDisposed) return;
      this.#isDisposed = true;
      this.#repeat?.clear();
      this.#keysFreshUntil = -Infinity;
    }

    /**
     * @param {string} token
     * @param {number} now
     * @param {string | undefined} audience
     * @param {boolean} isIssued
     * @returns {Promise<VerifiedJwt>}
     */
    #verify(token, now, audience, isIssued) {
      if (this.#isDisposed) return Promise.reject(this.#disposed());
      const outcome = this.#judge(token, now, audience, isIssued, false);
      if (outcome === OUTCOME.REJECTED) return Promise.reject(this.#state.error);
      if (outcome > OUTCOME.REJECTED) return this.#verifyWithKeys(token, audience, isIssued, outcome);
      if (outcome === OUTCOME.BEGUN_REFRESH) this.#refreshInBackground();
      return audience === undefined && !isIssued ? this.#remember(token) : this.#state.pending;
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
      await this.#remote?.obtain(need);
      if (this.#isDisposed) throw this.#disposed();
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
      if (this.#isDisposed) return;
      this.#repeat?.clear();
      this.#keysFreshUntil = this.#core.moment(MOMENT.KEYS_FRESH);
    }

    /**
     * Stores the answer for a token that comes for the second time.
     * @param {string} token
     */
    #remember(token) {
      const { pending } = this.#state;
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
      const keysFreshUntil = this.#keysFreshUntil;
      const result = deepFreeze(await pending);
      // Not if the keys were exchanged meanwhile.
      if (keysFreshUntil === this.#keysFreshUntil) repeat.set({ token, result, from, until });
      return result;
    }

    #disposed() {
      return raise(this.#state, FAULT_DISPOSED);
    }

    /** @throws {AuthError} `jwks_invalid`; the flaw of its first key is the cause if it has no usable key */
    #useStatic() {
      const state = this.#state;
      ask(state);
      const isSet = this.#core.fetchEnds(this.#core.fetchBegins(NEED.SET), 0, 0, BROUGHT.NEW_SET);
      if (!isSet) throw state.error;
      const [flaw] = state.flaws;
      if (state.flaws.length === state.keys.length) throw Object.assign(raise(state, FAULT_NO_KEY), { cause: flaw });
      this.#tellFlaws();
      this.#keysFreshUntil = Infinity;
    }

    /** Tells the logger which keys are never used. */
    #tellFlaws() {
      for (const error of this.#state.flaws.splice(0)) {
        this.#logger?.({ level: 'warn', message: 'a key of the key set is not usable', error });
      }
    }
  }
  return withDispose(JwtVerifier);
}

/**
 * @param {JwtVerifierOptions} options
 * @param {Host} host
 * @returns {State}
 */
function newState(options, host) {
  const list = (/** @type {string | string[] | null} */ value) => (typeof value === 'string' ? [value] : value);
  return /** @type {any} */ ({
    memory: host.glue.memory(),
    faults: host.faults(),
    typ: options.typ === undefined ? 'JWT' : options.typ,
    issuers: list(options.issuer),
    audiences: list(options.audience),
    required: options.requiredClaims ?? [],
    fetched: options.jwks,
    keys: [],
    handles: [],
    flaws: [],
    engine: globalThis.crypto?.subtle,
  });
}

/**
 * @param {JwtVerifierOptions} options
 * @param {Host} host
 */
function newCore(options, host) {
  const { algorithms = ['RS256'], clockTolerance = 5, maxTokenAge = Infinity, maxTokenBytes = 16_384 } = options;
  const { maxAge = 600, staleWhileRevalidate = 600, staleIfError = 3600, cooldown = 30 } = options.jwksCache ?? {};
  const checks =
    algorithms.reduce((bits, name) => bits | (1 << algorithmNumber(name)), 0) |
    (options.issuer === null ? 0 : CHECK.ISSUER) |
    (options.audience === null ? 0 : CHECK.AUDIENCE) |
    (options.typ === null ? 0 : CHECK.TYPE);
  const lifetimes = [maxAge, staleWhileRevalidate, staleIfError, cooldown].map((seconds) => seconds * 1000);
  return new host.glue.VerifierCore(checks, clockTolerance, maxTokenAge, maxTokenBytes, ...lifetimes);
}

/**
 * Lets `using` end an object, where the host has it.
 * @template {new (...args: any[]) => { dispose(): void }} C
 * @param {C} definition
 * @returns {C}
 */
export function withDispose(definition) {
  if (Symbol.dispose) {
    Object.defineProperty(definition.prototype, Symbol.dispose, {
      configurable: true,
      writable: true,
      value: definition.prototype.dispose,
    });
  }
  return definition;
}
