// @ts-check
import { safe } from '../dist/web/errors.js';
import { algorithmNumber } from '../dist/web/host.js';

/**
 * What an option may be: a test, the same in words, and whether it may be left out.
 * @typedef {readonly [is: (value: any) => boolean, expected: string, isOptional?: boolean]} Rule
 */

export const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';
export const isAmount = (/** @type {any} */ value) => typeof value === 'number' && value >= 0 && value < Infinity;
export const isFunction = (/** @type {unknown} */ value) => typeof value === 'function';
export const isObject = (/** @type {unknown} */ value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof URL);
export const isList = (
  /** @type {any} */ value,
  /** @type {(one: unknown) => boolean} */ is,
  /** @type {number} */ least,
) => Array.isArray(value) && value.length >= least && [...value].every(is);

/** @param {unknown} value */
export function isHttpUrl(value) {
  if (!(isText(value) || value instanceof URL) || !/^https?:\/\//i.test(String(value))) return false;
  try {
    const { username, password } = new URL(String(value));
    // `fetch` takes no address with credentials in it.
    return username + password === '';
  } catch {
    return false;
  }
}

/**
 * The rule for an option that may be left out.
 * @param {(value: any) => boolean} is
 * @param {string} expected
 * @returns {Rule}
 */
export const optional = (is, expected) => [is, expected, true];

/** @type {Rule} */
export const IDENTITY = [
  (value) => value === null || isText(value) || isList(value, isText, 1),
  'a string, an array of strings, or null to leave it unchecked on purpose',
];
export const SECONDS = /* @__PURE__ */ optional(isAmount, 'a number of seconds, 0 or more');
export const FUNCTION = /* @__PURE__ */ optional(isFunction, 'a function');

// `none` and symmetric algorithms do not exist (RFC 8725 §3.2).
export const ALGORITHMS = /* @__PURE__ */ optional(
  (value) => isList(value, (name) => algorithmNumber(name) >= 0, 1),
  'an array of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA',
);

/** @type {() => Record<string, Rule>} */
const verifierRules = () => ({
  jwksUrl: optional(isHttpUrl, 'an absolute http or https URL, as a string or URL'),
  // What is wrong with a set is no matter of options: `jwks_invalid` says it.
  jwks: optional(() => true, ''),
  issuer: IDENTITY,
  audience: IDENTITY,
  algorithms: ALGORITHMS,
  typ: optional(
    (value) => value === null || isText(value),
    'a string that is not empty, or null to leave it unchecked on purpose',
  ),
  requiredClaims: optional((value) => isList(value, isText, 0), 'an array of claim names'),
  clockTolerance: SECONDS,
  maxTokenAge: SECONDS,
  maxTokenBytes: optional(
    (value) => Number.isInteger(value) && value > 0 && value <= 1_048_576,
    'a whole number of bytes from 1 to 1048576',
  ),
  now: FUNCTION,
  fetch: FUNCTION,
  logger: FUNCTION,
  repeatCache: optional((value) => typeof value === 'boolean', 'a boolean'),
  jwksCache: optional(isObject, 'an object'),
});

/** @type {() => Record<string, Rule>} */
const cacheRules = () => ({
  maxAge: SECONDS,
  staleWhileRevalidate: SECONDS,
  staleIfError: SECONDS,
  cooldown: SECONDS,
  timeout: SECONDS,
  store: optional((value) => value === 'memory' || value === 'cache-api', "'memory' or 'cache-api'"),
});

/**
 * Validates the options of a `JwtVerifier`.
 * @param {any} options
 */
export function checkVerifierOptions(options) {
  check('JwtVerifier', options, verifierRules());
  if (options.jwksCache) check('JwtVerifier: jwksCache', options.jwksCache, cacheRules());
  if ((options.jwksUrl === undefined) === (options.jwks === undefined)) {
    throw misuse('JwtVerifier', 'jwksUrl', 'either jwksUrl or jwks', options.jwks === undefined ? 'neither' : 'both');
  }
}

/**
 * Validates the options of `verify()`.
 * @param {any} options
 */
export const checkVerifyOptions = (options) => check('JwtVerifier: verify', options, VERIFY_RULES);

/** @type {Rule} */
export const CONTEXT = /* @__PURE__ */ optional(
  (value) => typeof value?.waitUntil === 'function',
  'an execution context, with waitUntil()',
);

/** Made once: options come with every request of a Worker. */
const VERIFY_RULES = { audience: /* @__PURE__ */ optional(isText, 'a string'), ctx: CONTEXT };

/**
 * Throws a TypeError for an option that cannot be meant. An unknown name is one: it is nearly always a typo.
 * @param {string} owner
 * @param {any} options
 * @param {Record<string, Rule>} rules
 */
export function check(owner, options, rules) {
  if (!isObject(options)) throw new TypeError(`${owner}: expected an object of options, found ${kindOf(options)}`);
  for (const name of Object.keys({ ...rules, ...options })) {
    if (!Object.hasOwn(rules, name)) throw misuse(owner, safe(name), 'a known option', 'an unknown name');
    const rule = rules[name];
    const value = options[name];
    // By number: taking a rule apart takes longer than all else when a program starts.
    if (!(rule[2] && value === undefined) && !rule[0](value)) throw misuse(owner, name, rule[1], kindOf(value));
  }
}

/**
 * @param {string} owner
 * @param {string} name
 * @param {string} expected
 * @param {string} found
 */
const misuse = (owner, name, expected, found) =>
  new TypeError(`${owner}: ${name}: expected ${expected}, found ${found}`);

/**
 * What a message calls a value.
 * @param {unknown} value
 */
function kindOf(value) {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (Array.isArray(value)) return 'an array';
  if (value instanceof URL) return 'a URL';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
