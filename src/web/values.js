// @ts-check
/* How the client's Rust looks at values that it did not make. */

const KINDS = ['undefined', 'null', 'boolean', 'number', 'string', 'array', 'URL', 'function', 'object'];

/**
 * The number of a value's kind in the list above; another number for anything else.
 * @param {unknown} value
 */
export function kindOf(value) {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : value instanceof URL ? 'URL' : typeof value;
  return KINDS.indexOf(kind) >>> 0;
}

/**
 * A member of an object or array; undefined for any other value.
 * @param {any} object
 * @param {string | number} name
 */
export const getMember = (object, name) => (typeof object === 'object' && object !== null ? object[name] : undefined);

/** @param {any} object */
export const namesOf = (object) => Object.keys(object);

/** @param {unknown[]} list */
export const lengthOf = (list) => list.length;

/** @param {unknown} value */
export const textOf = (value) => String(value);

/**
 * @param {any} object
 * @param {string} name
 * @param {unknown} value
 */
export function setMember(object, name, value) {
  object[name] = value;
}

export const emptyObject = () => ({});

/** @returns {string[]} */
export const emptyList = () => [];

/**
 * @param {string[]} list
 * @param {string} text
 */
export function push(list, text) {
  list.push(text);
}

/** @param {string} message */
export const typeError = (message) => new TypeError(message);
