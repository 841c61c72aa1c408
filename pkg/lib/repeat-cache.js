// @ts-check
/**
 * Answers for tokens that come again and again: on an edge, one user makes many requests with one token. It sits in front of
 * the wasm, because any cache behind the border costs more than it saves.
 *
 * A fixed table of two ways. The place comes from four characters near the end, in the signature, where tokens differ;
 * what is found there counts only if the whole token is equal. A token is stored when it comes for the second time, so
 * that tokens which come once cost nothing; what is stored is frozen and was given to no earlier caller.
 *
 * @typedef {{ token: string, result: { header: any, claims: any }, from: number, until: number }} Entry
 */

const PLACES = 256;

export class RepeatCache {
  /** @type {(Entry | undefined)[]} */
  #entries = new Array(2 * PLACES).fill(undefined);
  /** One bit for each of 8 192 places: whether a token of that place was seen. */
  #seen = new Uint32Array(256);

  /**
   * @param {string} token
   * @param {number} now milliseconds
   */
  get(token, now) {
    const place = 2 * (hash(token) & (PLACES - 1));
    let entry = this.#entries[place];
    if (entry?.token !== token) {
      entry = this.#entries[place + 1];
      if (entry?.token !== token) return undefined;
    }
    return now >= entry.from && now < entry.until ? entry.result : undefined;
  }

  /**
   * Whether the token has come before; from now on it has.
   * @param {string} token
   */
  hasSeen(token) {
    const place = hash(token) & 8_191;
    const bit = 1 << (place & 31);
    if (this.#seen[place >> 5] & bit) return true;
    this.#seen[place >> 5] |= bit;
    return false;
  }

  /** @param {Entry} entry */
  set(entry) {
    const place = 2 * (hash(entry.token) & (PLACES - 1));
    this.#entries[place + 1] = this.#entries[place];
    this.#entries[place] = entry;
  }
}

/** @param {string} token */
function hash(token) {
  const end = token.length;
  return (
    token.charCodeAt(end - 5) ^
    (token.charCodeAt(end - 8) << 3) ^
    (token.charCodeAt(end - 11) << 6) ^
    (token.charCodeAt(end - 14) << 7)
  );
}

/**
 * Freezes a JSON value to its leaves.
 * @template T
 * @param {T} value
 * @returns {T}
 */
export function deepFreeze(value) {
  // An object or an array.
  if (Object(value) === value) {
    Object.values(/** @type {any} */ (value)).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
