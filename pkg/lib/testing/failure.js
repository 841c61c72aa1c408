// @ts-check
/** @import { AuthErrorCode } from '../../dist/types.js' */
import { AuthError } from '../../dist/web/errors.js';

/** @type {Partial<Record<AuthErrorCode, string>>} */
const MESSAGES = {
  aborted: 'the call was aborted',
  disposed: 'this object has been disposed of',
  login_required: 'there is no session: sign in first',
  network_error: 'the service cannot be reached',
  signature_invalid: 'the token is none that this test client has handed out',
  signed_out: 'the user has signed out',
  user_changed: 'another user has signed in',
};

/**
 * An error as the package throws it: only a test makes one itself.
 * @param {AuthErrorCode} code
 * @param {object} [fields]
 * @returns {import('../../dist/types.js').AuthError}
 */
export const failure = (code, fields) =>
  /** @type {any} */ (new AuthError(code, MESSAGES[code] ?? `made by a test: ${code}`, fields));
