// @ts-check
/** @import { Outcome } from './mint.js' */

/**
 * Sessions that the service does not know, so that a client with such a cookie costs no request to the service each time.
 *
 * A sign-in may begin with a cookie that is no session yet, and keep it. So an answer stands only for as long as the session has
 * been known to be none: a cookie that was just set is asked about again at once, and the pauses double from there.
 */
export class EndedSessions {
  /** @type {Map<string, { since: number, until: number, outcome: Outcome }>} milliseconds */
  #ended = new Map();
  #maxSessions;
  #longest;

  /**
   * @param {number} maxSessions
   * @param {number} longest milliseconds that one answer stands at most
   */
  constructor(maxSessions, longest) {
    this.#maxSessions = maxSessions;
    this.#longest = longest;
  }

  /**
   * @param {string} session
   * @param {number} now
   */
  get(session, now) {
    const ended = this.#ended.get(session);
    return ended !== undefined && now < ended.until ? ended.outcome : undefined;
  }

  /**
   * The service has said so once more.
   * @param {string} session
   * @param {Outcome} outcome
   * @param {number} now
   */
  add(session, outcome, now) {
    const since = this.#ended.get(session)?.since ?? now;
    this.#ended.delete(session);
    this.#ended.set(session, { since, until: now + Math.min(now - since, this.#longest), outcome });
    const [eldest] = this.#ended.keys();
    if (this.#ended.size > this.#maxSessions) this.#ended.delete(eldest);
  }

  /** @param {string} session */
  delete(session) {
    this.#ended.delete(session);
  }

  clear() {
    this.#ended.clear();
  }
}
