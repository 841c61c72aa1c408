// @ts-check
import { failure } from './failure.js';

/** What a callback adds to the address. */
const CALLBACK_PARAMETERS = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss'];

/** Where there is no page. */
const NOWHERE = 'http://localhost';

/** The origin of the page. */
const ownOrigin = () => {
  const origin = globalThis.location?.origin;
  return origin === undefined || origin === 'null' ? NOWHERE : origin;
};

/** The address of the page, if there is one. */
export const currentPath = () => {
  const { pathname, search, hash } = globalThis.location ?? {};
  return pathname === undefined ? undefined : pathname + search + hash;
};

/**
 * Path, query and hash of what leads to this origin.
 * @param {unknown} value
 */
export function ownPath(value) {
  if (typeof value !== 'string' || !/^\/(?![/\\])/.test(value)) return null;
  const { origin, pathname, search, hash } = new URL(value, ownOrigin());
  return origin === ownOrigin() && !pathname.startsWith('//') ? pathname + search + hash : null;
}

/**
 * Takes the callback out of the page's address, as the real client does before anything else.
 * @returns {string | undefined} the address as it was
 */
export function takeCallback() {
  const { location, history } = globalThis;
  if (!location) return undefined;
  const url = new URL(location.href);
  for (const name of CALLBACK_PARAMETERS) url.searchParams.delete(name);
  const before = location.href;
  history?.replaceState(history.state, '', url.pathname + url.search + url.hash);
  return before;
}

/**
 * Whether an address is a callback, and the `state` that tells one from another.
 * @param {string | undefined} address
 */
export function readCallback(address) {
  const parameters = new URL(address ?? '', ownOrigin()).searchParams;
  return { isCallback: parameters.has('code') || parameters.has('error'), state: parameters.get('state') };
}

/**
 * What is wrong with an address that should be a callback which succeeded.
 * @param {string | undefined} address
 */
export function faultOfCallback(address) {
  const url = address === undefined ? undefined : new URL(address, ownOrigin());
  if (url?.origin !== ownOrigin()) return failure('callback_invalid');
  const { searchParams } = url;
  const reason = searchParams.get('error');
  if (reason !== null) {
    return failure('login_denied', { reason, description: searchParams.get('error_description') ?? undefined });
  }
  return searchParams.get('code') && searchParams.get('state') ? undefined : failure('callback_invalid');
}
