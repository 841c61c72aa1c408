// @ts-check
/** @import { JwtClaims } from '../../dist/types.js' */
import { AuthError } from '../../dist/web/errors.js';
import { CONTEXT, FUNCTION, check, optional } from '../options.js';
import { bearerChallenge, judge, refuse } from './answers.js';
import { checkCors } from './cors.js';

export const REALM = 'BixArena';

/**
 * What a verifier has to have; see `TokenVerifier` in edge.d.ts. A `JwtVerifier` also has `verifyIssued`.
 * @typedef {import('../remote-keys.js').Context} Context
 * @typedef {(token: string, options?: { audience?: string, ctx?: Context }) => Promise<{ claims: JwtClaims }>} Verify
 * @typedef {{ verify: Verify, verifyIssued?: (token: string, options: { audience?: string, ctx?: Context, isTimeless: boolean }) =>
 *   Promise<{ claims: JwtClaims }> }} TokenVerifier
 */

/** @type {import('../options.js').Rule} */
export const ROLES = optional(
  (value) => Array.isArray(value) && value.length > 0 && value.every((role) => typeof role === 'string' && role !== ''),
  'an array of at least one role',
);
export const isVerifier = (/** @type {any} */ value) => typeof value?.verify === 'function';

/** @type {() => Record<string, import('../options.js').Rule>} */
export const authenticateRules = () => ({
  ctx: CONTEXT,
  roles: ROLES,
  require: FUNCTION,
  realm: optional(
    (value) => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value),
    'a string of printable ASCII characters',
  ),
  cors: optional((value) => typeof value === 'object' && value !== null, 'an object'),
});

/** @param {any} options */
export function checkAuthenticateOptions(options) {
  check('authenticate', options, authenticateRules());
  if (options.cors !== undefined) checkCors(options.cors);
}

/**
 * See edge.d.ts.
 * @param {Request} request
 * @param {TokenVerifier} verifier
 * @param {any} [options]
 */
export async function authenticate(request, verifier, options = {}) {
  if (!isVerifier(verifier)) throw new TypeError('authenticate: verifier: expected a JwtVerifier');
  checkAuthenticateOptions(options);
  const { ctx, roles, require, realm = REALM, cors } = options;
  const verify = (/** @type {string} */ token) => verifier.verify(token, ctx && { ctx });
  const outcome = await authenticateBearer(request, verify, { roles, require, realm });
  return outcome.ok ? outcome : { ok: /** @type {const} */ (false), ...refuse(outcome, request, cors) };
}

/**
 * @param {Request} request
 * @param {(token: string) => Promise<{ claims: JwtClaims }>} verify
 * @param {{ roles?: string[], require?: (claims: JwtClaims) => unknown, realm: string }} demands
 * @returns {Promise<{ ok: true, claims: JwtClaims, token: string } | ({ ok: false } & import('./answers.js').Refusal)>}
 */
export async function authenticateBearer(request, verify, { roles, require, realm }) {
  const { token, refusal } = bearerOf(request.headers.get('authorization'), realm);
  if (token === undefined) return { ok: false, ...refusal };
  try {
    const { claims } = await verify(token);
    const error = await lacks(claims, roles, require);
    if (error === undefined) return { ok: true, claims, token };
    return { ok: false, status: 403, error, challenge: bearerChallenge(realm, 'insufficient_scope', error.message) };
  } catch (error) {
    return { ok: false, ...judge(error, realm) };
  }
}

/**
 * The token in an `Authorization` header (RFC 6750 §2.1), or why there is none.
 * @param {string | null} header
 * @param {string} realm
 * @returns {{ token: string, refusal?: undefined } | { token?: undefined, refusal: import('./answers.js').Refusal }}
 */
function bearerOf(header, realm) {
  const text = header ?? '';
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(text)?.[1];
  if (token !== undefined) return { token };
  // Two headers arrive as one, with a comma between them.
  if (/(?:^|,)[ \t]*bearer(?:[\s,]|$)/i.test(text)) {
    const error = new AuthError('token_malformed', 'the Authorization header is malformed');
    return { refusal: { status: 400, error, challenge: bearerChallenge(realm, 'invalid_request', error.message) } };
  }
  const error = new AuthError('login_required', 'a bearer token is needed');
  return { refusal: { status: 401, error, challenge: bearerChallenge(realm) } };
}

/**
 * What verified claims lack: every one of the roles, whatever their case, and the predicate's plain `true`.
 * @param {JwtClaims} claims
 * @param {string[]} [roles]
 * @param {(claims: JwtClaims) => unknown} [require]
 */
export async function lacks(claims, roles = [], require = undefined) {
  const held = Array.isArray(claims.roles) ? claims.roles.map((role) => String(role).toLowerCase()) : [];
  const missing = roles.filter((role) => !held.includes(role.toLowerCase()));
  if (missing.length > 0) {
    const message = `the token lacks the role${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`;
    return new AuthError('claim_invalid', message, { claim: 'roles', expected: [...roles] });
  }
  // A promise is truthy; only what it comes to counts.
  if (require !== undefined && (await require(claims)) !== true) {
    return new AuthError('claim_invalid', 'the token does not permit this');
  }
  return undefined;
}
