// @ts-check
// What a service answers to a request for its key set, and what may be wrong with that.

import { retryAfter } from './retry-after.js';

/** What may go wrong with an answer, with the numbers that Rust knows the faults by. */
export const FAULT = /** @type {const} */ ({ UNAVAILABLE: 3, NOT_JSON: 4, TOO_LARGE: 5, CONTENT_TYPE: 6 });

/** In seconds: nobody's advice may keep a verifier without keys for longer. */
export const LONGEST_WAIT = 3600;

const MAX_BYTES = 512 * 1024;

/** A fault of an answer; becomes an AuthError in Rust. */
export class Fault {
  /**
   * @param {number} number
   * @param {number} [status]
   * @param {number} [retryAfter] seconds
   */
  constructor(number, status = 0, retryAfter = 0) {
    this.number = number;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/**
 * @param {Response} response
 * @param {number} now milliseconds
 */
export function check(response, now) {
  // Redirects are refused, also by a `fetch` of the caller's that follows them: another origin would choose the keys.
  if (response.status !== 200 || response.redirected) {
    const wait = retryAfter(response.headers.get('retry-after'), now, LONGEST_WAIT);
    throw new Fault(FAULT.UNAVAILABLE, response.status, wait);
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) throw new Fault(FAULT.CONTENT_TYPE);
  return response;
}

/** @param {Response} response */
export async function readText(response) {
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  const reader = response.body?.getReader();
  for (let chunk; reader && !(chunk = await reader.read()).done;) {
    length += chunk.value.length;
    if (length > MAX_BYTES) throw new Fault(FAULT.TOO_LARGE);
    text += decoder.decode(chunk.value, { stream: true });
  }
  return text + decoder.decode();
}

/** @param {string} text */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(FAULT.NOT_JSON);
  }
}
