// @ts-check
/*
 * The host functions of a client, as Rust calls them (auth_client.rs). None of them runs code of the caller or calls Rust: Rust is
 * at work. Everything that crosses is a number, but for texts that are written into memory: so the calls need no glue.
 */

import { errorOf, later } from './exchange.js';
import { ask, writeText } from './host.js';

/** @import { Client } from './client.js' */

/** What somebody waits for: numbers of `Purpose` in src/session/event.rs. */
export const START = 0;
export const CALLBACK = 1;
export const TOKEN = 2;
export const NEW_TOKEN = 3;
/** How many of these there are. */
export const PURPOSES = 4;

/** See `happening` in auth_client.rs. */
const DUE = 5;

/** Rust's `Status` and `note`, by number. */
const STATUSES = ['unknown', 'anonymous', 'authenticated'];
const NOTES = ['login', 'restored', 'other_tab', 'signed_out', 'user_changed', 'clock_skew'];
const SIGNED_OUT = 3;
const SKEWED = 5;

/**
 * The client that is being told something. Calls into wasm are synchronous, so there is one at a time.
 * @type {Client}
 */
let client;

/**
 * To be said before every call into wasm that has effects.
 * @param {Client} told
 */
export function attend(told) {
  client = told;
}

/** @type {string[]} */
let judged;

/**
 * To be said before Rust is asked to judge texts.
 * @param {WebAssembly.Memory} memory
 * @param {string[]} texts
 */
export function pass(memory, ...texts) {
  ask(/** @type {any} */ ({ memory }));
  // Nothing may be thrown while Rust is at work.
  judged = texts.map(String);
}

/** @type {(number: number, at: number, room: number) => number} */
export const readText = (number, at, room) => writeText(judged[number], at, room);

/**
 * A mint begins, or its token is verified once more; not before Rust has ended.
 * @param {number} number
 * @param {number} audience
 * @param {number} isAgain
 */
export function mint(number, audience, isAgain) {
  const told = client;
  const place = told.places[audience];
  place.mint = number;
  queueMicrotask(() => told.mint(number, place, isAgain));
}

/**
 * The token of this mint is the one in use.
 * @param {number} number
 * @param {number} audience
 */
export function keep(number, audience) {
  const place = client.places[audience];
  place.kept = place.mint === number ? place.minted : undefined;
  place.minted = undefined;
}

/** @param {number} audience */
export function forget(audience) {
  client.places[audience].kept = undefined;
}

/** The object stays, what it shows of the claims is up to date: a renewed token is no news for a UI. A store may have frozen it. */
function renewClaims() {
  const claims = client.places[0].kept?.claims;
  if (claims && !Reflect.set(client.state, 'claims', claims)) client.state = { ...client.state, claims };
}

export function renewed() {
  renewClaims();
  tellLater({ type: 'token' });
}

/** @type {(status: number, fault: number) => void} */
export function publish(status, fault) {
  const error = failureOf(fault);
  client.state = { status: STATUSES[status], ...(error !== undefined && { error }) };
  renewClaims();
  tellLater({ type: 'state' });
}

/** @type {(event: number, number: number) => void} */
export function note(event, number) {
  if (event < SIGNED_OUT) tellLater({ type: 'signed_in', cause: NOTES[event] });
  else tellLater({ type: NOTES[event], ...(event === SKEWED && { skew: number }) });
}

/** @param {number} fault */
export const report = (fault) => tellLater({ type: 'error', error: failureOf(fault) });

/** @param {any} event */
function tellLater(event) {
  client.news.push([client.state, event]);
}

/** @param {number} news */
export const tell = (news) => client.tabs.tell(news);

/** @param {number} milliseconds */
export const limit = (milliseconds) => client.limit(client.wall + milliseconds);

/** @param {number} milliseconds infinite: never */
export function wake(milliseconds) {
  const told = client;
  globalThis.clearTimeout(told.timer);
  if (milliseconds === Infinity) return;
  told.timer = later(() => told.happen(DUE), milliseconds);
  // Whoever waits for an answer keeps Node's program alive.
  if (told.isWaitedFor()) /** @type {any} */ (told.timer).ref?.();
}

/**
 * Answers who waits for the same: from this one on, counted from the end if it is negative.
 * @param {number} audience
 * @param {number} purpose
 * @param {number} first
 * @param {number} fault the row, or -1
 */
export function answer(audience, purpose, first, fault) {
  const error = failureOf(fault);
  for (const { resolve, reject } of client.waitingFor(audience, purpose).splice(first)) {
    const { claims, token } = client.places[audience].kept ?? {};
    if (error !== undefined) reject(error);
    else resolve(purpose === START ? client.state : purpose === CALLBACK ? claims : token);
  }
}

/**
 * What the error of this row has to say, if there is one in this call: the service wants no request for so long.
 * @param {number} row
 * @param {number} status 0: it told another tab
 * @param {number} retryAfter
 */
export function limited(row, status, retryAfter) {
  client.cause = { row, error: errorOf(client.texts, row, { status: status || undefined, retryAfter }) };
}

/**
 * The error of a row; where this call has a cause, that one, which says more.
 * @param {number} row or -1
 */
function failureOf(row) {
  if (row < 0) return undefined;
  return client.cause?.row === row ? client.cause.error : errorOf(client.texts, row);
}
