// @ts-check
/* What outlives a page: flags, where the user wants to go after the sign-in, which callback was used. No token, code or state is
   ever stored, and nothing is decided by what is. Where storage is blocked, full or spoilt, nothing is remembered. */

/** @typedef {'localStorage' | 'sessionStorage'} Store for this origin, or for this tab */

const key = (/** @type {string} */ name) => `bixarena-auth-client:${name}`;

/**
 * @param {Store} store
 * @param {string} name
 */
export function load(store, name) {
  try {
    return globalThis[store].getItem(key(name));
  } catch {
    return null;
  }
}

/**
 * @param {Store} store
 * @param {string} name
 * @param {string | null} text null removes it
 */
export function save(store, name, text) {
  try {
    if (text === null) globalThis[store].removeItem(key(name));
    else globalThis[store].setItem(key(name), text);
  } catch {}
}

/**
 * Removes what is stored, and gives it.
 * @param {Store} store
 * @param {string} name
 */
export function take(store, name) {
  const text = load(store, name);
  save(store, name, null);
  return text;
}
