// @ts-check
/** @typedef {{ url: URL, request: Request }} Call */
/** @typedef {Record<string, (call: Call) => Response | Promise<Response>>} Routes by method and path */

/** Each operation under its paths: those of `'v1'`, then those of `'oauth2'`. */
export const OPERATIONS = {
  token: ['POST /token', 'POST /oauth2/token'],
  jwks: ['GET /.well-known/jwks.json'],
  start: ['GET /auth/oidc/start', 'GET /auth/login'],
  callback: ['GET /auth/oidc/callback', 'GET /auth/callback'],
  logout: ['POST /auth/logout'],
  userinfo: ['GET /userinfo'],
};

/**
 * @param {unknown} body
 * @param {number} [status]
 */
export const json = (body, status = 200) => Response.json(body, { status, headers: { 'cache-control': 'no-store' } });

/** @param {number} status @param {string} title */
export const problem = (status, title) =>
  new Response(JSON.stringify({ title, status }), { status, headers: { 'content-type': 'application/problem+json' } });

/**
 * Finds what a request is for.
 * @param {string} base the path below which the service lies, without a slash at its end
 * @param {Request} request
 * @returns {keyof typeof OPERATIONS | undefined}
 */
export function operationOf(base, request) {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith(base)) return undefined;
  const asked = `${request.method} ${pathname.slice(base.length)}`;
  return /** @type {(keyof typeof OPERATIONS)[]} */ (Object.keys(OPERATIONS)).find((name) =>
    OPERATIONS[name].includes(asked),
  );
}
