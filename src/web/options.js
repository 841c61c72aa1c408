// @ts-check
/* How Rust looks at options: it has a table of what each may be, and asks what it is. */

/** @import { State } from './host.js' */
import { algorithmNumber, textAt } from './host.js';
import { safe } from './refuse.js';

/**
 * The value of an option; with a dot in its name that of a member.
 * @param {any} options
 * @param {string} name
 */
const find = (options, name) => name.split('.').reduce((value, part) => value?.[part], options);

const isText = (/** @type {unknown} */ value) => typeof value === 'string' && value !== '';

/**
 * What the things in Rust's `options::table::is` mean, from the first to the last.
 * @type {((value: any) => boolean)[]}
 */
const IS = [
  (value) => value === undefined,
  (value) => value === null,
  (value) => typeof value === 'boolean',
  (value) => typeof value === 'number' && value >= 0 && value < Infinity,
  isText,
  (value) => Array.isArray(value) && value.length > 0 && value.every(isText),
  (value) => Array.isArray(value) && value.length === 0,
  (value) => (isText(value) || value instanceof URL) && /^https?:\/\//i.test(String(value)),
  (value) => typeof value === 'function',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  (value) => Array.isArray(value) && value.length > 0 && value.every((name) => algorithmNumber(name) >= 0),
  (value) => Number.isInteger(value) && value > 0 && value <= 1_048_576,
  (value) => value === 'memory',
];

/**
 * What an option is: a bit for each thing that is true of it.
 * @param {State} state
 * @param {number} at
 * @param {number} length
 */
export function lookAtOption(state, at, length) {
  const name = textAt(state, at, length);
  state.asked.push(name);
  const value = find(state.options, name);
  return IS.reduce((bits, is, bit) => (is(value) ? bits | (1 << bit) : bits), 0);
}

/**
 * The number of an option.
 * @param {State} state
 * @param {number} at
 * @param {number} length
 * @returns {number}
 */
export const numberOption = (state, at, length) => find(state.options, textAt(state, at, length));

/**
 * Whether Rust has asked for every option that is there. One that it has not, it is asked about now.
 * @param {State} state
 */
export function isAllKnown({ options, asked }) {
  const given = Object.keys(options).flatMap((name) =>
    // Only an option that has members in the table can have unknown ones.
    asked.some((known) => known.startsWith(`${name}.`)) && options[name]
      ? [name, ...Object.keys(options[name]).map((member) => `${name}.${member}`)]
      : name,
  );
  const unknown = given.find((name) => !asked.includes(name));
  if (unknown !== undefined) asked.push(unknown);
  return unknown === undefined;
}

/**
 * The allow-list: a bit for each algorithm, in the order of Rust's table. RS256 if none is given.
 * @param {State} state
 */
export const allowedAlgorithms = ({ options }) =>
  (options?.algorithms ?? ['RS256']).reduce(
    (/** @type {number} */ bits, /** @type {unknown} */ name) => bits | (1 << algorithmNumber(name)),
    0,
  );

/**
 * Says what is wrong with the option that was asked for last.
 * @param {State} state
 * @param {number} at
 * @param {number} length
 */
export function refuseOption(state, at, length) {
  const name = /** @type {string} */ (state.asked.at(-1));
  const expected = textAt(state, at, length);
  state.error = new TypeError(
    `${state.owner}: ${safe(name)}: expected ${expected}, found ${kindOf(find(state.options, name))}`,
  );
}

/**
 * What a message calls a value.
 * @param {unknown} value
 */
function kindOf(value) {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'number') return `the number ${value}`;
  if (Array.isArray(value)) return 'an array';
  if (value instanceof URL) return 'a URL';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
