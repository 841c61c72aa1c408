// @ts-check
/** @import { AuthState, Claims } from '../../dist/types.js' */
/** @import { Rule } from '../options.js' */
import { FUNCTION, check, isAmount, isList, isObject, isText, optional } from '../options.js';

/** Who is signed in, as a test says it: a `sub`, or some of the claims. @typedef {string | Partial<Claims>} TestUser */

/** Issuer and audience of the service's tokens. */
const URN = 'urn:bixarena:auth';

const DEFAULT_USER = '00000000-0000-4000-8000-000000000001';
const DEFAULT_ROLES = ['user'];

/** The lifetime of the service's tokens, in seconds. */
export const LIFETIME = 600;

const isUser = (/** @type {unknown} */ value) => value === null || isText(value) || isObject(value);
const STATUSES = ['unknown', 'anonymous', 'authenticated'];

/** @type {Rule} */
const ROLES = optional((value) => isList(value, isText, 0), 'an array of role names');
/** @type {Rule} */
const USER = optional(isUser, 'a sub, an object of claims, or null for nobody');

/** @type {Record<string, Rule>} */
const CLIENT_RULES = {
  user: USER,
  roles: ROLES,
  state: optional((value) => isObject(value) && STATUSES.includes(value.status), 'a state of an AuthClient'),
  profile: optional((value) => value === null || isObject(value), 'an object, or null'),
  hint: optional(() => true, ''),
  wasAuthenticated: optional((value) => typeof value === 'boolean', 'a boolean'),
  allowedOrigins: optional((value) => isList(value, (one) => isText(one) || isObject(one), 0), 'an array of origins'),
  token: FUNCTION,
  fetch: FUNCTION,
  logger: FUNCTION,
};

/** @param {any} options */
export const checkTestClientOptions = (options) => check('createTestAuthClient', options, CLIENT_RULES);

/** @type {Record<string, Rule>} */
const ISSUER_RULES = {
  baseUrl: optional(isText, 'an address'),
  issuer: optional(isText, 'a string'),
  audience: optional(isText, 'a string'),
  lifetime: optional((value) => isAmount(value) && value > 0, 'a number of seconds over 0'),
  callbackPath: optional((value) => isText(value) && value.startsWith('/'), 'a path that begins with a slash'),
  user: USER,
  roles: ROLES,
  profile: optional((value) => value === null || isObject(value), 'an object, or null'),
  now: FUNCTION,
  fetch: FUNCTION,
};

/** @param {any} options */
export const checkIssuerOptions = (options) => check('createTestIssuer', options, ISSUER_RULES);

/**
 * The claims that the service would give this user now.
 * @param {TestUser | undefined} user
 * @param {readonly string[] | undefined} roles
 * @param {{ issuer?: string, audience?: string, lifetime?: number, now?: number }} [issuing] `now` in milliseconds
 * @returns {Claims}
 */
export function claimsOf(user, roles, issuing = {}) {
  const { issuer = URN, audience = URN, lifetime = LIFETIME, now = Date.now() } = issuing;
  const iat = Math.floor(now / 1000);
  const own = typeof user === 'string' ? { sub: user } : user;
  return {
    iss: issuer,
    aud: audience,
    sub: DEFAULT_USER,
    roles: [...(roles ?? DEFAULT_ROLES)],
    iat,
    nbf: iat,
    exp: iat + lifetime,
    ...own,
  };
}

/**
 * @param {{ state?: AuthState, user?: TestUser | null, roles?: readonly string[] }} options
 * @returns {AuthState}
 */
export function stateOf({ state, user, roles }) {
  if (state !== undefined) return state;
  const isSomebody = user !== null && (user !== undefined || roles !== undefined);
  return isSomebody ? { status: 'authenticated', claims: claimsOf(user, roles) } : { status: 'anonymous' };
}
