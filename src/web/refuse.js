// @ts-check
/* Errors: Rust says which, here lies what was looked at. */

/** @import { State } from './host.js' */
import { AuthError } from './auth_error.js';
import { textAt } from './host.js';

/** The longest text from outside that is shown, in characters. */
const LONGEST = 128;

/**
 * Text from outside, made safe to show in a log: shortened, and escaped what controls a terminal or turns the direction of
 * what a person reads.
 * @param {string} text
 */
export function safe(text) {
  let shown = '';
  let room = LONGEST;
  for (const character of text.slice(0, 2 * LONGEST)) {
    const escape = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u.test(character);
    const piece = escape ? `\\u{${character.codePointAt(0)?.toString(16)}}` : character;
    room -= escape ? piece.length : 1;
    if (room < 0) break;
    shown += piece;
  }
  return shown;
}

/**
 * Puts the error of a row of Rust's table into `state.error`: where its code, its message and the name of the claim lie, and
 * the number that would just have passed.
 * @param {State} state
 * @param {number} code
 * @param {number} codeLength
 * @param {number} message
 * @param {number} messageLength
 * @param {number} claim
 * @param {number} claimLength
 * @param {number} limit
 */
export function refuse(state, code, codeLength, message, messageLength, claim, claimLength, limit) {
  const name = textAt(state, code, codeLength);
  const found = describe(state, name, textAt(state, claim, claimLength), limit);
  const text = textAt(state, message, messageLength);
  // Which claim is missing of those that the options name, no row of the table can say.
  const isNamed = name !== 'claim_missing' || text.endsWith(`: ${found.claim}`);
  state.error = new AuthError(name, isNamed ? text : `${text}: ${found.claim}`, found);
}

/**
 * @param {State} state
 * @param {string} code
 * @param {string} claim
 * @param {number} limit
 * @returns {Record<string, unknown>}
 */
function describe(state, code, claim, limit) {
  if (code.startsWith('key_') || code === 'signature_invalid') return { kid: shown(state.header?.kid) };
  if (code === 'claim_missing') return { claim: claim || state.missing };
  if (code === 'claim_invalid') return { claim };
  const { typ, issuers, audiences, header, claims } = state;
  const wanted = { typ, iss: issuers, aud: audiences }[claim];
  const expected = Array.isArray(wanted) && wanted.length === 1 ? wanted[0] : wanted;
  const received = claim && (claim === 'alg' || claim === 'typ' ? header : claims)[claim];
  return {
    claim: claim || undefined,
    expected: Number.isNaN(limit) ? expected : limit,
    received: typeof received === 'number' ? received : shown(received),
  };
}

/**
 * A value from outside: of a string its text, of anything else its JSON.
 * @param {unknown} value
 */
const shown = (value) =>
  value === undefined || value === '' ? undefined : safe(typeof value === 'string' ? value : JSON.stringify(value));

/**
 * The error that was made last is about this key of the set in use, which is never used.
 * @param {State} state
 * @param {number} index
 */
export function noteFlaw(state, index) {
  // @ts-ignore `kid` is no member of the DOM's JsonWebKey
  state.error.kid = shown(state.keys[index].kid);
  state.flaws.push(state.error);
  state.error = undefined;
}
