// @ts-check
/*
 * The part of a client that acts. Promises, tokens, claims, listeners and timers lie here; what happens is told to Rust in numbers,
 * and what has to be done comes back as calls of the host functions (page.js).
 */
import { LOG_OUT, LOG_OUT_2, MINT, rowOf } from './exchange.js';
import { freeWith } from './host.js';
import { NEW_TOKEN, PURPOSES, TOKEN, attend } from './page.js';
import { Service } from './service.js';
import { SignIn, isAfterLogin } from './sign-in.js';
import { RETURNED, SHOWN, watch } from './tabs.js';

/** @import { AuthEvent, AuthState, Claims } from 'bixarena-auth-client' */

/** What happens, beside what is heard (tabs.js): numbers of `ClientCore::happens`. */
const USER_CHANGED = 2;
const LOGGED_OUT = 6;
const END = 7;

/**
 * A token, and its claims once it verified.
 * @typedef {{ token: any, claims?: Claims }} Token
 *
 * @typedef {{ resolve: (value: any) => void, reject: (reason: unknown) => void }} Waiter
 *
 * What belongs to one audience: the mint that began last, what it brought (nobody sees it), and the token in use.
 * @typedef {{ audience: string, mint?: number, minted?: Token, kept?: Token }} Place
 */

/** Equal values have equal numbers. @param {unknown[]} known @param {unknown} value */
const numberOf = (known, value) => (known.includes(value) ? known.indexOf(value) : known.push(value) - 1);

export class Client extends Service {
  #core;
  #makeVerifier;
  /** @type {any} */
  #verifierOf;
  /** @type {Waiter[][]} */
  #waiting = [];
  /** @type {Set<{ listener: (state: AuthState, event: AuthEvent) => void }>} */
  #listeners = new Set();
  /** What listeners are told when Rust has ended. @type {[state: any, event: any][]} */
  news = [];
  #users = /** @type {unknown[]} */ ([]);
  #roles = /** @type {unknown[]} */ ([]);
  /** The error of a row, if there is more to say than that. Only while Rust is told one thing. @type {{ row: number, error: unknown } | undefined} */
  cause;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {any} glue the generated module
   * @param {string[]} texts the rows of the texts of the wasm
   * @param {any} options validated, the base URL a string
   * @param {(jwksUrl: string) => any} makeVerifier
   */
  constructor(glue, texts, options, makeVerifier) {
    super(glue, texts, options);
    const { audience } = options;
    this.state = /** @type {any} */ ({ status: 'unknown' });
    // The verifier takes several; the service is asked for the first.
    this.places = /** @type {Place[]} */ ([{ audience: [audience].flat()[0] }]);
    this.signIn = new SignIn(this);
    this.#makeVerifier = makeVerifier;
    this.#core = this.#begin();
    this.tabs = watch(this.sharedName, (what) => this.#hear(what));
  }

  /** The part in wasm, at its beginning; its address. @returns {number} */
  #begin() {
    const { clockTolerance = 5, refreshMargin, renew } = this.options;
    const isRenewed = Number(renew !== 'on-demand');
    const core = this.glue.newClient(refreshMargin * 1e3, clockTolerance * 1e3, isRenewed, isAfterLogin());
    freeWith(this, this.glue.freeClient.bind(undefined, core));
    return core;
  }

  /**
   * The part in wasm has failed, and what it knows may be wrong: whoever waits learns of it, and it begins anew.
   * @param {unknown} cause
   */
  #beginAgain(cause) {
    const error = this.raise('internal', '', { cause });
    this.#core = this.#begin();
    this.places = this.places.map(({ audience }) => ({ audience }));
    for (const { reject } of this.#waiting.splice(0).flat()) reject(error);
    this.state = /** @type {any} */ ({ status: 'unknown', error });
    this.news = [[this.state, { type: 'state' }]];
  }

  /**
   * @param {boolean} isForced
   * @param {string} [audience]
   * @returns {Promise<string>}
   */
  getToken(isForced, audience = this.places[0].audience) {
    const known = this.places.findIndex((place) => place.audience === audience);
    const number = known < 0 ? this.places.push({ audience }) - 1 : known;
    return this.ask(isForced ? NEW_TOKEN : TOKEN, number);
  }

  /**
   * A promise for what somebody waits for.
   * @param {number} purpose
   * @returns {Promise<any>}
   */
  ask(purpose, audience = 0) {
    return new Promise((resolve, reject) => {
      this.waitingFor(audience, purpose).push({ resolve, reject });
      this.#tell('ask', [audience, purpose]);
    });
  }

  /**
   * Everybody who waits for the same, in the order of asking.
   * @param {number} audience
   * @param {number} purpose
   */
  waitingFor(audience, purpose) {
    return (this.#waiting[audience * PURPOSES + purpose] ??= []);
  }

  isWaitedFor() {
    return this.#waiting.some((list) => list.length > 0);
  }

  /**
   * Without claims there are no roles: nothing unverified is asked.
   * @param {string} role compared without case
   */
  hasRole(role) {
    return rolesOf(this.places[0].kept?.claims).map(lower).includes(lower(role));
  }

  /** @param {string} [redirectTo] */
  async logout(redirectTo) {
    const target = this.signIn.safe(redirectTo);
    await this.exchange(this.isOauth2 ? LOG_OUT_2 : LOG_OUT);
    this.happen(LOGGED_OUT);
    if (target !== null) this.go(target);
  }

  /** Now, in milliseconds since the epoch: the service's time, once a token has told it. */
  serverTime() {
    return this.glue.serverTime(this.#core, this.#monotonic(), this.now());
  }

  dispose() {
    this.happen(END);
    this.end();
    this.signIn.end('disposed');
    this.tabs.end();
    this.#listeners.clear();
    this.#verifierOf?.dispose();
  }

  /** @param {(state: AuthState, event: AuthEvent) => void} listener */
  subscribe(listener) {
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /**
   * Tells the listeners, with the state as it was then.
   * @param {any} state
   * @param {any} event
   */
  emit(state, event) {
    this.log(event.error ? 'warn' : 'debug', event.type, event.error);
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(state, event);
      } catch (error) {
        this.log('error', 'a listener threw', error);
      }
    }
  }

  /**
   * Waits for a lock that other tabs wait for too, though not for long. Gives what releases it, if it was had.
   * @param {string} what
   */
  async lock(what) {
    const release = await this.tabs.lock(what, this.glue.patience(this.#core, this.#monotonic()));
    this.glue.lockEnded(this.#core, Number(release !== undefined), this.#monotonic());
    return release;
  }

  /**
   * Tells Rust what happened, then the listeners what came of it: they may ask again.
   * @param {'ask' | 'minted' | 'failed' | 'happens'} what the function of the glue
   * @param {number[]} numbers its arguments
   * @param {(() => void) | void} release ends a lock, which is never held while listeners run
   */
  #tell(what, numbers, release) {
    // Asked before Rust is at work: a clock may be the caller's.
    this.wall = this.now();
    this.glue.look(this.#core, this.#monotonic(), this.wall, Math.random());
    attend(this);
    try {
      this.glue[what](this.#core, ...numbers);
    } catch (error) {
      this.#beginAgain(error);
    }
    this.cause = undefined;
    release?.();
    for (const [state, event] of this.news.splice(0)) this.emit(state, event);
  }

  /** @param {number} what */
  happen(what) {
    this.#tell('happens', [what]);
  }

  /** @param {number} what */
  #hear(what) {
    if (what !== RETURNED) return this.happen(what);
    this.signIn.end('aborted');
    // Nobody knows what happened meanwhile.
    this.happen(USER_CHANGED);
    this.happen(SHOWN);
  }

  /** Milliseconds that only ever grow: the device's clock may be set, this one cannot. */
  #monotonic() {
    return this.options.now ? this.now() : globalThis.performance.now();
  }

  /**
   * A mint, or another look at its token. Asks for a token, unless one that came has only to be looked at again, and verifies it: nobody sees it before.
   * @param {number} number
   * @param {Place} place
   * @param {number} isAgain
   */
  async mint(number, place, isAgain) {
    /** @type {any} */
    let claims, release;
    try {
      let token = place.minted?.token;
      if (!isAgain) {
        // Tabs ask one after another: so all of them heed what the first is told.
        release = await this.lock(' token');
        token = await this.#askForToken(place.audience);
        release?.();
      }
      // A later one may have overtaken it.
      if (place.mint !== number) return;
      place.minted = { token };
      // Its own audiences are those of the options.
      const options = place === this.places[0] ? undefined : { audience: place.audience };
      ({ claims } = await this.verifier().verifyIssued(token, options));
      if (place.mint === number) place.minted = { token, claims };
    } catch (error) {
      return this.#fail(number, error, release);
    }
    const { sub, roles, iat, exp } = claims;
    const user = numberOf(this.#users, sub);
    const rights = numberOf(this.#roles, JSON.stringify(rolesOf({ roles })));
    this.#tell('minted', [number, user, rights, iat, exp]);
  }

  /** @param {string} audience */
  async #askForToken(audience) {
    this.refuseIfLimited();
    const query = this.isOauth2 ? `?audience=${encodeURIComponent(audience)}` : '';
    return (await this.exchange(MINT, query)).access_token;
  }

  /**
   * @param {number} number
   * @param {any} error
   * @param {(() => void) | void} release
   */
  #fail(number, error, release) {
    const { texts } = this;
    const own = rowOf(texts, error?.code, error?.message);
    // One that says more than its row, or is of another copy of the package, has its code. What has none is a fault of ours.
    const row = own < 0 ? rowOf(texts, error?.code) : own;
    this.cause = { row, error };
    this.#tell('failed', [number, row, error?.status ?? 0, error?.retryAfter ?? NaN], release);
  }

  /** The verifier; made when it is needed first, since only then the address of the key set has to be known. */
  verifier() {
    this.refuseIfDisposed();
    return (this.#verifierOf ??= this.#makeVerifier(this.url('jwks')));
  }
}

/**
 * The roles of verified claims; nothing that is no string.
 * @param {any} claims
 * @returns {string[]}
 */
const rolesOf = (claims) =>
  Array.isArray(claims?.roles) ? claims.roles.filter((/** @type {any} */ role) => typeof role === 'string') : [];

/** ASCII letters only: no other letter becomes one that some role has. @param {string} text */
const lower = (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
