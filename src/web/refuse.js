// @ts-check
/* Errors: Rust says which, here lies what was looked at. */

import { AuthError } from './auth_error.js';
import { state } from './host.js';

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
 * Puts the error of a row of Rust's table into `state.error`.
 * @param {number} fault the number of the row
 * @param {number} limit what would just have passed, if it is a number
 */
export function refuse(fault, limit) {
  const [code, message, claim] = state.faults[fault].split('|');
  const found = describe(code, claim, limit);
  // Which claim is missing of those that the options name, no row of the table can say.
  const isNamed = claim !== '' || found.claim === undefined;
  state.error = new AuthError(code, isNamed ? message : `${message}: ${found.claim}`, found);
}

/**
 * @param {string} code
 * @param {string} claim
 * @param {number} limit
 * @returns {Record<string, unknown>}
 */
function describe(code, claim, limit) {
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
 * @param {number} index
 */
export function noteFlaw(index) {
  // @ts-ignore `kid` is no member of the DOM's JsonWebKey
  state.error.kid = shown(state.keys[index].kid);
  state.flaws.push(state.error);
  state.error = undefined;
}
