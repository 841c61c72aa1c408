// @ts-check
// What the tests of the fetched key set in workerd have in common: a key server that counts, the Cache API's server side,
// and Workers that verify.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../../scripts/lib/workerd.mjs';
import { publicJwk } from '../../fixtures/forge/keys.mjs';
import { rs } from '../../fixtures/forge/rsa.mjs';
import { jwt } from '../../fixtures/forge/token.mjs';

const ENTRY = fileURLToPath(new URL('verifier-worker.mjs', import.meta.url));

/** @typedef {import('node:http').IncomingMessage} Incoming */
/** @typedef {import('node:http').ServerResponse} Outgoing */

/** @type {(() => unknown)[]} */
let ends = [];

/** Ends all that was started here. */
export async function endAll() {
  await Promise.all(ends.map((end) => end()));
  ends = [];
}

/** @param {string} kid @param {string} [sub] */
export const tokenOf = (kid, sub = 'somebody') =>
  jwt({ header: { kid }, claims: { sub, exp: Math.floor(Date.now() / 1000) + 90_000 }, sign: rs(kid, 256) });

/** @param {Outgoing} response @param {...string} kids */
export function publish(response, ...kids) {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ keys: kids.map((kid) => publicJwk(kid)) }));
}

/** @param {(request: Incoming, response: Outgoing) => void} listener */
async function listen(listener) {
  const server = createServer(listener);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  ends.push(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
}

/**
 * A server that answers the requests as the listener says, which is told their number, from 1.
 * @param {(response: Outgoing, number: number) => void} listener
 */
export async function serve(listener) {
  let count = 0;
  const url = await listen((_request, response) => listener(response, ++count));
  return { url: `${url}/jwks.json`, count: () => count };
}

/**
 * What stands behind the Cache API: keeps whole answers by address, and says whether it has one.
 * @param {(request: Incoming, response: Outgoing) => boolean} [spoil] answers in its place if it is true
 */
export async function serveCache(spoil = () => false) {
  /** @type {Map<string, string>} */
  const kept = new Map();
  const url = await listen(async (request, response) => {
    if (spoil(request, response)) return;
    const key = String(request.url);
    if (request.method === 'PUT') {
      kept.set(key, await text(request));
      response.writeHead(204).end();
      return;
    }
    const [head, ...body] = kept.get(key)?.split('\r\n\r\n') ?? [];
    if (head === undefined) return void response.writeHead(504, { 'cf-cache-status': 'MISS' }).end();
    const headers = head
      .split('\r\n')
      .slice(1)
      .map((line) => /** @type {[string, string]} */ (line.split(': ')));
    response.writeHead(200, { ...Object.fromEntries(headers), 'cf-cache-status': 'HIT' });
    response.end(body.join('\r\n\r\n'));
  });
  return { url, kept };
}

/**
 * A new isolate with a verifier of its own.
 * @param {string} jwksUrl
 * @param {{ timeout?: number, cache?: string, compatibilityDate?: string }} [options] timeout: seconds that one fetch of the key set may take
 */
export async function startVerifier(jwksUrl, { timeout = 5, cache, compatibilityDate } = {}) {
  const bindings = { JWKS_URL: jwksUrl, TIMEOUT: timeout, STORE: cache === undefined ? 'memory' : 'cache-api' };
  const worker = await startWorkerd({ entry: ENTRY, bindings, cacheApi: cache || undefined, compatibilityDate });
  ends.push(worker.stop);
  const verify = async (
    /** @type {string} */ token,
    { path = '/', later = 0, signal = AbortSignal.timeout(30_000) } = /** @type {any} */ ({}),
  ) => {
    const headers = { authorization: `Bearer ${token}`, 'x-later': String(later) };
    const response = await fetch(worker.url + path, { headers, signal });
    const body = await response.json();
    assert.notEqual(response.status, 500, worker.log());
    return body;
  };
  return Object.assign(verify, { log: worker.log });
}

/** @param {() => boolean} condition */
export async function until(condition) {
  for (const end = Date.now() + 20_000; !condition();) {
    assert.ok(Date.now() < end, 'waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const many = (/** @type {number} */ count) => Array.from({ length: count }, (_, at) => `user-${at}`);
