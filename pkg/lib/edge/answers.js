// @ts-check
import { AuthError, isAuthError } from '../../dist/web/errors.js';
import { corsHeaders } from './cors.js';

/** Seconds after which a retry is welcome, where nothing better is known. */
export const RETRY_AFTER = 5;

/** @type {Record<number, string>} */
const PHRASES = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** The codes that condemn a token: the group "token" of the table of codes. */
const TOKEN_CODE = /^(?:token|algorithm|critical|key|signature|issuer|audience|type|claim)_/;

/**
 * How a request is refused, besides the error itself.
 * @typedef {object} Refusal
 * @property {number} status
 * @property {AuthError} error
 * @property {string} [challenge] the value of `WWW-Authenticate`
 */

/**
 * A finished answer: problem details (RFC 9457). The text is that of the error, which holds nothing of a token.
 * @param {Refusal} refusal
 * @param {Request} request
 * @param {import('./cors.js').Cors} [cors]
 */
export function refuse({ status, error, challenge }, request, cors) {
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (challenge !== undefined) headers.set('www-authenticate', challenge);
  if (status === 503 || status === 429) {
    const { retryAfter = RETRY_AFTER } = /** @type {any} */ (error);
    headers.set('retry-after', String(retryAfter));
  }
  if (cors) for (const [name, value] of corsHeaders(request, cors)) headers.append(name, value);
  const { message: detail, code, reason } = /** @type {any} */ (error);
  const body = { title: PHRASES[status], status, detail, code, reason };
  return { response: new Response(JSON.stringify(body), { status, headers }), error };
}

/**
 * The challenge of RFC 6750 §3. Without `error` where no token came (§3.1).
 * @param {string} realm
 * @param {string} [error]
 * @param {string} [description]
 */
export function bearerChallenge(realm, error, description = '') {
  const value = `Bearer realm="${realm.replaceAll(/["\\]/g, '\\$&')}"`;
  if (error === undefined) return value;
  // The characters that §3 allows there.
  const text = description.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
  return `${value}, error="${error}", error_description="${text}"`;
}

/**
 * What a thrown value is to the client: the fault of its token, of the key set, or of this host.
 * @param {unknown} thrown
 * @param {string} realm
 * @returns {Refusal}
 */
export function judge(thrown, realm) {
  const error = isAuthError(thrown)
    ? thrown
    : new AuthError('internal', 'the request could not be checked', { cause: thrown });
  if (TOKEN_CODE.test(error.code)) {
    return { status: 401, error, challenge: bearerChallenge(realm, 'invalid_token', error.message) };
  }
  // That the keys cannot be had says nothing about the token.
  return { status: error.code === 'jwks_unavailable' || error.code === 'jwks_invalid' ? 503 : 500, error };
}
