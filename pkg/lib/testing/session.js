// @ts-check
/** @import { AuthEvent, AuthState, Claims, LogEntry, UserInfo } from '../../dist/types.js' */
import { failure } from './failure.js';

/** Nothing is known, and no failure says why: the service has not answered yet. @param {AuthState} state */
const isPending = (state) => state.status === 'unknown' && state.error === undefined;

/** What a test client knows, and whom it tells: the part of the real one that is a state machine. */
export class TestSession {
  isDisposed = false;
  /** Who it was, for as long as nobody says that the session is over. @type {string | undefined} */
  sub;
  /** @type {UserInfo | null} */
  profile = null;
  /** What the service would say, and about whom. @type {{ info: Partial<UserInfo> | null, sub?: string }} */
  #known;
  wasAuthenticated;
  /** @type {Set<{ listener: (state: AuthState, event: AuthEvent) => void }>} */
  #listeners = new Set();
  /** Who waits for something to be known. @type {Set<(error?: Error) => void>} */
  #waiting = new Set();
  #logger;
  /** @type {AuthState} */
  state;

  /**
   * @param {AuthState} state
   * @param {{ profile?: Partial<UserInfo> | null, wasAuthenticated?: boolean, logger?: (entry: LogEntry) => void }} options
   */
  constructor(state, { profile = null, wasAuthenticated = state.status === 'authenticated', logger = console.error }) {
    this.state = state;
    this.#known = { info: profile };
    this.wasAuthenticated = wasAuthenticated;
    this.#logger = logger;
    this.#noteUser();
  }

  /** @param {(state: AuthState, event: AuthEvent) => void} listener */
  subscribe(listener) {
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  dispose() {
    this.isDisposed = true;
    this.#listeners.clear();
    this.#tellWaiting(failure('disposed'));
  }

  async claims() {
    await this.settled();
    if (this.state.status === 'authenticated') return this.state.claims;
    throw this.state.status === 'anonymous'
      ? failure('login_required')
      : (this.state.error ?? failure('network_error'));
  }

  /**
   * Everything that a change of state brings with it, in the order of the real client.
   * @param {AuthState} state
   * @param {AuthEvent['cause']} cause
   * @param {Partial<UserInfo> | null} [info] what the service says about the user from now on
   */
  become(state, cause, info) {
    const before = this.state;
    if (this.isDisposed || (before.status === 'anonymous' && state.status === 'anonymous')) return;
    const { sub } = this;
    const isOther = state.status === 'authenticated' && sub !== undefined && sub !== state.claims.sub;
    if (isOther && before.status === 'authenticated' && cause !== 'login') {
      // Nobody here asked for another user: what is shown is of nobody for a moment.
      this.state = { status: 'unknown' };
      this.emit({ type: 'state' });
    }
    this.state = state;
    this.#noteUser(info);
    if (state.status !== 'unknown') this.wasAuthenticated = state.status === 'authenticated';
    if (!isPending(state)) this.#tellWaiting();
    this.emit({ type: 'state' });
    if (state.status === 'anonymous' && before.status === 'authenticated') this.emit({ type: 'signed_out' });
    if (state.status !== 'authenticated') return;
    if (isOther) this.emit({ type: 'user_changed' });
    else if (before.status === 'authenticated') this.emit({ type: 'token' });
    else this.emit({ type: 'signed_in', cause });
  }

  /**
   * Who is signed in now, and what is known about them.
   * @param {Partial<UserInfo> | null} [info]
   */
  #noteUser(info) {
    if (this.state.status === 'unknown') return;
    const sub = this.state.status === 'authenticated' ? this.state.claims.sub : undefined;
    if (sub === undefined || (this.sub !== undefined && sub !== this.sub)) this.profile = null;
    this.sub = sub;
    if (sub === undefined) return;
    const isOther = this.#known.sub !== undefined && this.#known.sub !== sub;
    this.#known = { sub, info: info === undefined ? (isOther ? null : this.#known.info) : info };
    // As with `profile: 'eager'`: a test that says who the user is means it to be known.
    if (this.#known.info !== null) this.profile = { ...this.#known.info, sub };
  }

  async learnProfile() {
    const { sub, roles } = await this.claims();
    this.profile = { roles, ...this.#known.info, sub };
    this.emit({ type: 'profile' });
    return this.profile;
  }

  /** @param {AuthEvent} event */
  emit(event) {
    const state = this.state;
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(state, event);
      } catch (error) {
        this.#logger({ level: 'error', message: 'a listener threw', error });
      }
    }
  }

  /** Waits until the service has answered. @returns {Promise<void>} */
  async settled() {
    if (!isPending(this.state)) return;
    await new Promise((resolve, reject) =>
      this.#waiting.add((error) => (error === undefined ? resolve(undefined) : reject(error))),
    );
  }

  /** @param {Error} [error] */
  #tellWaiting(error) {
    for (const tell of this.#waiting) tell(error);
    this.#waiting.clear();
  }
}
