// @ts-check
/* What outlives a page, beside what src/web/storage.rs keeps. Nothing secret, and nothing is decided by it. Where storage is
   blocked, full or spoilt, nothing is remembered. */

/** That somebody was signed in here last time. */
export const WAS_AUTHENTICATED = 'was-authenticated';
/** What `options.hint` chose to keep. */
export const HINT = 'hint';

const key = (/** @type {string} */ name) => `bixarena-auth-client:${name}`;

/** @param {string} name */
export function recall(name) {
  try {
    return JSON.parse(globalThis.localStorage.getItem(key(name)) ?? 'null');
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {unknown} value what JSON can hold; `null` and `undefined` remove it
 */
export function remember(name, value) {
  try {
    if (value === null || value === undefined) globalThis.localStorage.removeItem(key(name));
    else globalThis.localStorage.setItem(key(name), JSON.stringify(value));
  } catch {}
}
