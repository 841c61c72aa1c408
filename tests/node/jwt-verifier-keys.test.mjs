// @ts-check
// When `JwtVerifier` fetches its key set: one at a time, never for a hopeless token, and as its age demands.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jwt } from '../fixtures/forge/token.mjs';
import {
  LATER,
  NOW,
  answer,
  clockAt,
  deferred,
  refusal,
  serviceWith,
  setOf,
  settle,
  tokenOf,
  verifierFor,
} from './support/key-service.mjs';

const good = tokenOf('rsa-1');

describe('one fetch', () => {
  it('serves 300 that wait on a cold start', async () => {
    const service = serviceWith('rsa-1');
    const body = deferred();
    service.responder = () => body.promise;
    const verifier = verifierFor(service, clockAt());
    const tokens = Array.from({ length: 300 }, (_, at) => tokenOf('rsa-1', { jti: `${at}` }));
    const verifications = tokens.map((token) => verifier.verify(token));
    await settle();
    assert.equal(service.count, 1);
    body.resolve(answer(setOf('rsa-1')));
    const results = await Promise.all(verifications);
    assert.deepEqual(
      results.map(({ claims }) => claims.jti),
      tokens.map((_, at) => `${at}`),
    );
    assert.equal(service.count, 1);
  });

  it('fails for 300 that wait, and is made once', async () => {
    const service = serviceWith();
    service.fail();
    const verifier = verifierFor(service, clockAt());
    const tokens = Array.from({ length: 300 }, (_, at) => tokenOf('rsa-1', { jti: `${at}` }));
    const errors = await Promise.all(tokens.map((token) => refusal(verifier.verify(token), 'jwks_unavailable')));
    assert.ok(errors.every(({ status }) => status === 503));
    assert.equal(service.count, 1);
  });

  it('is shared by refresh() and tokens', async () => {
    const service = serviceWith('rsa-1');
    const body = deferred();
    service.responder = () => body.promise;
    const verifier = verifierFor(service, clockAt());
    const all = [verifier.refresh(), verifier.verify(good), verifier.refresh(), verifier.verify(good)];
    await settle();
    body.resolve(answer(setOf('rsa-1')));
    await Promise.all(all);
    assert.equal(service.count, 1);
  });

  it('is a plain one: no credentials, no body, JSON asked for', async () => {
    const service = serviceWith('rsa-1');
    await verifierFor(service, clockAt()).verify(good);
    const [{ url, init }] = service.requests;
    assert.equal(url, 'https://keys.example/jwks.json');
    assert.deepEqual([init.method ?? 'GET', init.body, init.redirect], ['GET', undefined, 'manual']);
    assert.deepEqual([...new Headers(init.headers)], [['accept', 'application/json']]);
  });
});

describe('no fetch', () => {
  it('happens at construction', async () => {
    const service = serviceWith('rsa-1');
    verifierFor(service, clockAt());
    await settle();
    assert.equal(service.count, 0);
  });

  /** @type {[string, any, string][]} */
  const hopeless = [
    ['empty', '', 'token_malformed'],
    ['no token', undefined, 'token_malformed'],
    ['a number', 7, 'token_malformed'],
    ['two segments', good.split('.').slice(0, 2).join('.'), 'token_malformed'],
    ['not base64url', good.replace('.', '.*'), 'token_malformed'],
    ['header is no JSON', jwt({ header: 'x' }), 'token_malformed'],
    ['payload is no JSON', jwt({ claims: 'x' }), 'token_malformed'],
    ['without a signature', jwt({ sign: () => Buffer.alloc(0) }), 'token_malformed'],
    ['too large', `${good}${'A'.repeat(16_384)}`, 'token_too_large'],
    ['alg none', jwt({ header: { alg: 'none' } }), 'algorithm_not_allowed'],
    ['alg HS256', jwt({ header: { alg: 'HS256' } }), 'algorithm_not_allowed'],
    ['alg not allowed', jwt({ header: { alg: 'RS384' } }), 'algorithm_not_allowed'],
    ['crit', jwt({ header: { crit: ['b64'], b64: false } }), 'critical_header_unsupported'],
    ['typ', jwt({ header: { typ: 'at+jwt' } }), 'type_mismatch'],
    ['expired', jwt({ claims: { exp: NOW - 5 } }), 'token_expired'],
    ['early', jwt({ claims: { nbf: NOW + 6 } }), 'token_not_yet_valid'],
    ['without exp', jwt({ claims: { exp: undefined } }), 'claim_missing'],
    ['iss', jwt({ claims: { iss: 'urn:other' } }), 'issuer_mismatch'],
    ['aud', jwt({ claims: { aud: 'urn:other' } }), 'audience_mismatch'],
    ['required', jwt({ claims: { sub: undefined } }), 'claim_missing'],
  ];
  for (const [name, token, code] of hopeless) {
    it(`for a hopeless token: ${name}`, async () => {
      const service = serviceWith('rsa-1');
      await refusal(verifierFor(service, clockAt(), { requiredClaims: ['sub'] }).verify(token), code);
      await settle();
      assert.equal(service.count, 0);
    });
  }
});

describe('a key set', () => {
  it('may hold what is no key beside good ones', async () => {
    const { keys } = setOf('rsa-1');
    const service = serviceWith();
    service.responder = () => answer({ keys: [null, 'text', 7, [], ...keys] });
    assert.equal((await verifierFor(service, clockAt()).verify(good)).claims.iss, 'urn:bixarena:auth');
  });

  it('is fresh for ten minutes, counted from when it was asked for', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    now.advance(599.999);
    await verifier.verify(good);
    await verifier.verify(tokenOf('rsa-1', { jti: 'another' }));
    await settle();
    assert.equal(service.count, 1);
  });

  it('is then used for ten more while one fetch in the background replaces it', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    const body = deferred();
    service.responder = () => body.promise;
    for (const seconds of [600, 599.999]) {
      now.advance(seconds);
      // None waits for the new set, which has not come.
      await Promise.all([1, 2, 3].map((jti) => verifier.verify(tokenOf('rsa-1', { jti: `${jti}${seconds}` }))));
    }
    assert.equal(service.count, 2);
    body.resolve(answer(setOf('rsa-2')));
    await settle();
    await verifier.verify(tokenOf('rsa-2'));
    await refusal(verifier.verify(good), 'key_not_found');
    assert.equal(service.count, 2);
  });

  it('is fetched first after that', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    now.advance(1200);
    const body = deferred();
    service.responder = () => body.promise;
    let isDone = false;
    const verification = verifier.verify(good).finally(() => (isDone = true));
    await settle();
    assert.deepEqual([service.count, isDone], [2, false]);
    body.resolve(answer(setOf('rsa-1')));
    await verification;
  });

  it('is used for up to an hour if no new one can be had, then not', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    service.fail(500);
    for (const seconds of [600, 600, 1200, 1199.999]) {
      now.advance(seconds);
      await verifier.verify(good);
      await settle();
    }
    assert.equal(service.count, 5, 'each of the four asked for a new one');
    now.advance(0.001);
    await refusal(verifier.verify(good), 'jwks_unavailable', 'at one hour');
    now.advance(1000);
    const error = await refusal(verifier.verify(good), 'jwks_unavailable', 'later');
    assert.equal(error.status, 500);
    service.publish('rsa-1');
    now.advance(30);
    await verifier.verify(good);
  });

  it('lives as long as the options say', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const jwksCache = { maxAge: 10, staleWhileRevalidate: 5, staleIfError: 40 };
    const verifier = verifierFor(service, now, { jwksCache });
    await verifier.verify(good);
    now.advance(9.999);
    await verifier.verify(good);
    await settle();
    assert.equal(service.count, 1, 'fresh');
    service.fail();
    now.advance(0.001);
    await verifier.verify(good);
    await settle();
    assert.equal(service.count, 2, 'stale');
    now.advance(29.999);
    await verifier.verify(good);
    assert.equal(service.count, 3, 'not to be refreshed');
    now.advance(0.001);
    await refusal(verifier.verify(good), 'jwks_unavailable');
  });

  it('counts its age from the last success, not from the last try', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    now.advance(3000);
    service.fail();
    await verifier.verify(good);
    now.advance(599);
    await verifier.verify(good);
    now.advance(1);
    await refusal(verifier.verify(good), 'jwks_unavailable');
    service.publish('rsa-1');
    now.advance(60);
    await verifier.refresh();
    service.fail();
    now.advance(3599);
    await verifier.verify(good);
  });

  it('survives a clock that is set back', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt(NOW + 100_000)];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    now.advance(-90_000);
    await verifier.verify(good);
    await settle();
    await verifier.verify(good);
    assert.ok(service.count <= 2);
    assert.ok(now() / 1000 < LATER);
  });

  it('is the newest answer’s after two refresh() at once', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    const late = deferred();
    service.responder = () => late.promise;
    const first = verifier.refresh();
    await settle();
    service.publish('rsa-2');
    const second = verifier.refresh();
    await settle();
    late.resolve(answer(setOf('rsa-1')));
    await Promise.allSettled([first, second]);
    // Whether the second call joined the first or went out itself: the newest answer counts.
    const expected = service.count === 2 ? ['rsa-1'] : ['rsa-2'];
    /** @type {string[]} */
    const found = [];
    for (const kid of ['rsa-1', 'rsa-2']) {
      await verifier.verify(tokenOf(kid)).then(
        () => found.push(kid),
        () => {},
      );
    }
    assert.deepEqual(found, expected);
  });
});
