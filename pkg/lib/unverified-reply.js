// @ts-check
/* What an answer of the service means, for where there is no wasm that says it: src/service/meaning.rs for the operations that need no
   token. Only a body's `status` is looked at. */
import { CALL_BACK, LOG_OUT, LOG_OUT_2 } from '../dist/web/exchange.js';

/** In the words of src/error/fault.rs; and the paths of src/service/routes.rs. */
export const TEXTS = [
  'login_required|there is no session: sign in first',
  'callback_rejected|the service refused the sign-in: start it again',
  'rate_limited|too many requests: wait for retryAfter seconds',
  'service_unavailable|the service is not available: try again later',
  'response_invalid|the service gave an answer that is not in its contract',
  'network_error|the service cannot be reached: no network, no CORS permission, or a wrong baseUrl',
  'timeout|the service did not answer in time',
  'signed_out|the user has signed out',
  'disposed|this object has been disposed of',
  'environment_unsupported|this environment lacks what is needed: no location: give the option baseUrl',
  'start|/auth/oidc/start|/auth/login',
  'callback|/auth/oidc/callback|/auth/callback',
  'logout|/auth/logout|/auth/logout',
  'userinfo|/userinfo|/userinfo',
];

// Rows of it.
const LOGIN_REQUIRED = 0;
const CALLBACK_REJECTED = 1;
const RATE_LIMITED = 2;
const SERVICE_UNAVAILABLE = 3;
const RESPONSE_INVALID = 4;

// Bits of `Marks` in src/service/meaning.rs.
const IS_OBJECT = 1;
const IS_OK = 8;
const IS_TOO_LONG = 32;

/**
 * The row of what is wrong with an answer; -1: nothing.
 * @param {number} operation
 * @param {number} status
 * @param {number} marks
 */
export function judgeReply(operation, status, marks) {
  if (marks & IS_TOO_LONG) return RESPONSE_INVALID;
  const isLogout = operation === LOG_OUT || operation === LOG_OUT_2;
  // On the newer routes `401` says that there was no session: the user is signed out.
  if (isLogout && ((status > 199 && status < 300) || (status === 401 && operation === LOG_OUT_2))) return -1;
  if (operation === CALL_BACK && (status === 400 || status === 401)) return CALLBACK_REJECTED;
  if (!isLogout && status === 200) return marks & (operation === CALL_BACK ? IS_OK : IS_OBJECT) ? -1 : RESPONSE_INVALID;
  if (status === 401 && operation !== LOG_OUT) return LOGIN_REQUIRED;
  if (status === 429) return RATE_LIMITED;
  return status > 499 ? SERVICE_UNAVAILABLE : RESPONSE_INVALID;
}
