// @ts-check
// What a `JwtVerifier` is made of, from its options.

/** @import { State, SubtleEngine } from '../dist/web/host.js' */
/** @import { JwtVerifierOptions } from '../dist/types.js' */
/** @import { Context } from './remote-keys.js' */
import { CHECKS } from '../dist/texts.js';
import { algorithmNumber, freeWith, mediaType } from '../dist/web/host.js';
import { CHECK_TYPE } from '../dist/web/numbers.js';

/**
 * The generated module of a build, as far as all of them have the same.
 * @typedef {{ initSync(input: { module: WebAssembly.Module }): unknown, memory: WebAssembly.Memory }} Glue
 *
 * What differs from host to host.
 * @typedef {object} Host
 * @property {any} glue the generated module, whose wasm is or will be loaded
 * @property {() => void} ready loads the wasm, or throws an AuthError if that cannot be done without waiting
 * @property {() => Promise<void> | void} load loads the wasm; nothing to wait for, if that can be done now
 * @property {(source?: any) => Promise<void>} [init] the same for the caller, who may have to bring the wasm
 * @property {RequestInit} jwksRequest how a key set is asked for
 * @property {() => Promise<SubtleEngine>} [fallback] brings an engine for what WebCrypto lacks
 * @property {boolean} sharesPromises whether a promise may be awaited by another request than the one that made it
 * @property {boolean} forwardsBearer whether its `fetch` takes an `Authorization` along a redirect to another origin
 */

/**
 * How a token is verified, beside the verifier's options: the audience in place of theirs; what keeps fetches alive when
 * the request has been answered; whether the issuer has handed the token out this moment, and whether it is judged
 * without a clock then.
 * @typedef {{ audience?: string, ctx?: Context, isIssued?: boolean, isTimeless?: boolean }} Call
 */

/**
 * @param {JwtVerifierOptions} options
 * @param {Host} host
 * @param {SubtleEngine} [fallback]
 * @returns {State}
 */
export function newState(options, host, fallback) {
  // Copies: what the caller does to them later changes nothing.
  const list = (/** @type {string | string[] | null} */ value) => value && [value].flat();
  return /** @type {any} */ ({
    memory: host.glue.memory,
    faults: CHECKS,
    typ: options.typ === undefined ? 'JWT' : options.typ,
    issuers: list(options.issuer),
    audiences: list(options.audience),
    required: [...(options.requiredClaims ?? [])],
    fetched: options.jwks && copy(options.jwks),
    keys: [],
    handles: [],
    flaws: [],
    isDisposed: false,
    engine: fallback ?? globalThis.crypto?.subtle,
  });
}

/**
 * A copy of what could be JSON; undefined for anything that could not.
 * @template T
 * @param {T} value
 */
function copy(value) {
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
}

/**
 * The address of the part in wasm. It lives as long as the state.
 * @param {JwtVerifierOptions} options
 * @param {Host} host
 * @param {State} state
 * @returns {number}
 */
export function newCore(options, host, state) {
  const { algorithms = ['RS256'], clockTolerance = 5, maxTokenAge = Infinity, maxTokenBytes = 16_384 } = options;
  const { maxAge = 600, staleWhileRevalidate = 600, staleIfError = 3600, cooldown = 30 } = options.jwksCache ?? {};
  const checks =
    algorithms.reduce((bits, name) => bits | (1 << algorithmNumber(name)), 0) |
    (mediaType(options.typ ?? 'JWT') === 'jwt' ? 0 : CHECK_TYPE);
  const lifetimes = [maxAge, staleWhileRevalidate, staleIfError, cooldown].map((seconds) => seconds * 1000);
  const { glue } = host;
  const core = glue.newCore(checks, clockTolerance, maxTokenAge, maxTokenBytes, ...lifetimes);
  freeWith(state, glue.freeCore.bind(undefined, core));
  return core;
}
