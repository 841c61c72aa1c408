// @ts-check
/** @import { Outcome } from './mint.js' */

/** How often one request looks whether another one has the value, in milliseconds. */
const PAUSE = 20;
/** How often the same value is asked for while nothing comes. */
const MOST_MINTS = 3;

/**
 * A value that is being fetched, or was.
 * @typedef {{ mints: number, outcome?: Outcome }} Flight
 *
 * @typedef {{ outcome: Outcome, until: number }} Kept until: milliseconds
 */

/**
 * What is known of sessions: for each of them, by audience, its last outcome and the request under way. The session that
 * was used longest ago is the first to be forgotten.
 */
export class SessionStore {
  /** @type {Map<string, Map<string, Kept>>} */
  #kept = new Map();
  /** @type {Map<string, Map<string, Flight>>} */
  #flights = new Map();
  #maxSessions;

  /** @param {number} maxSessions */
  constructor(maxSessions) {
    this.#maxSessions = maxSessions;
  }

  /**
   * @param {string} session
   * @param {string} audience
   * @param {number} now
   */
  get(session, audience, now) {
    const byAudience = this.#kept.get(session);
    const kept = byAudience?.get(audience);
    if (byAudience === undefined || kept === undefined) return undefined;
    if (now >= kept.until) {
      byAudience.delete(audience);
      if (byAudience.size === 0) this.#kept.delete(session);
      return undefined;
    }
    this.#kept.delete(session);
    this.#kept.set(session, byAudience);
    return kept.outcome;
  }

  /**
   * @param {string} session
   * @param {string} audience
   * @param {Kept} kept
   */
  #set(session, audience, kept) {
    const byAudience = this.#kept.get(session) ?? new Map();
    this.#kept.delete(session);
    this.#kept.set(session, byAudience.set(audience, kept));
    const [eldest] = this.#kept.keys();
    if (this.#kept.size > this.#maxSessions) this.#kept.delete(eldest);
  }

  /**
   * The value, fetched by this request or by another one. A promise of another request must not be awaited, since it dies
   * with that request: only its value is looked for, and after a while this request fetches for itself.
   * @param {string} session
   * @param {string} audience
   * @param {{ mint: () => Promise<Outcome>, keepUntil: (outcome: Outcome) => number | undefined, patience: number }} how milliseconds
   * @returns {Promise<Outcome | undefined>} undefined: nothing came
   */
  async obtain(session, audience, how) {
    const flight = this.#flightOf(session, audience);
    let seen = -1;
    let own = /** @type {Promise<void> | undefined} */ (undefined);
    for (let waited = 0; flight.outcome === undefined; waited += PAUSE) {
      if (seen !== flight.mints) [seen, waited] = [flight.mints, 0];
      const mayMint = flight.mints < MOST_MINTS && (flight.mints === 0 || waited >= how.patience);
      if (mayMint) own ??= this.#mint(session, audience, flight, how);
      // Longer than any request for a token takes: those who made them are gone.
      if (waited >= how.patience * (MOST_MINTS + 1)) {
        this.#land(session, audience, flight);
        return undefined;
      }
      const pause = new Promise((resolve) => globalThis.setTimeout(resolve, PAUSE));
      // Another request may be sooner than the one that hangs.
      await (own === undefined ? pause : Promise.race([own, pause]));
    }
    return flight.outcome;
  }

  /**
   * @param {string} session
   * @param {string} audience
   * @param {Flight} flight
   * @param {{ mint: () => Promise<Outcome>, keepUntil: (outcome: Outcome) => number | undefined }} how
   */
  async #mint(session, audience, flight, { mint, keepUntil }) {
    flight.mints += 1;
    const outcome = await mint();
    flight.outcome ??= outcome;
    // Unless the session was forgotten meanwhile, or another request was sooner.
    if (this.#land(session, audience, flight)) {
      if (outcome.kind === 'no_session') this.forget(session);
      else {
        const until = keepUntil(outcome);
        if (until !== undefined) this.#set(session, audience, { outcome, until });
      }
    }
  }

  /**
   * @param {string} session
   * @param {string} audience
   */
  #flightOf(session, audience) {
    const flights = this.#flights.get(session) ?? new Map();
    this.#flights.set(session, flights);
    /** @type {Flight} */
    const flight = flights.get(audience) ?? { mints: 0 };
    flights.set(audience, flight);
    // One whose requests have gone away never ends.
    const [eldest] = this.#flights.keys();
    if (this.#flights.size > this.#maxSessions && eldest !== session) this.#flights.delete(eldest);
    return flight;
  }

  /**
   * Ends a flight; whether it was still under way.
   * @param {string} session
   * @param {string} audience
   * @param {Flight} flight
   */
  #land(session, audience, flight) {
    const flights = this.#flights.get(session);
    if (flights?.get(audience) !== flight) return false;
    flights.delete(audience);
    if (flights.size === 0) this.#flights.delete(session);
    return true;
  }

  /** Forgets all audiences of a session, and lets nothing in that is under way. @param {string} session */
  forget(session) {
    this.#kept.delete(session);
    this.#flights.delete(session);
  }

  clear() {
    this.#kept.clear();
    this.#flights.clear();
  }
}
