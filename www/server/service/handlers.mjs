// @ts-check
import { timingSafeEqual } from 'node:crypto';
import { callbackFailed, noSession, problem, redirect, unauthorized } from './answers.mjs';
import { LoginFailed } from './relying-party.mjs';
import { acceptedReturnTo, returnUrl } from './return-to.mjs';
import { mintToken } from './tokens.mjs';

/** @typedef {'v1' | 'oauth2'} RouteSet */
/** @typedef {import('hono').Context<import('./service.mjs').Env>} Context */
/** @typedef {import('./service.mjs').Service} Service */
/** @typedef {(c: Context, service: Service, routes: RouteSet) => Response | Promise<Response>} OperationHandler */

/** What each operation does; limits, CORS and faults are around it, in service.mjs. */
/** @type {Readonly<Record<import('./operations.mjs').OperationName, OperationHandler>>} */
export const handlers = Object.freeze({ start, callback, token, jwks, logout, userinfo });

/** @type {OperationHandler} */
async function start(c, { sessions, relyingParty, settings, redirectUri, onError }, routes) {
  let request;
  try {
    request = await relyingParty.authorizationRequest(redirectUri(routes));
  } catch (error) {
    onError(error);
    return problem(400, 'Bad Request', 'the identity provider cannot be reached');
  }
  const { url, ...pending } = request;
  const session = sessions.find(c.req.header('Cookie')) ?? sessions.create();
  session.pending = { ...pending, returnTo: routes === 'oauth2' ? acceptedReturnTo(c.req.query('return_to')) : null };
  const headers = { 'Set-Cookie': sessions.cookie(session) };
  if (settings.startStatus === 204) return new Response(null, { status: 204, headers });
  return redirect(url.href, headers);
}

/** @type {OperationHandler} */
async function callback(c, { sessions, relyingParty, users, uiUrl, onError }) {
  const wantsPage = (c.req.header('Accept') ?? '').includes('text/html');
  const code = only(c.req.queries('code'));
  const state = only(c.req.queries('state'));
  // The contract is silent on a provider's refusal that reaches the service itself; the person is sent back to the UI.
  if (!code && wantsPage && c.req.query('error') !== undefined) return redirect(returnUrl(uiUrl, null));
  if (!code || !state) return problem(400, 'Bad Request', 'code and state are required, each of them once');

  const session = sessions.find(c.req.header('Cookie'));
  if (!session) return callbackFailed('no-session');
  const { pending } = session;
  if (!pending || !sameText(pending.state, state)) return callbackFailed('state-mismatch');
  // Before the first await: of two requests with the same state only one gets further.
  session.pending = null;
  try {
    const user = users.fromIdToken(await relyingParty.exchange(code, pending));
    if (!sessions.holds(session)) return callbackFailed('no-session');
    sessions.signIn(session, user);
  } catch (error) {
    onError(error);
    return callbackFailed(error instanceof LoginFailed ? error.reason : 'exception');
  }
  const headers = { 'Set-Cookie': sessions.cookie(session) };
  if (wantsPage) return redirect(returnUrl(uiUrl, pending.returnTo), headers);
  return Response.json({ status: 'ok' }, { headers });
}

/** @type {OperationHandler} */
async function token(c, { sessions, keys, settings, issuer, audiences, now }, routes) {
  const user = sessions.find(c.req.header('Cookie'))?.user;
  if (!user) return noSession();
  const asked = routes === 'oauth2' ? (c.req.queries('audience') ?? []) : [];
  const audience = asked.length === 0 ? audiences[0] : only(asked);
  if (!audience || !audiences.includes(audience)) {
    return problem(400, 'Bad Request', `audience must be one of ${audiences.join(', ')}`);
  }
  const accessToken = await mintToken({
    key: keys.current,
    issuer,
    audience,
    user,
    now: now() + settings.clockOffset * 1000,
    lifetime: settings.tokenLifetime,
    defect: c.get('tokenDefect'),
  });
  return Response.json({ access_token: accessToken, token_type: 'Bearer', expires_in: settings.tokenLifetime });
}

/** @type {OperationHandler} */
function jwks(c, { keys }) {
  return Response.json((c.get('keys') ?? keys).jwks());
}

/** @type {OperationHandler} */
function logout(c, { sessions }, routes) {
  const session = sessions.find(c.req.header('Cookie'));
  if (routes === 'oauth2' && !session?.user) return unauthorized();
  if (session) sessions.end(session);
  return new Response(null, { status: 204, headers: { 'Set-Cookie': sessions.expiredCookie() } });
}

/** @type {OperationHandler} */
function userinfo(c, { sessions }) {
  const user = sessions.find(c.req.header('Cookie'))?.user;
  return user ? Response.json(user) : unauthorized();
}

/**
 * RFC 6749 §3.1: a parameter must not be included more than once.
 *
 * @param {string[] | undefined} values
 */
function only(values) {
  return values?.length === 1 ? values[0] : undefined;
}

/**
 * @param {string} left
 * @param {string} right
 */
function sameText(left, right) {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
