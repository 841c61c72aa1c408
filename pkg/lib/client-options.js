// @ts-check
/** @import { Rule } from './options.js' */
import {
  ALGORITHMS,
  FUNCTION,
  SECONDS,
  check,
  isAmount,
  isFunction,
  isHttpUrl,
  isList,
  isObject,
  isText,
  optional,
} from './options.js';

const DEFAULT_URN = 'urn:bixarena:auth';

/** An address below which the service's paths begin. */
const isBase = (/** @type {any} */ value) => isHttpUrl(value) && !/[?#\\]/.test(String(value));

const PATH = /* @__PURE__ */ optional(
  (value) => isText(value) && /^\/(?!\/)/.test(value),
  'a path that begins with one slash',
);

/** An origin as a browser writes it: what is compared as a string must not have two forms. A `*` is no wildcard here. */
const isOrigin = (/** @type {any} */ value) => {
  try {
    return isHttpUrl(value) && new URL(value).origin === value && !value.includes('*');
  } catch {
    return false;
  }
};
const isPlace = (/** @type {any} */ value) =>
  isOrigin(value) ||
  (isObject(value) && isOrigin(value.origin) && isText(value.audience) && Object.keys(value).length === 2);

/** A client always checks both: unlike a verifier's, these may not be `null`. */
const NAMES = /* @__PURE__ */ optional(
  (value) => isText(value) || isList(value, isText, 1),
  'a string, or an array of strings',
);

/** @type {(isOauth2: boolean) => Record<string, Rule>} */
const clientRules = (isOauth2) => ({
  baseUrl: optional(isBase, 'an absolute http or https URL without query and hash, as a string or URL'),
  routes: optional(
    (value) => value === 'v1' || value === 'oauth2' || isObject(value),
    "'v1', 'oauth2', or an object of paths",
  ),
  issuer: NAMES,
  audience: NAMES,
  algorithms: ALGORITHMS,
  clockTolerance: SECONDS,
  refreshMargin: SECONDS,
  timeout: optional((value) => isAmount(value) && value > 0, 'a number of milliseconds over 0'),
  callbackPath: PATH,
  renew: optional((value) => value === 'auto' || value === 'on-demand', "'auto' or 'on-demand'"),
  crossTab: optional((value) => typeof value === 'boolean', 'a boolean'),
  navigate: FUNCTION,
  fetch: FUNCTION,
  now: FUNCTION,
  logger: FUNCTION,
  allowedOrigins: optional(
    (value) => isList(value, isOauth2 ? isPlace : isOrigin, 0),
    isOauth2
      ? "an array of origins such as 'https://api.example', or of { origin, audience }"
      : "an array of origins such as 'https://api.example'; with an audience on the routes 'oauth2' only",
  ),
  profile: optional(
    (value) => value === 'manual' || (isOauth2 && value === 'eager'),
    isOauth2 ? "'manual' or 'eager'" : "'manual'; 'eager' on the routes 'oauth2' only",
  ),
  hint: optional(
    (value) => isOauth2 && isObject(value) && isFunction(value.pick) && Object.keys(value).length === 1,
    "an object with the function pick, on the routes 'oauth2' only",
  ),
});

const ANYTHING = /* @__PURE__ */ optional(() => true, '');

/** Made once: options come with every token. */
const TOKEN_RULES = {
  audience: /* @__PURE__ */ optional(isText, 'a string that is not empty'),
  forceRefresh: ANYTHING,
  signal: ANYTHING,
};

/**
 * Validates the options of `getToken()`.
 * @param {any} options
 */
export const checkTokenOptions = (options) => check('AuthClient: getToken', options, TOKEN_RULES);

const routeRules = () => ({ start: PATH, callback: PATH, token: PATH, jwks: PATH, logout: PATH });

/**
 * Validates the options of an `AuthClient`, and gives them with the names that tokens need and with the address as a string.
 * @param {any} options
 */
export function checkClientOptions(options) {
  check('AuthClient', options, clientRules(options?.routes === 'oauth2'));
  if (isObject(options.routes)) check('AuthClient: routes', options.routes, routeRules());
  const { issuer = DEFAULT_URN, audience = DEFAULT_URN, baseUrl } = options;
  return { ...options, issuer, audience, baseUrl: baseUrl && String(baseUrl) };
}
