// @ts-check
/* The way to the provider and back. */
import { CALL_BACK, errorOf, later, rowOf } from './exchange.js';
import { safe } from './host.js';
import { CALLBACK, pass } from './page.js';
import { ownOrigin } from './service.js';
import { load, save, take } from './storage.js';
import { isHidden } from './tabs.js';

/** @import { CallbackResult } from 'bixarena-auth-client' */
/** @import { Client } from './client.js' */

/** Names in storage. */
const RETURN_TO = 'return-to';
/** That this tab has begun a sign-in: known once, whether or not the application asks where to return to. */
const LOGIN = 'login';
const USED = 'callback';

/** How long a used callback is known again, in seconds. */
const CALLBACK_MEMORY = 600;

/** How long a navigation may take before it counts as not begun, in milliseconds. */
const PATIENCE = 10e3;

/** The parameters that belong to a callback: they leave the address, others stay. */
const PARAMETERS = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss'];

/** Whether this tab was led away to sign in: said once. */
export const isAfterLogin = () => Number(take('sessionStorage', LOGIN) !== null);

/**
 * Path, query and hash of a place of this origin; null for anything that Rust does not hold to be one.
 * @param {any} glue the generated module
 * @param {unknown} value
 * @param {string | undefined} origin
 * @param {string} [callbackPath]
 */
export function safeReturnTo(glue, value, origin, callbackPath = '/callback') {
  // Rust counts characters, which are two units at most.
  if (typeof value !== 'string' || value.length > 1000 || origin === undefined) return null;
  try {
    const address = new URL(value, origin);
    const place = address.pathname + address.search + address.hash;
    const stays = Number(address.origin === origin && new URL(place, origin).origin === origin);
    pass(glue.memory, value, origin, callbackPath, address.pathname);
    return glue.isSafeReturnTo(stays) ? place : null;
  } catch {
    return null;
  }
}

export class SignIn {
  #client;
  /** The login that this page has begun. @type {Promise<never> | undefined} */
  #login;
  /** @type {(reason: unknown) => void} */
  #refuse = () => {};
  /** @type {ReturnType<typeof later> | undefined} */
  #timer;
  /** The callback under way or done, by the mark of its state. @type {{ mark: string, promise: Promise<CallbackResult> } | undefined} */
  #callback;

  /** @param {Client} client */
  constructor(client) {
    this.#client = client;
  }

  /** @param {unknown} value */
  safe(value) {
    return safeReturnTo(this.#client.glue, value, ownOrigin(), this.#client.options.callbackPath);
  }

  /** @returns {string | null} */
  takeReturnTo() {
    // Checked when it was stored, and again: anything of this origin can write there.
    return this.safe(take('sessionStorage', RETURN_TO));
  }

  /**
   * Leaves the page. The promise is never fulfilled.
   * @param {unknown} returnTo
   * @returns {Promise<never>}
   */
  login(returnTo) {
    const client = this.#client;
    if (this.#login) return this.#login;
    client.refuseIfDisposed();
    const wanted = this.safe(returnTo);
    if (wanted === null && returnTo !== undefined) client.log('warn', 'an unsafe returnTo was ignored');
    const { pathname, search, hash } = globalThis.location ?? {};
    const target = wanted ?? this.safe(`${pathname}${search}${hash}`) ?? '/';
    save('sessionStorage', RETURN_TO, target);
    save('sessionStorage', LOGIN, '1');
    const address = client.url('start') + (client.isOauth2 ? `?return_to=${encodeURIComponent(target)}` : '');
    const login = new Promise((_, reject) => {
      this.#refuse = reject;
    });
    this.#login = /** @type {Promise<never>} */ (login);
    this.#watch();
    try {
      // Last: the caller's function may end the client, or ask for a login again.
      client.go(address);
    } catch (error) {
      this.#stop(error);
    }
    return /** @type {Promise<never>} */ (login);
  }

  /** Looks later whether the page is still here. Where nobody looks at it, that says nothing: it may be slow to leave. */
  #watch() {
    const look = () => (isHidden() ? this.#watch() : this.end('login_not_started'));
    this.#timer = later(look, PATIENCE);
  }

  /**
   * Nothing comes of the login.
   * @param {string} code why
   */
  end(code) {
    this.#stop(this.#client.raise(code));
  }

  /** @param {unknown} reason */
  #stop(reason) {
    globalThis.clearTimeout(this.#timer);
    this.#refuse(reason);
    this.#login = undefined;
  }

  /**
   * @param {string} [url] default: the address of the page
   * @returns {Promise<CallbackResult>}
   */
  handleCallback(url) {
    const own = ownOrigin();
    const address = parse(url ?? globalThis.location?.href, own);
    const parameters = new URLSearchParams(address?.search);
    const isCallback = parameters.has('code') || parameters.has('error');
    const marks = parameters.getAll('state').map((state) => this.#mark(state));
    const isForeign = own !== undefined && address?.origin !== own;
    const known = this.#callback;
    // Before anything is waited for, and whatever comes of it, also the second time: code and state leave the history.
    if (address && url === undefined && !isForeign && (isCallback || !known)) cleanAddress(address);
    if (known && (!isCallback || marks.includes(known.mark))) return known.promise;
    const fault = isForeign
      ? rowOf(this.#client.texts, 'callback_invalid', 'another origin')
      : this.#client.glue.judgeCallback(...['code', 'state', 'error'].map((name) => kindOf(parameters.getAll(name))));
    const promise = this.#finish(fault, parameters, marks[0]);
    this.#callback = { mark: fault < 0 ? marks[0] : '', promise };
    return promise;
  }

  /**
   * Sends the callback on, unless that was done already, and asks for the token of the session.
   * @param {number} fault
   * @param {URLSearchParams} parameters
   * @param {string} mark
   */
  async #finish(fault, parameters, mark) {
    const client = this.#client;
    client.refuseIfDisposed();
    const returnTo = this.takeReturnTo();
    const shown = (/** @type {string} */ name) => safe(parameters.get(name) ?? '') || undefined;
    if (fault >= 0) {
      // What the provider says; where it does not refuse, it says nothing.
      throw errorOf(client.texts, fault, { reason: shown('error'), description: shown('error_description') });
    }
    // Until the answer is there: another tab with the same callback then finds the session that came of it.
    const release = await client.lock(' callback');
    /** @type {any} */
    let refusal;
    try {
      // Nothing is marked as used that is not sent.
      client.refuseIfDisposed();
      if (this.#isUsed(mark)) throw client.raise('callback_invalid', 'used');
      const [code, state] = ['code', 'state'].map((name) => encodeURIComponent(parameters.get(name) ?? ''));
      await client.exchange(CALL_BACK, `?code=${code}&state=${state}`);
    } catch (error) {
      refusal = error;
      // Also if the service refused: a callback that was sent twice is refused although the user is signed in.
      if (!/^callback_/.test(refusal.code)) throw error;
    } finally {
      release?.();
    }
    try {
      const claims = await client.ask(CALLBACK);
      return { returnTo: returnTo ?? '/', claims };
    } catch (error) {
      throw refusal && /** @type {any} */ (error)?.code === 'login_required' ? refusal : error;
    }
  }

  /** @param {string} state */
  #mark(state) {
    const { glue } = this.#client;
    // No state is as long; Rust has no room for more.
    pass(glue.memory, state.slice(0, 2000));
    return BigInt.asUintN(64, glue.stateMark()).toString(16);
  }

  /**
   * Whether this callback was sent on before, in this browser; from now on it was.
   * @param {string} mark
   */
  #isUsed(mark) {
    const now = Math.floor(this.#client.now() / 1e3);
    const [known, at] = (load('localStorage', USED) ?? '').split('@');
    if (known === mark && Math.abs(now - Number(at)) < CALLBACK_MEMORY) return true;
    save('localStorage', USED, `${mark}@${now}`);
    return false;
  }
}

/**
 * @param {string} text
 * @param {string | undefined} base
 */
function parse(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * How a parameter was found: the numbers of `Parameter` in src/session/callback.rs.
 * @param {string[]} values
 */
const kindOf = ({ length, 0: value }) => (length > 1 ? 3 : length && (value === '' ? 1 : 2));

/**
 * Takes the parameters of a callback out of the address bar and the history. Other parameters and the hash stay.
 * @param {URL} address
 */
function cleanAddress({ href }) {
  const clean = new URL(href);
  for (const name of PARAMETERS) if (clean.searchParams.has(name)) clean.searchParams.delete(name);
  try {
    globalThis.history?.replaceState(globalThis.history.state, '', clean.href);
  } catch {} // Safari allows a hundred in half a minute
}
