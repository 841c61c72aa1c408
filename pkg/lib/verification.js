// @ts-check
/** @import { JwtVerifierOptions, VerifiedJwt } from '../dist/types.js' */
/** @import { Engines } from './jwt-verifier.js' */
/** @import { Context, RemoteKeys } from './remote-keys.js' */
/** @import { Call, Host } from './verifier-core.js' */
import { proveAlgorithm } from '../dist/web/crypto.js';
import { raise } from '../dist/web/errors.js';
import { algorithmNumber, ask } from '../dist/web/host.js';
import {
  BEGUN_REFRESH,
  DISPOSED,
  FIRST_UNCERTAIN,
  KEY,
  KEYS_FRESH,
  KEY_OF_ISSUER,
  LAST,
  NEEDS_KEY,
  NEEDS_SET,
  NEWEST,
  NO_KEY,
  NO_TICKET,
  REJECTED,
  SET,
  STATIC_SET,
  TIMELESS,
  VALID_FROM,
  VALID_UNTIL,
} from '../dist/web/numbers.js';
import { checkVerifierOptions, checkVerifyOptions } from './options.js';
import { remoteKeys } from './remote-keys.js';
import { RepeatCache, deepFreeze } from './repeat-cache.js';
import { newCore, newState } from './verifier-core.js';

/**
 * What is behind a `JwtVerifier`.
 * @param {Host} host
 * @param {JwtVerifierOptions} options
 * @param {Engines} engines
 */
export function newVerification(host, options, engines) {
  checkVerifierOptions(options);
  const { glue, fallback } = host;
  const { now = Date.now, logger, repeatCache = true } = options;
  const state = newState(options, host, engines.fallback);
  const { audiences } = state;
  const core = newCore(options, host, state);
  state.fallback = fallback && (async () => (engines.fallback = await fallback()));
  /** Numbers of allowed algorithms that may be missing. */
  const unproven = (options.algorithms ?? ['RS256'])
    .map(algorithmNumber)
    .filter((number) => !engines.proven.has(number) && (number >= FIRST_UNCERTAIN || !state.engine));
  /** @type {RemoteKeys | undefined} */
  let remote;
  const newRepeatCache = () => (repeatCache ? new RepeatCache() : undefined);
  let repeat = newRepeatCache();
  /** Until when an answer of the repeat cache needs no look at the key set. */
  let keysFreshUntil = -Infinity;

  function refuseIfDisposed() {
    if (state.isDisposed) throw raise(state, DISPOSED);
  }

  /**
   * @param {string} token
   * @param {{ audience?: string, ctx?: Context }} [call]
   * @returns {Promise<VerifiedJwt>}
   */
  function verify(token, call) {
    try {
      if (call !== undefined) checkVerifyOptions(call);
      const time = now();
      if (repeat !== undefined && time < keysFreshUntil && typeof token === 'string' && call?.audience === undefined) {
        const result = repeat.get(token, time);
        if (result !== undefined) return Promise.resolve(result);
      }
      return start(token, call ?? {}, time);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Verifies a token that is in no cache. Throws what the checks before the signature's say.
   * @param {string} token
   * @param {Call} call
   * @param {number} [time]
   * @returns {Promise<VerifiedJwt>}
   */
  function start(token, call, time = now()) {
    refuseIfDisposed();
    if (unproven.length > 0) return prove().then(() => start(token, call));
    const outcome = judge(token, call, false, time);
    return outcome > REJECTED ? verifyWithKeys(token, call, outcome) : conclude(token, call, outcome);
  }

  /** Rejects if there is no engine for an allowed algorithm. */
  async function prove() {
    for (const number of unproven) {
      await proveAlgorithm(state, number);
      engines.proven.add(number);
    }
    unproven.length = 0;
  }

  /**
   * @param {string} token
   * @param {Call} call
   * @param {boolean} isLast
   * @param {number} [time]
   * @returns {number}
   */
  function judge(token, { audience, isTimeless }, isLast, time = now()) {
    ask(state);
    state.token = token;
    state.audiences = audience === undefined ? audiences : [audience];
    // A static set is all there will ever be.
    return glue.verify(core, time, (isTimeless ? TIMELESS : 0) | (isLast || !remote ? LAST : 0));
  }

  /**
   * The token has to wait for keys. The checks are made again then: time has passed.
   * @param {string} token
   * @param {Call} call
   * @param {number} outcome
   * @returns {Promise<VerifiedJwt>}
   */
  async function verifyWithKeys(token, call, outcome) {
    if (outcome === NEEDS_SET) {
      await obtain(SET, call.ctx);
      outcome = judge(token, call, false);
      // The set may have come from a fetch that began long ago; whether a newer one helps is decided as for any token.
    }
    // A store's set may be newer than the one in use and older than the service's.
    for (let isLast = !remote?.hasStore; outcome === NEEDS_KEY; isLast = true) {
      await obtain(call.isIssued ? KEY_OF_ISSUER : KEY, call.ctx);
      outcome = judge(token, call, isLast);
    }
    if (outcome === NEEDS_SET) outcome = judge(token, call, true);
    return conclude(token, call, outcome);
  }

  /**
   * @param {string} token
   * @param {Call} call
   * @param {number} outcome
   * @returns {Promise<VerifiedJwt>}
   */
  function conclude(token, { audience, isIssued, ctx }, outcome) {
    if (outcome >= REJECTED) throw state.error;
    const { pending } = state;
    const isRepeated = audience === undefined && !isIssued && repeat?.hasSeen(token);
    const answer = isRepeated ? remember(token, pending) : pending;
    if (outcome === BEGUN_REFRESH) remote?.refresh(ctx)?.then(keysChanged, () => {});
    return answer;
  }

  /**
   * Stores the answer for a token that comes for the second time.
   * @param {string} token
   * @param {Promise<VerifiedJwt>} pending
   */
  async function remember(token, pending) {
    const from = glue.moment(core, VALID_FROM);
    const until = glue.moment(core, VALID_UNTIL);
    // Whose place another one takes if the keys are exchanged meanwhile.
    const own = repeat;
    const result = deepFreeze(await pending);
    own?.set({ token, result, from, until });
    return result;
  }

  /**
   * @param {number} need
   * @param {Context} [ctx]
   */
  async function obtain(need, ctx) {
    try {
      await remote?.obtain(need, ctx);
    } finally {
      refuseIfDisposed();
    }
    keysChanged();
  }

  /** What was verified with keys that may be gone has to be verified again. */
  function keysChanged() {
    if (state.isDisposed) return;
    repeat = newRepeatCache();
    keysFreshUntil = glue.moment(core, KEYS_FRESH);
  }

  async function refresh() {
    refuseIfDisposed();
    await obtain(NEWEST);
  }

  async function jwks() {
    refuseIfDisposed();
    if (remote && glue.moment(core, KEYS_FRESH) <= now()) await obtain(SET);
    return { keys: structuredClone(state.keys) };
  }

  function dispose() {
    state.isDisposed = true;
    repeat = undefined;
    remote?.dispose();
  }

  /** @throws {AuthError} `jwks_invalid`; the flaw of its first key is the cause if it has no usable key */
  function useStatic() {
    ask(state);
    if (!glue.fetchEnds(core, NO_TICKET, 0, 0, STATIC_SET, 0)) throw state.error;
    const { flaws, keys } = state;
    if (flaws.length === keys.length) throw raise(state, NO_KEY, { cause: flaws[0] });
    tellFlaws();
    keysFreshUntil = Infinity;
  }

  /** Tells the logger which keys are never used. */
  function tellFlaws() {
    for (const error of state.flaws.splice(0)) {
      try {
        logger?.({ level: 'warn', message: 'a key of the key set is not usable', error });
      } catch {
        // A logger's trouble is none of the token's.
      }
    }
  }

  if (options.jwksUrl === undefined) useStatic();
  else remote = remoteKeys(host, core, state, options, tellFlaws);
  return { dispose, jwks, prove, refresh, start, verify };
}
