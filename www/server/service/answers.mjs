// @ts-check

const CHALLENGE = 'Cookie realm="BixArena", redirect="/auth/login"';

/**
 * @param {number} status
 * @param {string} title
 * @param {string} detail
 * @param {Record<string, string>} [headers]
 */
export function problem(status, title, detail, headers = {}) {
  // RFC 9457 §3: `type` defaults to about:blank, then `title` is the status phrase.
  const body = { type: 'about:blank', title, status, detail };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
  });
}

/** @typedef {'no-session' | 'state-mismatch' | 'token-exchange' | 'missing-id-token' | 'missing-sub' | 'exception'} CallbackReason */

/**
 * A failed callback is no problem document: the deployed service answers plain JSON.
 *
 * @param {CallbackReason} reason
 */
export function callbackFailed(reason) {
  return Response.json({ status: `error:${reason}` }, { status: 400 });
}

/** `/token` without a session: an empty body. */
export function noSession() {
  return new Response(null, { status: 401, headers: { 'WWW-Authenticate': CHALLENGE } });
}

export function unauthorized() {
  return problem(401, 'Unauthorized', 'there is no session', { 'WWW-Authenticate': CHALLENGE });
}

/**
 * @param {string} location
 * @param {Record<string, string>} [headers]
 */
export function redirect(location, headers = {}) {
  return new Response(null, { status: 302, headers: { ...headers, Location: location } });
}
