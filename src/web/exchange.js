// @ts-check
/* Requests with the session cookie, and what Rust says to the answers. */
import { AuthError, safe } from './host.js';
import { LONGEST_TIMER } from './numbers.js';
import { retryAfter } from './retry-after.js';

/** @import { Service } from './service.js' */

/** The longest answer that is read, in characters: no answer of the service comes near it. */
const LONGEST = 262_144;

/** A day, in seconds: what is over it is no advice but a mistake. */
const LONGEST_WAIT = 86_400;

/** What the service is asked for, in the order of `Operation::ALL` in src/service/meaning.rs. */
export const MINT = 0;
export const CALL_BACK = 1;
export const LOG_OUT = 2;
export const LOG_OUT_2 = 3;
export const USER_INFO = 4;

/** In the same order. */
const REQUESTS = ['POST token', 'GET callback', 'POST logout', 'POST logout', 'GET userinfo'];

/**
 * The number of the first row of the table of faults that has this code and, in its message, these words; -1: there is none.
 * @param {string[]} texts
 * @param {unknown} code
 * @param {string} [words]
 */
export const rowOf = (texts, code, words = '') =>
  texts.findIndex((row) => row.startsWith(`${code}|`) && row.includes(words));

/**
 * The error of a row of the table of faults.
 * @param {string[]} texts
 * @param {number} row
 * @param {object} [fields]
 */
export function errorOf(texts, row, fields) {
  const [code, message] = texts[row].split('|');
  return new AuthError(code, message, fields);
}

/**
 * Sends a request, and gives the object in the answer. Redirects are not followed: no operation has one for a script.
 * @param {Service} service
 * @param {number} operation
 * @param {string} query
 * @param {AbortSignal} signal
 * @param {string} [sub] whom the answer has to be about
 * @returns {Promise<Record<string, any>>}
 */
export async function exchange(service, operation, query, signal, sub) {
  const [method, route] = REQUESTS[operation].split(' ');
  const url = service.url(route) + query;
  let response;
  /** @type {string | undefined} */
  let text;
  try {
    const headers = { accept: 'application/json' };
    response = await service.send(
      new Request(url, { method, headers, credentials: 'include', redirect: 'manual', signal }),
    );
    if (Number(response.headers.get('content-length')) > LONGEST) response.body?.cancel().catch(() => {});
    else text = String(await response.text());
  } catch {
    throw service.raise('network_error');
  }
  const { status, headers } = response;
  const isTooLong = text === undefined || text.length > LONGEST;
  const body = isTooLong ? undefined : readObject(headers.get('content-type'), /** @type {string} */ (text));
  const fault = service.glue.judgeReply(operation, status, marksOf(body, sub, isTooLong));
  if (fault < 0) return body ?? {};
  const after = (/** @type {unknown} */ value) => retryAfter(value, service.now(), LONGEST_WAIT);
  const wait = after(headers.get('retry-after')) ?? after(body?.retryAfterSeconds);
  throw errorOf(service.texts, fault, {
    status: status || undefined,
    retryAfter: wait && Math.ceil(wait),
    reason: reasonIn(body?.status),
    problem: problemIn(body),
  });
}

/**
 * The JSON object in an answer, if there is one.
 * @param {string | null} type
 * @param {string} text
 * @returns {Record<string, any> | undefined}
 */
function readObject(type, text) {
  if (!/^application\/([\w.-]+\+)?json *(;|$)/i.test(type ?? '')) return undefined;
  try {
    const body = JSON.parse(text);
    return typeof body === 'object' && !Array.isArray(body) ? (body ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What Rust has to know of a body: the bits of `Marks` in src/service/meaning.rs.
 * @param {Record<string, any> | undefined} body
 * @param {string | undefined} sub
 * @param {boolean} isTooLong
 */
function marksOf(body, sub, isTooLong) {
  const { token_type: type, access_token: token, status } = body ?? {};
  const marks = [
    body !== undefined,
    typeof type === 'string' && /^bearer$/i.test(type),
    typeof token === 'string' && token !== '',
    status === 'ok',
    body?.sub === sub,
    isTooLong,
  ];
  return marks.reduce((bits, is, bit) => bits | (Number(is) << bit), 0);
}

/**
 * The service's `error:<reason>`.
 * @param {unknown} status
 */
const reasonIn = (status) =>
  typeof status === 'string' && status.startsWith('error:') ? safe(status.slice(6)) : undefined;

/**
 * The problem details in a body (RFC 9457 §3.1).
 * @param {Record<string, any> | undefined} body
 */
function problemIn(body) {
  if (typeof body?.title !== 'string') return undefined;
  /** @type {Record<string, unknown>} */
  const problem = {};
  for (const name of ['type', 'title', 'status', 'detail', 'instance']) {
    const value = body[name];
    if (typeof value === (name === 'status' ? 'number' : 'string')) {
      problem[name] = typeof value === 'string' ? safe(value) : value;
    }
  }
  return problem;
}

/**
 * A timer. Node's would keep a program alive that has nothing else to do.
 * @param {() => void} ring
 * @param {number} pause
 */
export function later(ring, pause) {
  const timer = globalThis.setTimeout(ring, Math.min(pause, LONGEST_TIMER));
  /** @type {any} */ (timer)?.unref?.();
  return timer;
}
