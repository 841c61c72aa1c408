// @ts-check
// Answers that are no key set, or not to be had: what `JwtVerifier` says, and that the set in use stays in use.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { publicJwk } from '../fixtures/forge/keys.mjs';
import {
  KeyService,
  answer,
  clockAt,
  refusal,
  serviceWith,
  setOf,
  tokenOf,
  verifierFor,
} from './support/key-service.mjs';

const good = tokenOf('rsa-1');
const KEYS = JSON.stringify(setOf('rsa-1'));
const LIMIT = 512 * 1024;

/** The key set as a text of that many octets. */
const padded = (/** @type {number} */ octets, space = ' ') => {
  const missing = octets - Buffer.byteLength(KEYS);
  return KEYS + space.repeat(missing / Buffer.byteLength(space));
};

const manyKeys = (/** @type {number} */ count) => {
  const others = Array.from({ length: count - 1 }, (_, at) => publicJwk('rsa-2', { kid: `k${at}` }));
  return { keys: [...others, ...setOf('rsa-1').keys] };
};

const typed = (/** @type {string} */ type) => () => answer(KEYS, { headers: { 'content-type': type } });

/** @param {Response} response */
const redirected = (response) => Object.defineProperty(response, 'redirected', { value: true });

/** @param {string[]} pieces */
function streamed(...pieces) {
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.error(new TypeError('terminated'));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/json' } });
}

/** @type {[string, import('./support/key-service.mjs').Responder, string, number?][]} */
const bad = [
  ...[201, 400, 401, 403, 404, 410, 429, 500, 502, 503, 504].map(
    (status) =>
      /** @type {[string, import('./support/key-service.mjs').Responder, string, number]} */ ([
        `status ${status}`,
        () => answer(KEYS, { status }),
        'jwks_unavailable',
        status,
      ]),
  ),
  ['204', () => new Response(null, { status: 204 }), 'jwks_unavailable', 204],
  ['a redirect', () => answer('', { status: 302, headers: { location: 'https://e.vil/' } }), 'jwks_unavailable', 302],
  ['a permanent redirect', () => answer(KEYS, { status: 308 }), 'jwks_unavailable', 308],
  ['a redirect that was followed', () => redirected(answer(KEYS)), 'jwks_unavailable', 200],
  ['no network', () => Promise.reject(new TypeError('fetch failed')), 'jwks_unavailable'],
  ['a rejection that is no Error', () => Promise.reject('gone'), 'jwks_unavailable'],
  ['a rejection with undefined', () => Promise.reject(undefined), 'jwks_unavailable'],
  ['a connection that ends in mid-body', () => streamed(KEYS.slice(0, 40)), 'jwks_unavailable'],
  ['HTML', () => answer('<!doctype html>', { headers: { 'content-type': 'text/html' } }), 'jwks_invalid'],
  ['keys as HTML', typed('text/html'), 'jwks_invalid'],
  ['keys as text', typed('text/plain; charset=utf-8'), 'jwks_invalid'],
  ['keys as a script', typed('application/javascript'), 'jwks_invalid'],
  ['a type that only begins like JSON', typed('application/jsonp'), 'jwks_invalid'],
  ['no content type', () => new Response(new TextEncoder().encode(KEYS)), 'jwks_invalid'],
  ['an empty body', () => answer(''), 'jwks_invalid'],
  ['truncated JSON', () => answer(KEYS.slice(0, -2)), 'jwks_invalid'],
  ['garbage after JSON', () => answer(`${KEYS}x`), 'jwks_invalid'],
  ['JSON null', () => answer('null'), 'jwks_invalid'],
  ['a number', () => answer('7'), 'jwks_invalid'],
  ['a list', () => answer([setOf('rsa-1')]), 'jwks_invalid'],
  ['a single key', () => answer(publicJwk('rsa-1')), 'jwks_invalid'],
  ['an object without keys', () => answer({}), 'jwks_invalid'],
  ['keys that are an object', () => answer({ keys: { 0: publicJwk('rsa-1') } }), 'jwks_invalid'],
  ['keys that are a string', () => answer({ keys: 'rsa-1' }), 'jwks_invalid'],
  ['over 512 KiB', () => answer(padded(LIMIT + 1)), 'jwks_invalid'],
  ['101 keys', () => answer(manyKeys(101)), 'jwks_invalid'],
];

describe('no key set at all', () => {
  for (const [name, responder, code, status] of bad) {
    it(name, async () => {
      const service = new KeyService(responder);
      const error = await refusal(verifierFor(service, clockAt()).verify(good), code);
      assert.equal(error.status, status);
      assert.equal(service.count, 1);
    });
  }
});

describe('beside a set in use', () => {
  it('every bad answer changes nothing', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    for (const [name, responder, code] of bad) {
      service.responder = responder;
      await refusal(verifier.refresh(), code, name);
      await verifier.verify(good);
      await verifier.verify(tokenOf('rsa-1', { jti: name }));
      // Nor does it stand between the set in use and the next answer, which is the same.
      service.publish('rsa-1');
      await verifier.refresh();
    }
    assert.equal(service.count, 2 * bad.length + 1);
  });

  it('a bad answer makes a pause like one that did not come', async () => {
    for (const [name, responder, code] of bad) {
      const [service, now] = [new KeyService(responder), clockAt()];
      const verifier = verifierFor(service, now);
      await refusal(verifier.verify(good), code, name);
      const error = await refusal(verifier.verify(good), 'jwks_unavailable', name);
      assert.equal(error.retryAfter, 1, name);
      service.publish('rsa-1');
      now.advance(1);
      await verifier.verify(good);
      assert.equal(service.count, 2, name);
    }
  });
});

describe('a key set', () => {
  /** @type {[string, import('./support/key-service.mjs').Responder][]} */
  const fine = [
    ['of exactly 512 KiB', () => answer(padded(LIMIT))],
    ['of 100 keys', () => answer(manyKeys(100))],
    ['as a JWK Set by its type', typed('application/jwk-set+json')],
    ['with a charset', typed('Application/JSON; charset=utf-8')],
    ['with members that nobody knows', () => answer({ ...setOf('rsa-1'), next: 'x', nested: { keys: [] } })],
    ['beside a key of another kind', () => answer({ keys: [{ kty: 'oct', k: 'AA' }, ...setOf('rsa-1').keys] })],
  ];
  for (const [name, responder] of fine) {
    it(`${name} is taken`, async () => {
      await verifierFor(new KeyService(responder), clockAt()).verify(good);
    });
  }

  it('is measured in octets, not in characters', async () => {
    // Two octets each in UTF-8: half as many characters as the limit allows.
    const text = JSON.stringify({ ...setOf('rsa-1'), name: 'é'.repeat(LIMIT / 2) });
    assert.ok(text.length < LIMIT && Buffer.byteLength(text) > LIMIT);
    await refusal(verifierFor(new KeyService(() => answer(text)), clockAt()).verify(good), 'jwks_invalid');
  });

  it('of no keys is one', async () => {
    const service = new KeyService(() => answer({ keys: [] }));
    await refusal(verifierFor(service, clockAt()).verify(good), 'key_not_found');
  });

  it('is not read to its end if it has none', async () => {
    let chunks = 0;
    const chunk = new Uint8Array(64 * 1024).fill(0x20);
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => void (chunks++ < 10_000 ? controller.enqueue(chunk) : controller.close()),
        }),
        { headers: { 'content-type': 'application/json' } },
      );
    await refusal(verifierFor(new KeyService(endless), clockAt()).verify(good), 'jwks_invalid');
    assert.ok(chunks < 20, `${chunks} chunks were read`);
  });
});

describe('Retry-After', () => {
  /** @type {[string, number | undefined][]} */
  const rows = [
    ['7', 7],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
  ];
  for (const [value, expected] of rows) {
    it(`${value}: ${expected}`, async () => {
      const headers = { 'content-type': 'application/json', 'retry-after': value };
      const service = new KeyService(() => answer({}, { status: 503, headers }));
      const error = await refusal(verifierFor(service, clockAt()).verify(good), 'jwks_unavailable');
      assert.deepEqual([error.status, error.retryAfter], [503, expected]);
    });
  }
});
