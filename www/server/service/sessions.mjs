// @ts-check
import { randomBytes } from 'node:crypto';
import { parse } from 'hono/utils/cookie';

export const SESSION_COOKIE = 'JSESSIONID';
const IDLE_SECONDS = 7 * 24 * 60 * 60;

/**
 * A login that was started and not yet answered.
 *
 * @typedef {object} PendingLogin
 * @property {string} state
 * @property {string} nonce
 * @property {string} codeVerifier
 * @property {string} redirectUri
 * @property {string | null} returnTo
 */

/** @typedef {{ sub: string, roles: string[], preferred_username: string, email: string, email_verified: boolean, avatar_url: string | null }} User */
/** @typedef {{ id: string, lastSeen: number, pending: PendingLogin | null, user: User | null }} Session */

/** The sessions, in memory, by the value of their cookie. */
export class Sessions {
  /** @type {Map<string, Session>} */
  #sessions = new Map();
  #now;
  #secure;

  /**
   * @param {object} options
   * @param {() => number} options.now milliseconds
   * @param {boolean} options.secure whether the cookie is for https only
   */
  constructor({ now, secure }) {
    this.#now = now;
    this.#secure = secure;
  }

  /**
   * @param {string | undefined} cookieHeader
   * @returns {Session | null} the live session that the request carries
   */
  find(cookieHeader) {
    const session = this.#sessions.get(parse(cookieHeader ?? '', SESSION_COOKIE)[SESSION_COOKIE] ?? '');
    if (!session) return null;
    if (this.#now() - session.lastSeen >= IDLE_SECONDS * 1000) {
      this.#sessions.delete(session.id);
      return null;
    }
    session.lastSeen = this.#now();
    return session;
  }

  /** @returns {Session} */
  create() {
    const session = { id: newId(), lastSeen: this.#now(), pending: null, user: null };
    this.#sessions.set(session.id, session);
    return session;
  }

  /**
   * Gives the session a new id at the moment of login, so that an id planted earlier is worth nothing (session fixation).
   *
   * @param {Session} session
   * @param {User} user
   */
  signIn(session, user) {
    this.#sessions.delete(session.id);
    Object.assign(session, { id: newId(), user });
    this.#sessions.set(session.id, session);
  }

  /**
   * Whether a session found earlier still lives: it may have ended during an await.
   *
   * @param {Session} session
   */
  holds(session) {
    return this.#sessions.get(session.id) === session;
  }

  /** @param {Session} session */
  end(session) {
    this.#sessions.delete(session.id);
  }

  endAll() {
    this.#sessions.clear();
  }

  /** @returns {Iterable<Session>} */
  all() {
    return this.#sessions.values();
  }

  /** @param {Session} session */
  cookie(session) {
    return this.#setCookie(session.id, IDLE_SECONDS);
  }

  expiredCookie() {
    return this.#setCookie('', 0);
  }

  /**
   * @param {string} value
   * @param {number} maxAge
   */
  #setCookie(value, maxAge) {
    const secure = this.#secure ? '; Secure' : '';
    return `${SESSION_COOKIE}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly${secure}; SameSite=Lax`;
  }
}

function newId() {
  return randomBytes(32).toString('base64url');
}
