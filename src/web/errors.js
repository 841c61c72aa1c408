// @ts-check
/* What is thrown. Rust says which error it is; what was looked at lies in JavaScript. */

/** @import { State } from './host.js' */

/** Present on every AuthError, also on those of another copy of the package. */
const MARK = Symbol.for('bixarena-auth-client.AuthError');

/** The build writes the package's version in its place. */
const VERSION = 'in development';

/**
 * What there is once for each version of the package, however often that is loaded: a process may import it and require it.
 * @template T
 * @param {string} name
 * @param {() => T} make
 * @returns {T}
 */
export function once(name, make) {
  const all = /** @type {any} */ (globalThis);
  const made = (all[Symbol.for(`bixarena-auth-client@${VERSION}`)] ??= {});
  return (made[name] ??= make());
}

/**
 * What went wrong. `code` is one of a closed list; the other members say what was found, where that is no secret. It
 * never holds a token, an authorization code or a `state`.
 */
export const AuthError = /* @__PURE__ */ once(
  'AuthError',
  () =>
    class AuthError extends Error {
      /**
       * @param {string} code
       * @param {string} message
       * @param {object} [fields] status, problem, retryAfter, reason, description, claim, expected, received, kid, cause
       */
      constructor(code, message, fields) {
        super(message);
        this.code = code;
        for (const [name, value] of Object.entries(fields ?? {})) {
          if (value !== undefined) /** @type {any} */ (this)[name] = value;
        }
      }

      get name() {
        return 'AuthError';
      }

      get [MARK]() {
        return true;
      }
    },
);
/** @typedef {InstanceType<typeof AuthError>} AuthError */

/**
 * Whether a thrown value is an {@link AuthError}, of this copy of the package or of another one.
 * @param {any} error
 * @returns {error is AuthError}
 */
export function isAuthError(error) {
  return error instanceof Error && /** @type {any} */ (error)[MARK] === true;
}

/**
 * The error of a row of Rust's table that only shows here.
 * @param {State} verifier
 * @param {number} fault
 * @param {object} [fields]
 */
export function raise(verifier, fault, fields) {
  const [code, message] = verifier.faults()[fault].split('|');
  return new AuthError(code, message, fields);
}

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
 * A value from outside: of a string its text, of anything else its JSON.
 * @param {unknown} value
 */
export const shown = (value) =>
  value === undefined || value === '' ? undefined : safe(typeof value === 'string' ? value : JSON.stringify(value));
