// @ts-check
// What a `JwtVerifier` is made of, from its options, and the numbers that it and Rust know things by.

/** @import { State, SubtleEngine } from '../dist/web/host.js' */
/** @import { JwtVerifierOptions } from '../dist/types.js' */
/** @import { Host } from './jwt-verifier.js' */
import { algorithmNumber } from '../dist/web/host.js';

/** What the core answers; see `outcome` in src/web/jwt_verifier.rs. */
export const OUTCOME = /** @type {const} */ ({ BEGUN: 0, BEGUN_REFRESH: 1, REJECTED: 2, NEEDS_SET: 3, NEEDS_KEY: 4 });

/** How a token is to be looked at; see `how` in src/web/jwt_verifier.rs. */
export const HOW = /** @type {const} */ ({ ISSUED: 1, LAST: 2, AUDIENCE: 4 });

/** See `VerifierCore::moment`. */
export const MOMENT = /** @type {const} */ ({ VALID_FROM: 0, VALID_UNTIL: 1, KEYS_FRESH: 2 });

/** What is checked beside the algorithm; see `checks` in src/web/jwt_verifier.rs. */
const CHECK = /** @type {const} */ ({ ISSUER: 1 << 16, AUDIENCE: 1 << 17, TYPE: 1 << 18 });

/**
 * @param {JwtVerifierOptions} options
 * @param {Host} host
 * @param {SubtleEngine} [fallback]
 * @returns {State}
 */
export function newState(options, host, fallback) {
  // Copies: what the caller does to them later changes nothing.
  const list = (/** @type {string | string[] | null} */ value) => (typeof value === 'string' ? [value] : copy(value));
  return /** @type {any} */ ({
    memory: host.glue.memory(),
    faults: host.faults(),
    typ: options.typ === undefined ? 'JWT' : options.typ,
    issuers: list(options.issuer),
    audiences: list(options.audience),
    required: copy(options.requiredClaims) ?? [],
    fetched: copy(options.jwks),
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
 * @param {JwtVerifierOptions} options
 * @param {Host} host
 */
export function newCore(options, host) {
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
