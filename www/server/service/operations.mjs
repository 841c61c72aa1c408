// @ts-check

/** @typedef {'start' | 'callback' | 'token' | 'jwks' | 'logout' | 'userinfo'} OperationName */

/**
 * The operations: their method, their path in the two route sets, and how many requests a client has per minute.
 *
 * @typedef {{ method: 'GET' | 'POST', v1: string | null, oauth2: string, perMinute: number }} Operation
 * @type {Readonly<Record<OperationName, Operation>>}
 */
export const operations = Object.freeze({
  start: { method: 'GET', v1: '/v1/auth/oidc/start', oauth2: '/auth/login', perMinute: 20 },
  callback: { method: 'GET', v1: '/v1/auth/oidc/callback', oauth2: '/auth/callback', perMinute: 20 },
  token: { method: 'POST', v1: '/v1/token', oauth2: '/oauth2/token', perMinute: 60 },
  jwks: { method: 'GET', v1: '/v1/.well-known/jwks.json', oauth2: '/.well-known/jwks.json', perMinute: 100 },
  logout: { method: 'POST', v1: '/v1/auth/logout', oauth2: '/auth/logout', perMinute: 60 },
  userinfo: { method: 'GET', v1: null, oauth2: '/userinfo', perMinute: 60 },
});

export const operationNames = /** @type {OperationName[]} */ (Object.keys(operations));

/**
 * Whether a path belongs to the auth service rather than to the UI or the API, as the production gateway decides it.
 *
 * @param {string} path
 */
export function isAuthPath(path) {
  return /^\/(v1|auth|oauth2)(\/|$)/.test(path) || path === '/userinfo' || path === '/.well-known/jwks.json';
}
