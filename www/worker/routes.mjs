// @ts-check
import { admin, me, welcome } from './api.mjs';

/**
 * @typedef {object} Route
 * @property {string} path the request's own, or with `upstream` or `service` the beginning of it
 * @property {(request: Request, env: any, ctx: any) => Promise<Response>} [answer] answers GET
 * @property {boolean} [service] goes to the auth service, with its cookie
 * @property {string} [upstream] goes to the address that this variable of the Worker names
 * @property {string} [audience] of the token that the session's cookie becomes
 * @property {string[]} [roles]
 * @property {boolean} [anonymous] also without a session
 */

/** The first that fits counts; what is not listed is not found. @type {Route[]} */
export const routes = [
  // This Worker's own API: a bearer, verified.
  { path: '/api/me', answer: me },
  { path: '/api/admin', answer: admin },
  { path: '/api/public', answer: welcome },
  // What BixArena's gateway does: the session's cookie becomes a token for the upstream.
  { path: '/api/upstream/public', upstream: 'UPSTREAM_URL', audience: 'urn:bixarena:api', anonymous: true },
  { path: '/api/upstream/admin', upstream: 'UPSTREAM_URL', audience: 'urn:bixarena:api', roles: ['admin'] },
  { path: '/api/upstream', upstream: 'UPSTREAM_URL', audience: 'urn:bixarena:api' },
  // The auth service itself, in both route sets.
  { path: '/auth', service: true },
  { path: '/oauth2', service: true },
  { path: '/userinfo', service: true },
  { path: '/v1', service: true },
  { path: '/.well-known/jwks.json', service: true },
];

/** What one upstream reads as `/admin` and another one does not: an encoded slash or percent sign, a doubled slash, a parameter. */
const AMBIGUOUS = /%(?:2f|5c|25|3b|00)|\/\/|[;\\]/i;

/**
 * The route of a path, as the service behind will read that path; `null` if there is none, `undefined` if that cannot be said.
 * @param {string} pathname
 */
export function routeOf(pathname) {
  if (AMBIGUOUS.test(pathname)) return undefined;
  const path = decoded(pathname);
  if (path === undefined) return undefined;
  const fits = (/** @type {Route} */ route) =>
    path === route.path || (!route.answer && path.startsWith(`${route.path}/`));
  return routes.find(fits) ?? null;
}

/** @param {string} pathname */
function decoded(pathname) {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}
