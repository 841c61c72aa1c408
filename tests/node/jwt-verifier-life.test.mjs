// @ts-check
// `JwtVerifier` from its static key set to its end: construction, another audience, the logger, `dispose()`.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { publicJwk } from '../fixtures/forge/keys.mjs';
import { jwt } from '../fixtures/forge/token.mjs';
import {
  ISSUER,
  answer,
  clockAt,
  deferred,
  refusal,
  serviceWith,
  setOf,
  settle,
  strangerToken,
  tokenOf,
  verifierFor,
} from './support/key-service.mjs';

const good = tokenOf('rsa-1');
const base = { issuer: ISSUER, audience: ISSUER, now: clockAt() };
const weak = publicJwk('rsa-1024');
const encrypting = publicJwk('rsa-2', { use: 'enc' });

describe('a static key set', () => {
  /** @type {[string, any][]} */
  const useless = [
    ['null', null],
    ['a text', JSON.stringify(setOf('rsa-1'))],
    ['a list', setOf('rsa-1').keys],
    ['a single key', publicJwk('rsa-1')],
    ['no member keys', {}],
    ['keys that are no list', { keys: publicJwk('rsa-1') }],
    ['no keys', { keys: [] }],
    ['a key that is null', { keys: [null, publicJwk('rsa-1')] }],
    ['a key that is a text', { keys: ['rsa-1'] }],
    ['only a weak key', { keys: [weak] }],
    ['only a key for encryption', { keys: [encrypting] }],
    ['only unusable keys', { keys: [weak, encrypting, { kty: 'oct', k: 'AA' }] }],
    ['101 keys', { keys: Array.from({ length: 101 }, (_, at) => publicJwk('rsa-1', { kid: `k${at}` })) }],
  ];
  for (const [name, jwks] of useless) {
    it(`of no use is refused at construction: ${name}`, async () => {
      const named = (/** @type {any} */ error) => isAuthError(error) && error.code === 'jwks_invalid';
      assert.throws(() => new JwtVerifier({ ...base, jwks }), named);
      await assert.rejects(JwtVerifier.create({ ...base, jwks }), named);
    });
  }

  it('needs no fetch, and never makes one', async () => {
    const service = serviceWith('rsa-2');
    const verifier = new JwtVerifier({ ...base, jwks: setOf('rsa-1'), fetch: service.fetch });
    await verifier.verify(good);
    await refusal(verifier.verify(tokenOf('rsa-2')), 'key_not_found');
    await verifier.refresh();
    assert.equal(service.count, 0);
  });

  it('may hold what is not usable, which is refused for its own reason', async () => {
    const jwks = { keys: [weak, encrypting, publicJwk('rsa-1')] };
    const verifier = new JwtVerifier({ ...base, jwks });
    await verifier.verify(good);
    await refusal(verifier.verify(jwt({ header: { kid: 'rsa-1024' } })), 'key_invalid');
    await refusal(verifier.verify(tokenOf('rsa-2')), 'key_unusable');
  });
});

describe('verify() for another audience', () => {
  const verifier = new JwtVerifier({ ...base, jwks: setOf('rsa-1') });
  const other = tokenOf('rsa-1', { aud: 'urn:other' });

  it('demands it in place of the option’s', async () => {
    await verifier.verify(other, { audience: 'urn:other' });
    await refusal(verifier.verify(other), 'audience_mismatch');
    const error = await refusal(verifier.verify(good, { audience: 'urn:other' }), 'audience_mismatch');
    assert.deepEqual([error.expected, error.received], ['urn:other', ISSUER]);
  });

  it('finds it in a list, and demands it where the option leaves it unchecked', async () => {
    const both = tokenOf('rsa-1', { aud: ['urn:other', ISSUER] });
    await verifier.verify(both, { audience: 'urn:other' });
    const unchecked = new JwtVerifier({ ...base, audience: null, jwks: setOf('rsa-1') });
    await unchecked.verify(good);
    await refusal(unchecked.verify(good, { audience: 'urn:other' }), 'audience_mismatch');
    await refusal(unchecked.verify(tokenOf('rsa-1', { aud: undefined }), { audience: 'urn:a' }), 'claim_missing');
  });

  it('is no matter of calls without one: what is unchecked on purpose may be anything', async () => {
    const unchecked = new JwtVerifier({ ...base, issuer: null, audience: null, jwks: setOf('rsa-1') });
    const claims = [[], ['urn:other'], [7], {}, 7, null, undefined].flatMap((value) => [
      { aud: value },
      { iss: value },
    ]);
    for (const one of claims) {
      await refusal(unchecked.verify(good, { audience: 'urn:other' }), 'audience_mismatch');
      await unchecked.verify(tokenOf('rsa-1', one));
    }
  });

  it('lasts for that call, also between calls at the same time', async () => {
    const calls = [];
    for (let time = 0; time < 5; time += 1) {
      calls.push(verifier.verify(other, { audience: 'urn:other' }), verifier.verify(good));
      calls.push(refusal(verifier.verify(other), 'audience_mismatch'));
    }
    await Promise.all(calls);
  });

  it('waits for a fetched set like any other', async () => {
    const service = serviceWith('rsa-1');
    const remote = verifierFor(service, clockAt());
    const calls = [remote.verify(other, { audience: 'urn:other' }), remote.verify(good)];
    await Promise.all([...calls, refusal(remote.verify(other), 'audience_mismatch')]);
    assert.equal(service.count, 1);
  });
});

describe('the logger', () => {
  /** @param {(entry: any) => void} logger @param {any} options */
  const make = (logger, options) => new JwtVerifier({ ...base, logger, ...options });

  it('hears of each key of a static set that is skipped, with the reason', () => {
    /** @type {any[]} */
    const entries = [];
    make((entry) => entries.push(entry), { jwks: { keys: [weak, publicJwk('rsa-1'), encrypting] } });
    assert.deepEqual(
      entries.map(({ level, error }) => [level, error.code, error.kid]),
      [
        ['warn', 'key_invalid', 'rsa-1024'],
        ['warn', 'key_unusable', 'rsa-2'],
      ],
    );
    assert.ok(entries.every(({ message, error }) => typeof message === 'string' && isAuthError(error)));
  });

  it('hears of those of a fetched set', async () => {
    /** @type {any[]} */
    const entries = [];
    const service = serviceWith();
    service.responder = () => answer({ keys: [weak, publicJwk('rsa-1')] });
    await verifierFor(service, clockAt(), { logger: (/** @type {any} */ entry) => entries.push(entry) }).verify(good);
    assert.deepEqual(
      entries.map(({ error }) => error.code),
      ['key_invalid'],
    );
  });

  it('hears nothing of a set without fault, or of bad tokens', async () => {
    /** @type {any[]} */
    const entries = [];
    const verifier = make((entry) => entries.push(entry), { jwks: setOf('rsa-1') });
    await verifier.verify(good);
    await refusal(verifier.verify(strangerToken()), 'key_not_found');
    assert.deepEqual(entries, []);
  });
});

describe('dispose()', () => {
  const make = () => verifierFor(serviceWith('rsa-1'), clockAt());

  it('makes everything reject, and a second time does nothing', async () => {
    const verifier = make();
    await verifier.verify(good);
    assert.equal(verifier.dispose(), undefined);
    assert.equal(verifier.dispose(), undefined);
    for (const token of [good, tokenOf('rsa-2'), '', 'x.y.z', undefined]) {
      await refusal(verifier.verify(/** @type {any} */ (token)), 'disposed');
    }
    await refusal(verifier.verify(good, { audience: 'urn:other' }), 'disposed');
    await refusal(verifier.refresh(), 'disposed');
  });

  it('makes those reject that wait for the key set', async () => {
    const service = serviceWith('rsa-1');
    const body = deferred();
    service.responder = () => body.promise;
    const verifier = verifierFor(service, clockAt());
    const tokens = Array.from({ length: 20 }, (_, at) => tokenOf('rsa-1', { jti: `${at}` }));
    const waiters = tokens.map((token) => refusal(verifier.verify(token), 'disposed'));
    await settle();
    verifier.dispose();
    body.resolve(answer(setOf('rsa-1')));
    await Promise.all(waiters);
  });

  it('makes a token reject whose signature is being checked', async () => {
    const verifier = new JwtVerifier({ ...base, jwks: setOf('rsa-1') });
    await verifier.verify(good);
    const verification = refusal(verifier.verify(tokenOf('rsa-1', { jti: 'late' })), 'disposed');
    verifier.dispose();
    await verification;
  });

  it('makes no more requests', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(good);
    verifier.dispose();
    now.advance(10_000);
    await refusal(verifier.verify(good), 'disposed');
    await settle();
    assert.equal(service.count, 1);
  });

  it('is what `using` calls, where the host has it', { skip: !Symbol.dispose }, async () => {
    const verifier = make();
    verifier[Symbol.dispose]();
    await refusal(verifier.verify(good), 'disposed');
  });

  it('of one verifier leaves others alone', async () => {
    const [one, other] = [make(), make()];
    one.dispose();
    await other.verify(good);
  });
});
