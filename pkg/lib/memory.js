// @ts-check
/* What a page remembers for the next one, as JSON. */
import { load, save } from '../dist/web/storage.js';

/** That somebody was signed in here last time. */
export const WAS_AUTHENTICATED = 'was-authenticated';
/** What `options.hint` chose to keep. */
export const HINT = 'hint';

/** @param {string} name */
export function recall(name) {
  try {
    return JSON.parse(load('localStorage', name) ?? 'null');
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
    save('localStorage', name, value === null || value === undefined ? null : JSON.stringify(value));
  } catch {}
}
