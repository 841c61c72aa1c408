// @ts-check
/** Present on every AuthError, also on those of another copy of the package. */
const MARK = Symbol.for('bixarena-auth-client.AuthError');

/**
 * What went wrong. `code` is one of a closed list; the other members say what was found, where that is no secret. It
 * never holds a token, an authorization code or a `state`.
 */
export class AuthError extends Error {
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
}

/**
 * Whether a thrown value is an {@link AuthError}, of this copy of the package or of another one.
 * @param {any} error
 * @returns {error is AuthError}
 */
export function isAuthError(error) {
  return error instanceof Error && /** @type {any} */ (error)[MARK] === true;
}

/**
 * For Rust, which builds an error from an empty one.
 * @param {string} code
 * @param {string} message
 */
export const authError = (code, message) => new AuthError(code, message);
