// @ts-check
import { CONTEXT, FUNCTION, SECONDS, check, isText, optional } from '../options.js';
import { ROLES, isVerifier } from './authenticate.js';
import { isName, isOrigin } from './cors.js';
import { HEADER_NAME } from './forward-request.js';

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
  fetch: FUNCTION,
  cookie: optional(isName, 'the name of a cookie'),
  maxAge: SECONDS,
  noSessionMaxAge: SECONDS,
  margin: SECONDS,
  maxSessions: optional((value) => Number.isInteger(value) && value > 0, 'a whole number, 1 or more'),
  challenge: optional(isHeaderValue, 'a string of printable ASCII characters'),
  trustedOrigins: optional(
    (value) => Array.isArray(value) && value.every(isOrigin),
    'an array of origins like https://app.example, without a slash at the end',
  ),
  clientAddressHeader: HEADER_NAME,
  now: FUNCTION,
});

/** @type {() => Record<string, import('../options.js').Rule>} */
const exchangeRules = () => ({
  audience: optional(isText, 'a string that is not empty'),
  anonymous: optional(
    (value) => typeof value === 'boolean' || value === 'also-when-unavailable',
    "a boolean or 'also-when-unavailable'",
  ),
  roles: ROLES,
  require: FUNCTION,
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
