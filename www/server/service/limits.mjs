// @ts-check
import { operations, operationNames } from './operations.mjs';

const WINDOW_SECONDS = 60;

/** @typedef {Partial<Record<import('./operations.mjs').OperationName, number>>} Limits requests per minute and client; `Infinity`: no limit */
/** @typedef {{ limit: number, remaining: number, resetAt: number, retryAfter: number, allowed: boolean }} Allowance */

/** The gateway's limiter: a fixed window of a minute for every operation and client address. */
export class RateLimits {
  /** @type {Map<string, { started: number, used: number }>} */
  #windows = new Map();
  #now;
  /** @type {Record<string, number>} */
  #limits = {};

  /**
   * @param {object} options
   * @param {() => number} options.now milliseconds
   * @param {Limits | undefined} [options.limits]
   */
  constructor({ now, limits }) {
    this.#now = now;
    for (const name of operationNames) this.#limits[name] = operations[name].perMinute;
    this.set(limits ?? {});
  }

  /** @param {Limits} limits */
  set(limits) {
    for (const [name, limit] of Object.entries(limits)) {
      if (!(name in operations)) throw new TypeError(`limits.${name}: no such operation`);
      if (typeof limit !== 'number' || !(limit >= 0)) throw new TypeError(`limits.${name}: a number from 0 up`);
      this.#limits[name] = limit;
    }
  }

  /** Forgets what every client has used. */
  reset() {
    this.#windows.clear();
  }

  /**
   * @param {string} operation
   * @param {string} client
   * @returns {Allowance}
   */
  take(operation, client) {
    const now = this.#now();
    const key = `${operation} ${client}`;
    let window = this.#windows.get(key);
    if (!window || now - window.started >= WINDOW_SECONDS * 1000) {
      window = { started: now, used: 0 };
      this.#windows.set(key, window);
    }
    const limit = this.#limits[operation] ?? Infinity;
    const allowed = window.used < limit;
    if (allowed) window.used += 1;
    const endsAt = window.started + WINDOW_SECONDS * 1000;
    return {
      limit,
      allowed,
      remaining: Math.max(0, limit - window.used),
      resetAt: Math.ceil(endsAt / 1000),
      retryAfter: Math.max(1, Math.ceil((endsAt - now) / 1000)),
    };
  }
}

/**
 * @param {Allowance} allowance
 * @returns {Record<string, string>}
 */
export function rateLimitHeaders({ limit, remaining, resetAt }) {
  if (limit === Infinity) return {};
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(resetAt),
  };
}

/** @param {Allowance} allowance */
export function tooManyRequests(allowance) {
  const body = {
    title: 'Too Many Requests',
    status: 429,
    limit: allowance.limit,
    window: '1 minute',
    retryAfterSeconds: allowance.retryAfter,
  };
  const headers = { ...rateLimitHeaders(allowance), 'Retry-After': String(allowance.retryAfter) };
  return Response.json(body, { status: 429, headers });
}
