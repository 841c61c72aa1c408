// @ts-check
/* How Rust reads a JWK Set (RFC 7517) that the host has parsed. */

import { algorithmNumber } from './crypto.js';
import { ABSENT, DIFFERS, GOOD, state, textKind, writeText } from './host.js';

/** `kty` and `crv` of each kind of key, in the order of Rust's `KeyKind`. RSA keys have no curve. */
const KINDS = ['RSA', 'EC P-256', 'EC P-384', 'EC P-521', 'OKP Ed25519'];
const RSA = 0;
const ED25519 = 4;

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** How many keys `state.fetched` has; -1 if it is no object with an array of keys. */
export const countKeys = () => (Array.isArray(state.fetched?.keys) ? state.fetched.keys.length : -1);

/**
 * Reads a key of `state.fetched`: writes the texts of its two numbers to `at` and behind `room`, their lengths to
 * `lengths`. Answers -1 if it is no object, or what `KeyFacts` in Rust describes.
 * @param {number} index
 * @param {number} at
 * @param {number} room
 * @param {number} lengths
 */
export function readKey(index, at, room, lengths) {
  const jwk = state.fetched.keys[index];
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return -1;
  const kind = kindOf(jwk);
  const [first, second] = kind === RSA ? [jwk.n, jwk.e] : [jwk.x, kind === ED25519 ? '' : jwk.y];
  const write = (/** @type {unknown} */ number, /** @type {number} */ place) => {
    const length = writeText(text(number), at + place * room, room);
    state.numbers.setUint32(lengths + 4 * place, length === -1 ? 0 : length, true);
    return length === -1;
  };
  const isTooLong = [write(first, 0), write(second, 1)].includes(true);
  return (
    (kind & 7) |
    (PRIVATE.some((name) => jwk[name] !== undefined) ? 1 << 3 : 0) |
    (mark(jwk.use, jwk.use === 'sig') << 4) |
    (mark(jwk.key_ops, Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify')) << 6) |
    (textKind(jwk.alg) << 8) |
    ((algorithmNumber(jwk.alg) & 15) << 10) |
    (isTooLong ? 1 << 14 : 0)
  );
}

/**
 * The number of a kind of key; -1 for another kind, which are three set bits at the end.
 * @param {any} jwk
 */
function kindOf({ kty, crv }) {
  return KINDS.indexOf(kty === 'RSA' ? kty : `${text(kty)} ${text(crv)}`);
}

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');

/**
 * @param {unknown} value
 * @param {boolean} isGood
 */
const mark = (value, isGood) => (value === undefined ? ABSENT : isGood ? GOOD : DIFFERS);

/** Puts the key set that was read in use. */
export function useKeys() {
  state.keys = state.fetched.keys;
  // A new array: imports that are under way belong to the old set.
  state.handles = [];
}
