// @ts-check
import { check, optional } from '../options.js';
import { clientAddress } from './client-address.js';
import { isName } from './cors.js';

/** For one connection only (RFC 9110 §7.6.1); `host` follows from the address. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
];

/** Headers that upstreams take for an identity because a gateway in front sets them. Documented in edge.d.ts. */
const IDENTITY =
  /^(?:authorization|remote-(?:user|email|groups|name)|x-remote-.*|x-user|x-user-.*|x-username|x-email|x-roles?|x-groups?|x-auth-.*|x-authenticated-.*|x-forwarded-(?:user|email|groups|preferred-username|access-token|roles)|x-(?:access|id)-token|x-jwt-.*|x-client-cert|x-ssl-client-.*|x-ms-client-principal.*|x-ms-token-.*|x-amzn-oidc-.*|x-goog-(?:iap|authenticated)-.*|cf-access-.*)$/;

/** @type {import('../options.js').Rule} */
export const HEADER_NAME = optional(isName, 'the name of a header');

/** @type {() => Record<string, import('../options.js').Rule>} */
const rules = () => ({
  token: optional(
    (value) => typeof value === 'string' && /^[A-Za-z0-9._~+/-]+=*$/.test(value),
    'a token, without the scheme',
  ),
  cookies: optional((value) => value === 'drop' || value === 'keep', "'drop' or 'keep'"),
  stripHeaders: optional((value) => Array.isArray(value) && value.every(isName), 'an array of header names'),
  clientAddressHeader: HEADER_NAME,
});

/**
 * See edge.d.ts.
 * @param {Request} request
 * @param {string | URL} upstream
 * @param {any} [options]
 */
export function forwardRequest(request, upstream, options = {}) {
  check('forwardRequest', options, rules());
  const { method, body, signal } = request;
  /** @type {RequestInit & { duplex: 'half' }} */
  // A redirect is the caller's to follow: not every host takes the token off on the way to another origin.
  const init = { method, headers: headersOf(request, options), body, redirect: 'manual', duplex: 'half' };
  if (signal) init.signal = signal;
  return new Request(addressOf(request, upstream), init);
}

/**
 * @param {Request} request
 * @param {string | URL} upstream
 */
function addressOf(request, upstream) {
  const { pathname, search } = new URL(request.url);
  const text = String(upstream);
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text) || /[?#@]/.test(text)) {
    const expected = 'an absolute http or https URL without query, hash and credentials';
    throw new TypeError(`forwardRequest: upstream: expected ${expected}`);
  }
  const url = new URL(text);
  // By the setter: a path that begins with two slashes names no host there.
  url.pathname = url.pathname.replace(/\/$/, '') + pathname;
  url.search = search;
  return url.href;
}

/**
 * @param {Request} request
 * @param {{ token?: string, cookies?: 'drop' | 'keep', stripHeaders?: string[], clientAddressHeader?: string }} options
 */
function headersOf(request, { token, cookies = 'drop', stripHeaders = [], clientAddressHeader }) {
  const headers = new Headers(request.headers);
  const listed = (headers.get('connection') ?? '').split(',').map((name) => name.trim());
  const drop = new Set([...HOP_BY_HOP, ...listed, ...stripHeaders].map(alike));
  if (cookies === 'drop') drop.add('cookie');
  // Replaced, not appended to: of a list, the first address is one that the client has chosen.
  if (clientAddressHeader !== undefined) drop.add(alike(clientAddressHeader));
  for (const name of [...headers.keys()]) {
    if (drop.has(alike(name)) || IDENTITY.test(alike(name))) headers.delete(name);
  }
  for (const [name, value] of Object.entries(clientAddress(request, clientAddressHeader))) headers.set(name, value);
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return headers;
}

/** Many an upstream takes `X_User` for `X-User` (RFC 3875 §4.1.18). @param {string} name */
const alike = (name) => name.toLowerCase().replaceAll('_', '-');
