// @ts-check
/** @import { JwtClaims } from '../../dist/types.js' */
import { AuthError, isAuthError } from '../../dist/web/errors.js';
import { LONGEST_WAIT } from '../../dist/web/numbers.js';
import { retryAfter } from '../retry-after.js';
import { deepFreeze } from '../repeat-cache.js';
import { unboundFetch } from '../unbound-fetch.js';
import { RETRY_AFTER } from './answers.js';

/** Milliseconds that one request for a token may take. */
export const MINT_TIMEOUT = 5000;

/**
 * What came of one request for a token. Plain values only, so that another request may look at them.
 * @typedef {{ kind: 'token', token: string, claims: JwtClaims }
 *   | { kind: 'no_session', challenge: string | null }
 *   | { kind: 'failed', status: number, code: string, message: string, retryAfter?: number, cause?: unknown }} Outcome
 */

/**
 * @typedef {object} Mint
 * @property {string} url
 * @property {Record<string, string>} headers with the session alone as cookie
 * @property {(token: string) => Promise<{ claims: JwtClaims }>} verify for exactly the audience that was asked for
 * @property {typeof fetch} [fetch]
 * @property {() => number} now
 */

/**
 * Exchanges a session for a token and verifies that. Never rejects.
 * @param {Mint} mint
 * @returns {Promise<Outcome>}
 */
export async function mintToken(mint) {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = globalThis.setTimeout(() => controller.abort(), MINT_TIMEOUT);
  // Not every `fetch` that a caller gives looks at its signal.
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
  const late = aborted.then(() => failed(503, 'timeout', 'the auth service did not answer in time'));
  try {
    const answer = await Promise.race([ask(mint, signal), late]);
    return 'text' in answer ? await read(answer.text, mint.verify) : answer;
  } catch (error) {
    const misuse = unboundFetch(error);
    if (misuse) return failed(500, 'internal', misuse.message, undefined, misuse);
    // What `fetch` rejects with differs from host to host, and may hold more than is good.
    return failed(503, 'network_error', 'the auth service cannot be reached');
  } finally {
    globalThis.clearTimeout(timer);
    controller.abort();
  }
}

/**
 * @param {Mint} mint
 * @param {AbortSignal} signal
 * @returns {Promise<Outcome | { text: string }>}
 */
async function ask({ url, headers, fetch = globalThis.fetch, now }, signal) {
  const response = await fetch(url, { method: 'POST', headers, redirect: 'manual', signal });
  const { status } = response;
  if (status === 200 && !response.redirected) return { text: await response.text() };
  if (status === 401) return { kind: 'no_session', challenge: response.headers.get('www-authenticate') };
  const wait = Math.ceil(retryAfter(response.headers.get('retry-after'), now(), LONGEST_WAIT) ?? 0) || undefined;
  if (status === 429) return failed(429, 'rate_limited', 'the auth service is asked too often', wait);
  if (status >= 500) return failed(503, 'service_unavailable', 'the auth service has failed', wait);
  return failed(502, 'response_invalid', 'the auth service gave an answer that is not in its contract');
}

/**
 * @param {string} text
 * @param {Mint['verify']} verify
 * @returns {Promise<Outcome>}
 */
async function read(text, verify) {
  const token = tokenIn(text);
  if (token === undefined) return failed(502, 'response_invalid', 'the auth service gave no token');
  try {
    const { claims } = await verify(token);
    // Many requests will look at them.
    return { kind: 'token', token, claims: deepFreeze(structuredClone(claims)) };
  } catch (error) {
    return unverified(error);
  }
}

/** @param {string} text */
function tokenIn(text) {
  try {
    const { access_token: token, token_type: type } = JSON.parse(text);
    return typeof token === 'string' && /^bearer$/i.test(type) ? token : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A token that the service has just made and that does not verify is no fault of the one who asks.
 * @param {unknown} thrown
 * @returns {Outcome}
 */
function unverified(thrown) {
  const error = isAuthError(thrown)
    ? thrown
    : new AuthError('internal', 'the token could not be checked', { cause: thrown });
  const { code, message } = error;
  if (code === 'jwks_unavailable' || code === 'jwks_invalid') {
    return failed(503, code, message, /** @type {any} */ (error).retryAfter);
  }
  // The service has a new key: its key set is looked at again soon.
  if (code === 'key_not_found') return failed(503, 'jwks_unavailable', message, undefined, error);
  if (['internal', 'environment_unsupported', 'wasm_blocked', 'not_initialized', 'disposed'].includes(code)) {
    return failed(500, code, message, undefined, error);
  }
  return failed(
    502,
    'response_invalid',
    `the auth service gave a token that does not verify: ${code}`,
    undefined,
    error,
  );
}

/**
 * @param {number} status
 * @param {string} code
 * @param {string} message
 * @param {number} [wait] seconds
 * @param {unknown} [cause]
 * @returns {Outcome}
 */
const failed = (status, code, message, wait, cause) => ({
  kind: 'failed',
  status,
  code,
  message,
  retryAfter: status === 503 || status === 429 ? (wait ?? RETRY_AFTER) : undefined,
  cause,
});
