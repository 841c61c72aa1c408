// @ts-check
/* What the Rust core decides about addresses (src/session/return_to.rs, callback.rs), for where there is no wasm: a test double, and a page
   that cannot load it. One table tests both. */
import { AuthError, safe } from '../dist/web/errors.js';

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

/** The most characters of a place to return to. */
const LONGEST = 500;
const CONTROL = /[\p{Cc}\\]/u;
const ENCODED_CONTROL = /%(?:[01]|7f)/i;
/** What some server or browser takes for a second slash: a slash, a backslash, their full-width and small forms. */
const SECOND_SLASH = /^\/(?:\/|%2f|%5c|%ef%bc%8f|%ef%bc%bc|%ef%b9%a8)/i;

/**
 * Path, query and hash of what leads to this origin; `null` for whatever else it is given.
 * @param {unknown} value
 * @param {string} [callbackPath]
 */
export function ownPath(value, callbackPath) {
  if (typeof value !== 'string' || value.length > 2 * LONGEST || [...value].length > LONGEST || CONTROL.test(value))
    return null;
  const own = ownOrigin();
  const text = value.startsWith(own) ? value.slice(own.length) : value;
  if (!/^\/(?!\/)/.test(text)) return null;
  const { origin, pathname, search, hash } = new URL(text, own);
  const isPlain = !SECOND_SLASH.test(pathname) && !ENCODED_CONTROL.test(pathname);
  return origin === own && isPlain && pathname !== callbackPath ? pathname + search + hash : null;
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
  try {
    history?.replaceState(history.state, '', url.pathname + url.search + url.hash);
  } catch {} // Safari allows a hundred in half a minute
  return before;
}

/**
 * Whether an address is a callback, and the parameters that one which succeeded has.
 * @param {string | undefined} address
 */
export function readCallback(address) {
  const parameters = new URL(address ?? '', ownOrigin()).searchParams;
  const code = parameters.get('code');
  return { isCallback: code !== null || parameters.has('error'), code, state: parameters.get('state') };
}

/**
 * What is wrong with an address that should be a callback which succeeded.
 * @param {string | undefined} address
 */
export function faultOfCallback(address) {
  const searchParams = ownParameters(address);
  const [code, state, error, description] = ['code', 'state', 'error', 'error_description'].map((name) =>
    searchParams.getAll(name),
  );
  const isEachOnce = [code, state, error].every(({ length }) => length < 2);
  if (isEachOnce && error.length > code.length) {
    return new AuthError('login_denied', 'the sign-in was refused by the identity provider', {
      reason: safe(error[0]),
      description: description[0] && safe(description[0]),
    });
  }
  if (isEachOnce && !error.length && code[0] && state[0]) return undefined;
  const message = 'the address is no callback: it lacks a code or a state, has one twice, or is of another origin';
  return new AuthError('callback_invalid', message);
}

/**
 * The parameters of an address of this origin; none of any other.
 * @param {string | undefined} address
 */
function ownParameters(address = '') {
  try {
    const { origin, searchParams } = new URL(address, ownOrigin());
    if (origin === ownOrigin()) return searchParams;
  } catch {}
  return new URLSearchParams();
}
