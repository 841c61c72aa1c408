// @ts-check
// What the tests of `JwtVerifier` with a fetched key set have in common: a clock that is moved by hand, and a service
// that answers as it is told and counts.

import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { publicJwk } from '../../fixtures/forge/keys.mjs';
import { rs } from '../../fixtures/forge/rsa.mjs';
import { ISSUER, NOW, jwt } from '../../fixtures/forge/token.mjs';

export { ISSUER, NOW };

/** A moment long after everything that is tested here. */
export const LATER = NOW + 10_000_000;

/** @param {...string} names of fixture keys */
export const setOf = (...names) => ({ keys: names.map((name) => publicJwk(name, { alg: 'RS256', use: 'sig' })) });

/**
 * A token that does not expire here, signed by a fixture key of that name.
 * @param {string} kid
 * @param {Record<string, unknown>} [claims] changes
 */
export const tokenOf = (kid, claims) => jwt({ header: { kid }, claims: { exp: LATER, ...claims }, sign: rs(kid, 256) });

let number = 0;

/** A token that names a key nobody has, another one at each call. Its signature is garbage. */
export const strangerToken = () => jwt({ header: { kid: `stranger-${number++}` }, sign: () => Buffer.alloc(256, 7) });

/** @typedef {(() => number) & { advance(seconds: number): void }} Clock */

/**
 * @param {number} [start] seconds since the epoch
 * @returns {Clock}
 */
export function clockAt(start = NOW) {
  let time = start * 1000;
  return Object.assign(() => time, {
    advance: (/** @type {number} */ seconds) => void (time = Math.round(time + seconds * 1000)),
  });
}

/**
 * @param {unknown} body text as it is, anything else as JSON
 * @param {ResponseInit} [init]
 */
export function answer(body, init) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, { headers: { 'content-type': 'application/json' }, ...init });
}

/** @typedef {(url: any, init: RequestInit) => Response | Promise<Response>} Responder */

/** Stands in for `fetch`: answers with what it is told to, and keeps what it was asked. */
export class KeyService {
  /** @type {{ url: string, init: RequestInit }[]} */
  requests = [];

  /** @param {Responder} responder */
  constructor(responder) {
    this.responder = responder;
    /** @type {any} */
    this.fetch = async (/** @type {any} */ url, /** @type {RequestInit} */ init) => {
      this.requests.push({ url: String(url), init });
      return this.responder(url, init);
    };
  }

  /** @param {...string} names of the fixture keys that it has from now on */
  publish(...names) {
    this.responder = () => answer(setOf(...names));
  }

  /** @param {number} [status] */
  fail(status = 503) {
    this.responder = () => answer({}, { status });
  }

  get count() {
    return this.requests.length;
  }
}

/** @param {...string} names of fixture keys */
export function serviceWith(...names) {
  return new KeyService(() => answer(setOf(...names)));
}

/**
 * A verifier whose keys that service has.
 * @param {KeyService} service
 * @param {Clock} now
 * @param {Record<string, unknown>} [options]
 * @returns {JwtVerifier}
 */
export function verifierFor(service, now, options) {
  const jwksUrl = 'https://keys.example/jwks.json';
  return new JwtVerifier({ jwksUrl, issuer: ISSUER, audience: ISSUER, fetch: service.fetch, now, ...options });
}

/**
 * An answer that is given when the test says so.
 * @template T
 */
export function deferred() {
  /** @type {(value: T) => void} */
  let resolve = () => {};
  /** @type {(error: unknown) => void} */
  let reject = () => {};
  const promise = /** @type {Promise<T>} */ (
    new Promise((yes, no) => {
      resolve = yes;
      reject = no;
    })
  );
  return { promise, resolve, reject };
}

/** Lets everything happen that waits for nothing from outside. */
export async function settle() {
  for (let round = 0; round < 20; round += 1) await setImmediate();
}

/**
 * The promise, or a failure if it hangs: five seconds at most.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export async function inTime(promise) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: 'it hangs' })), 5000);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, limit]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What a promise is rejected with; fails if that is no `AuthError` of this code.
 * @param {Promise<unknown>} promise
 * @param {string} code
 * @param {string} [message]
 * @returns {Promise<import('bixarena-auth-client/verifier').AuthError>}
 */
export async function refusal(promise, code, message = '') {
  const error = await promise.then(
    () => assert.fail(`accepted, expected ${code} ${message}`),
    (reason) => reason,
  );
  if (!isAuthError(error)) throw error;
  assert.equal(error.code, code, `${message} ${error.message}`);
  return error;
}
