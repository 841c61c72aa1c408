// @ts-check
// What a service answers to a request for its key set, and what may be wrong with that.

/** @import { State } from '../dist/web/host.js' */
import { raise } from '../dist/web/host.js';
import { retryAfter } from './retry-after.js';

// What may go wrong with an answer: numbers of rows of Rust's table (src/error/fault.rs).
export const UNAVAILABLE = 3;
const NOT_JSON = 4;
const TOO_LARGE = 5;
const CONTENT_TYPE = 6;

/** In seconds: nobody's advice may keep a verifier without keys for longer. */
export const LONGEST_WAIT = 3600;

const MAX_BYTES = 512 * 1024;

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
    const wait = retryAfter(headers.get('retry-after'), now, LONGEST_WAIT);
    throw raise(state, UNAVAILABLE, { status, retryAfter: Math.ceil(wait ?? 0) || undefined });
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
