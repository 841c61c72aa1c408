// @ts-check
/** @import { JwtClaims } from '../../dist/types.js' */
/** @import { Outcome } from './mint.js' */
/** @import { Context } from '../remote-keys.js' */
import { AuthError } from '../../dist/web/errors.js';
import { withDispose } from '../dispose.js';
import { judge, refuse } from './answers.js';
import { REALM, authenticateBearer, lacks } from './authenticate.js';
import { clientAddress } from './client-address.js';
import { EndedSessions } from './ended-sessions.js';
import { MINT_TIMEOUT, mintToken } from './mint.js';
import { checkExchangeOptions, checkExchangerOptions } from './session-options.js';
import { isOwnRequest, sessionCookie, sha256 } from './session-request.js';
import { SessionStore } from './session-store.js';

const CHALLENGE = 'Cookie realm="BixArena", redirect="/auth/login"';
/** Seconds before its end at which a token is no longer handed on. */
const MARGIN = 30;
/** How long, in seconds, the service is not asked again about a session that it does not know. */
const NO_SESSION_MAX_AGE = 10;
/** How long a request looks on before it asks for a token itself, in milliseconds. */
const PATIENCE = MINT_TIMEOUT / 3;

/** @param {any} options see edge.d.ts */
export const createSessionExchanger = (options) => new SessionExchanger(options);

class SessionExchanger {
  #options;
  #url;
  #takesAudience;
  #store;
  #ended;
  #isDisposed = false;
  /** Sessions that are being forgotten: their hash is not there at once. @type {Set<string>} */
  #leaving = new Set();

  /** @param {any} options */
  constructor(options) {
    checkExchangerOptions(options);
    const { routes = 'v1', baseUrl, maxSessions = 1000, maxAge = 60 } = options;
    const path = routes === 'v1' ? '/token' : routes === 'oauth2' ? '/oauth2/token' : routes.token;
    this.#url = String(baseUrl).replace(/\/+$/, '') + path;
    this.#takesAudience = routes === 'oauth2';
    this.#store = new SessionStore(maxSessions);
    const noSessionMaxAge = options.noSessionMaxAge ?? Math.min(NO_SESSION_MAX_AGE, maxAge);
    this.#ended = new EndedSessions(maxSessions, noSessionMaxAge * 1000);
    this.#options = /** @type {any} */ ({
      cookie: 'JSESSIONID',
      margin: MARGIN,
      challenge: CHALLENGE,
      trustedOrigins: [],
      now: Date.now,
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
      maxAge,
    });
  }

  /**
   * @param {Request} request
   * @param {any} [options]
   */
  async exchange(request, options = {}) {
    checkExchangeOptions(options, this.#takesAudience);
    this.#refuseIfDisposed();
    // Whoever brings a token is judged by it alone.
    if (request.headers.get('authorization')) return this.#exchangeBearer(request, options);
    const cookie = sessionCookie(request, this.#options.cookie);
    if (cookie === undefined) return this.#withoutSession(request, options, 'no_session', null);
    if (!isOwnRequest(request, this.#options.trustedOrigins)) {
      const fields = { status: 403, reason: 'cross_origin' };
      const error = new AuthError('login_required', 'a request of another origin may not use the session', fields);
      return refused({ status: 403, error }, request);
    }
    const outcome = await this.#outcomeOf(request, cookie, options);
    this.#refuseIfDisposed();
    return this.#answer(request, outcome, options);
  }

  /** @param {Request} request */
  forget(request) {
    const cookie = sessionCookie(request, this.#options.cookie);
    if (cookie === undefined || this.#isDisposed) return;
    this.#leaving.add(cookie);
    this.#hash(cookie).then(
      (session) => this.#leave(cookie, session),
      () => {},
    );
  }

  dispose() {
    this.#isDisposed = true;
    this.#store.clear();
    this.#ended.clear();
    this.#leaving.clear();
  }

  /**
   * @param {Request} request
   * @param {{ audience?: string, roles?: string[], require?: (claims: JwtClaims) => unknown, ctx?: Context }} options
   */
  async #exchangeBearer(request, { audience, roles, require, ctx }) {
    const { verifier } = this.#options;
    const verify = (/** @type {string} */ token) => verifier.verify(token, demands(audience, ctx));
    const outcome = await authenticateBearer(request, verify, { roles, require, realm: REALM });
    if (!outcome.ok) return refused(outcome, request);
    return { kind: 'authenticated', token: outcome.token, claims: outcome.claims };
  }

  /**
   * @param {Request} request
   * @param {string} cookie
   * @param {{ audience?: string, ctx?: Context }} options
   * @returns {Promise<Outcome>}
   */
  async #outcomeOf(request, cookie, { audience, ctx }) {
    const session = await this.#hash(cookie);
    if (this.#leaving.has(cookie)) this.#leave(cookie, session);
    const key = audience ?? '';
    const { now } = this.#options;
    const known = this.#store.get(session, key, now()) ?? this.#ended.get(session, now());
    if (known !== undefined) return known;
    const mint = () => {
      const pending = this.#mint(request, cookie, audience, ctx);
      // Others look for what comes of it, also when the one who asked first goes away.
      ctx?.waitUntil(pending);
      return pending;
    };
    const keepUntil = (/** @type {Outcome} */ outcome) => this.#keepUntil(outcome);
    const outcome = await this.#store.obtain(session, key, { mint, keepUntil, patience: PATIENCE });
    if (outcome?.kind === 'no_session') this.#ended.add(session, outcome, now());
    else if (outcome?.kind === 'token') this.#ended.delete(session);
    return (
      outcome ?? { kind: 'failed', status: 503, code: 'timeout', message: 'the auth service did not answer in time' }
    );
  }

  /**
   * @param {Request} request
   * @param {string} cookie
   * @param {string} [audience]
   * @param {Context} [ctx]
   */
  #mint(request, cookie, audience, ctx) {
    const { fetch, now, verifier, clientAddressHeader } = this.#options;
    const headers = { accept: 'application/json', cookie, ...clientAddress(request, clientAddressHeader) };
    const url = audience === undefined ? this.#url : `${this.#url}?audience=${encodeURIComponent(audience)}`;
    // The service has a new key after a restart; its own tokens are no attacker's, so it is looked for soon. The clock of
    // an edge is good: what has expired is refused.
    const verify = (/** @type {string} */ token) =>
      verifier.verifyIssued?.(token, { audience, ctx, isTimeless: false }) ??
      verifier.verify(token, demands(audience, ctx));
    return mintToken({ url, headers, verify, fetch, now });
  }

  /**
   * Until when an outcome stands for the session, in milliseconds.
   * @param {Outcome} outcome
   */
  #keepUntil(outcome) {
    const { now, maxAge, margin } = this.#options;
    const time = now();
    if (outcome.kind === 'token') {
      const left = outcome.claims.exp * 1000 - time;
      return time + Math.min(maxAge * 1000, left - Math.min(margin * 1000, left / 2));
    }
    // The service said when it wants to be asked again; nobody else's failure is remembered.
    if (outcome.kind === 'failed' && outcome.code === 'rate_limited') {
      return time + Math.min(outcome.retryAfter ?? 0, 60) * 1000;
    }
    return undefined;
  }

  /**
   * @param {Request} request
   * @param {Outcome} outcome
   * @param {any} options
   */
  async #answer(request, outcome, options) {
    if (outcome.kind === 'no_session') {
      return this.#withoutSession(request, options, 'session_ended', outcome.challenge);
    }
    if (outcome.kind === 'failed') {
      const { status, code, message, retryAfter, cause } = outcome;
      if (status === 503 && options.anonymous === 'also-when-unavailable') return anonymous('unavailable');
      return refused({ status, error: new AuthError(code, message, { status, retryAfter, cause }) }, request);
    }
    const { token, claims } = outcome;
    try {
      const error = await lacks(claims, options.roles, options.require);
      return error === undefined ? { kind: 'authenticated', token, claims } : refused({ status: 403, error }, request);
    } catch (error) {
      return refused(judge(error, REALM), request);
    }
  }

  /**
   * @param {Request} request
   * @param {{ anonymous?: boolean | 'also-when-unavailable' }} options
   * @param {'no_session' | 'session_ended'} reason
   * @param {string | null} challenge the service's own
   */
  #withoutSession(request, options, reason, challenge) {
    if (options.anonymous) return anonymous(reason);
    const error = new AuthError('login_required', 'there is no session', { status: 401 });
    return refused({ status: 401, error, challenge: challenge ?? this.#options.challenge }, request);
  }

  /** @param {string} cookie */
  #hash(cookie) {
    return sha256(`${this.#url}\n${cookie}`);
  }

  /**
   * @param {string} cookie
   * @param {string} session
   */
  #leave(cookie, session) {
    if (!this.#leaving.delete(cookie)) return;
    this.#store.forget(session);
    this.#ended.delete(session);
  }

  #refuseIfDisposed() {
    if (this.#isDisposed) throw new AuthError('disposed', 'the session exchanger was used after dispose()');
  }
}
withDispose(SessionExchanger);

/**
 * Options of `verify()`; none where nothing is asked for.
 * @param {string} [audience]
 * @param {Context} [ctx]
 */
const demands = (audience, ctx) => (audience === undefined && ctx === undefined ? undefined : { audience, ctx });

/** @param {'no_session' | 'session_ended' | 'unavailable'} reason */
const anonymous = (reason) => ({ kind: 'anonymous', reason });

/**
 * @param {import('./answers.js').Refusal} refusal
 * @param {Request} request
 */
const refused = (refusal, request) => ({ kind: 'refused', ...refuse(refusal, request) });
