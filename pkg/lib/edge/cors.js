// @ts-check
import { check, optional } from '../options.js';

/**
 * See `CorsOptions` in edge.d.ts.
 * @typedef {{ origins: string[], methods?: string[], headers?: string[], maxAge?: number }} Cors
 */

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const HEADERS = ['Authorization', 'Content-Type'];
const MAX_AGE = 600;

/** A method or the name of a header: a token of RFC 9110 §5.6.2. */
export const isName = (/** @type {unknown} */ value) =>
  typeof value === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value);
const isNames = (/** @type {any} */ value) => Array.isArray(value) && value.every(isName);

/** @param {unknown} value */
export function isOrigin(value) {
  try {
    return typeof value === 'string' && /^https?:/.test(value) && new URL(value).origin === value;
  } catch {
    return false;
  }
}

/** @type {() => Record<string, import('../options.js').Rule>} */
const rules = () => ({
  origins: [
    (value) => Array.isArray(value) && value.every(isOrigin),
    'an array of origins like https://app.example, without a slash at the end',
  ],
  methods: optional(isNames, 'an array of methods'),
  headers: optional(isNames, 'an array of header names'),
  maxAge: optional((value) => Number.isInteger(value) && value >= 0, 'a whole number of seconds, 0 or more'),
});

/** They come with every request, and origins take time to look at. @type {WeakSet<object>} */
const checked = new WeakSet();

/** @param {any} cors */
export function checkCors(cors) {
  if (checked.has(cors)) return;
  check('CorsOptions', cors, rules());
  checked.add(cors);
}

/**
 * What an answer says to a page of another origin.
 * @param {Request} request
 * @param {Cors} cors
 * @returns {[string, string][]}
 */
export function corsHeaders(request, { origins }) {
  const origin = request.headers.get('origin');
  // Caches must not hand the answer for one origin to another one, and not the one without permission either.
  if (origin === null || !origins.includes(origin)) return [['vary', 'origin']];
  return [
    ['vary', 'origin'],
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', 'WWW-Authenticate, Retry-After'],
  ];
}

/**
 * The answer to a preflight; `null` if the request is none.
 * @param {Request} request
 * @param {Cors} cors
 */
export function preflight(request, cors) {
  checkCors(cors);
  const isPreflight =
    request.method === 'OPTIONS' &&
    request.headers.has('origin') &&
    request.headers.has('access-control-request-method');
  if (!isPreflight) return null;
  const headers = new Headers(corsHeaders(request, cors));
  if (headers.has('access-control-allow-origin')) {
    const { methods = METHODS, headers: allowed = HEADERS, maxAge = MAX_AGE } = cors;
    headers.delete('access-control-expose-headers');
    headers.set('access-control-allow-methods', methods.join(', '));
    headers.set('access-control-allow-headers', allowed.join(', '));
    headers.set('access-control-max-age', String(maxAge));
  }
  return new Response(null, { status: 204, headers });
}

/**
 * The answer with what `cors` adds. The body is passed on, not read.
 * @param {Response} response
 * @param {Request} request
 * @param {Cors} cors
 */
export function withCors(response, request, cors) {
  checkCors(cors);
  // A WebSocket knows no CORS, and its answer cannot be copied.
  if (response.status === 101) return response;
  const answer = new Response(response.body, response);
  for (const [name, value] of corsHeaders(request, cors)) {
    if (name === 'vary') answer.headers.append(name, value);
    else answer.headers.set(name, value);
  }
  return answer;
}
