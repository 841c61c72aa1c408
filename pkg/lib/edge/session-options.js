// @ts-check
import { CONTEXT, check, optional } from '../options.js';
import { ROLES, isVerifier } from './authenticate.js';
import { isName, isOrigin } from './cors.js';

const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';
const isSeconds = (/** @type {any} */ value) => typeof value === 'number' && value >= 0 && value < Infinity;
const isHeaderValue = (/** @type {unknown} */ value) => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value);

/** @param {any} value */
function isBaseUrl(value) {
  const text = String(value);
  return (isText(value) || value instanceof URL) && /^https?:\/\/[^?#@]+$/i.test(text) && URL.canParse(text);
}

/** @param {any} value */
const isRoutes = (value) =>
  value === 'v1' ||
  value === 'oauth2' ||
  (typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((name) => name === 'token') &&
    /^\/(?!\/)[^?#]*$/.test(value.token));

/** @type {() => Record<string, import('../options.js').Rule>} */
const exchangerRules = () => ({
  baseUrl: [isBaseUrl, 'an absolute http or https URL without query, hash and credentials'],
  routes: optional(isRoutes, "'v1', 'oauth2' or { token: '/path' }"),
  verifier: [isVerifier, 'a JwtVerifier'],
  fetch: optional((value) => typeof value === 'function', 'a function'),
  cookie: optional(isName, 'the name of a cookie'),
  maxAge: optional(isSeconds, 'a number of seconds, 0 or more'),
  margin: optional(isSeconds, 'a number of seconds, 0 or more'),
  maxSessions: optional((value) => Number.isInteger(value) && value > 0, 'a whole number, 1 or more'),
  challenge: optional(isHeaderValue, 'a string of printable ASCII characters'),
  trustedOrigins: optional(
    (value) => Array.isArray(value) && value.every(isOrigin),
    'an array of origins like https://app.example, without a slash at the end',
  ),
  now: optional((value) => typeof value === 'function', 'a function'),
});

/** @type {() => Record<string, import('../options.js').Rule>} */
const exchangeRules = () => ({
  audience: optional(isText, 'a string that is not empty'),
  anonymous: optional(
    (value) => typeof value === 'boolean' || value === 'also-when-unavailable',
    "a boolean or 'also-when-unavailable'",
  ),
  roles: ROLES,
  ctx: CONTEXT,
});

/** @param {any} options */
export const checkExchangerOptions = (options) => check('createSessionExchanger', options, exchangerRules());

/**
 * @param {any} options
 * @param {boolean} takesAudience
 */
export function checkExchangeOptions(options, takesAudience) {
  check('SessionExchanger: exchange', options, exchangeRules());
  if (options.audience !== undefined && !takesAudience) {
    throw new TypeError(
      "SessionExchanger: exchange: audience: expected routes: 'oauth2', found routes without audience",
    );
  }
}
