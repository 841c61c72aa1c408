// @ts-check

/** What a person can do about an error, by its code. @type {Readonly<Record<string, string>>} */
const ADVICE = Object.freeze({
  login_required: 'Sign in again.',
  login_denied: 'Nothing has changed. You can try again with “Sign in”.',
  callback_invalid: 'This sign-in link is incomplete. Start again with “Sign in”.',
  callback_rejected: 'The service did not accept this sign-in. Start again with “Sign in”.',
  rate_limited: 'Too many requests. Wait a moment.',
  network_error: 'The service cannot be reached. Whether you are signed in is not known; try again.',
  timeout: 'The service took too long. Try again.',
  service_unavailable: 'The service is not available right now. Try again.',
  jwks_unavailable: 'The keys that tokens are checked with cannot be fetched. Try again.',
  signature_invalid: 'The service handed out a token that it did not sign. Nothing of it is shown.',
  wasm_blocked: "The page's Content-Security-Policy has to allow 'wasm-unsafe-eval' in script-src.",
  environment_unsupported: 'This browser lacks what is needed to check tokens.',
});

/** @param {string} code */
export function adviceFor(code) {
  return ADVICE[code] ?? 'Try again. If it stays, tell whoever runs this service the code above.';
}
