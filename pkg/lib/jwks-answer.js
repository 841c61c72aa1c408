// @ts-check
// What a service answers to a request for its key set, and what may be wrong with that.

/** @import { State } from '../dist/web/host.js' */
import { raise } from '../dist/web/errors.js';
import { CONTENT_TYPE, LONGEST_WAIT, MAX_BYTES, NOT_JSON, TOO_LARGE, UNAVAILABLE } from '../dist/web/numbers.js';
import { retryAfter } from './retry-after.js';

/**
 * The error of a key set that cannot be had.
 * @param {State} state
 * @param {number} [wait] milliseconds before it can be tried again
 * @param {number} [status] what the service answered
 */
export const unavailable = (state, wait = 0, status) =>
  // Whole seconds, as the header has them (RFC 9110 §10.2.3).
  raise(state, UNAVAILABLE, { status, retryAfter: Math.ceil(wait / 1000) || undefined });

/**
 * The text of an answer.
 * @param {State} state
 * @param {Response} response
 * @param {number} now milliseconds
 */
export async function textOf(state, response, now) {
  const { status, headers } = response;
  // Redirects are refused, also by a `fetch` of the caller's that follows them: another origin would choose the keys.
  if (status !== 200 || response.redirected) {
    const seconds = retryAfter(headers.get('retry-after'), now, LONGEST_WAIT) ?? 0;
    throw unavailable(state, seconds * 1000, status);
  }
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(headers.get('content-type') ?? '')) {
    throw raise(state, CONTENT_TYPE);
  }
  return readText(state, response);
}

/**
 * @param {State} state
 * @param {Response} response
 */
export async function readText(state, response) {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  const reader = response.body?.getReader();
  for (let chunk; reader && !(chunk = await reader.read()).done;) {
    length += chunk.value.length;
    if (length > MAX_BYTES) throw raise(state, TOO_LARGE);
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * @param {State} state
 * @param {string} text
 */
export function parse(state, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw raise(state, NOT_JSON);
  }
}
