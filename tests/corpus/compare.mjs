// @ts-check
// Comparisons that the corpus suite needs, without help of the host.

/**
 * Whether two values that came out of JSON are the same, own members only.
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
export function deepEqual(a, b) {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && deepEqual(a[name], b[name]))
  );
}

const WINDOW = 16;
const LONGEST = 4096;

/**
 * A part of the token that stands anywhere in an error: in its message, its stack, its members or its cause.
 * @param {unknown} error
 * @param {string} token
 * @returns {string | undefined}
 */
export function leaks(error, token) {
  const texts = [...textsOf(error, new Set())].join('\n');
  for (let at = 0; at + WINDOW <= Math.min(token.length, LONGEST); at += WINDOW / 2) {
    const part = token.slice(at, at + WINDOW);
    if (texts.includes(part)) return part;
  }
}

/**
 * Every text in a value.
 * @param {any} value
 * @param {Set<unknown>} seen
 * @returns {Generator<string>}
 */
function* textsOf(value, seen) {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const name of Object.getOwnPropertyNames(value)) {
    yield name;
    yield* textsOf(value[name], seen);
  }
  if (value instanceof Error) yield String(value);
}

/**
 * The token with another letter at the beginning, in the middle and near the end of its signature. The last letter is
 * left alone: another one might not be canonical.
 * @param {string} token
 */
export function withSignatureChanged(token) {
  const start = token.lastIndexOf('.') + 1;
  return [start, (start + token.length) >> 1, token.length - 2].map((at) => {
    const letter = token[at] === 'A' ? 'B' : 'A';
    return token.slice(0, at) + letter + token.slice(at + 1);
  });
}
