// @ts-check
// How `JwtVerifier` protects the service: tokens that name unknown keys, a service that fails; and how it finds new keys.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
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

/** A verifier that has fetched `rsa-1` at the moment 0 of its clock. */
async function warm(/** @type {Record<string, unknown>} */ options = {}) {
  const [service, now] = [serviceWith('rsa-1'), clockAt()];
  const verifier = verifierFor(service, now, options);
  await verifier.verify(good);
  assert.equal(service.count, 1);
  return { service, now, verifier };
}

describe('tokens that name an unknown key', () => {
  it('cause no fetch for 30 seconds after the last one, however many they are', async () => {
    const { service, now, verifier } = await warm();
    for (const seconds of [0, 10, 19.999]) {
      now.advance(seconds);
      for (let number = 0; number < 300; number += 1) {
        const error = await refusal(verifier.verify(strangerToken()), 'key_not_found');
        assert.equal(error.retryAfter, undefined);
      }
      await verifier.verify(good);
    }
    assert.equal(service.count, 1);
  });

  it('cause one after that, and known keys are served all the while', async () => {
    const { service, now, verifier } = await warm();
    for (let fetches = 2; fetches < 5; fetches += 1) {
      now.advance(30);
      const body = deferred();
      service.responder = () => body.promise;
      const strangers = Array.from({ length: 300 }, () => refusal(verifier.verify(strangerToken()), 'key_not_found'));
      await settle();
      await verifier.verify(good);
      await verifier.verify(tokenOf('rsa-1', { jti: `${fetches}` }));
      body.resolve(answer(setOf('rsa-1')));
      await Promise.all(strangers);
      await refusal(verifier.verify(strangerToken()), 'key_not_found');
      assert.equal(service.count, fetches);
    }
  });

  it('wait as long after a fetch that something else caused', async () => {
    const { service, now, verifier } = await warm();
    now.advance(20);
    await verifier.refresh();
    now.advance(29.999);
    await refusal(verifier.verify(strangerToken()), 'key_not_found');
    assert.equal(service.count, 2);
    now.advance(0.001);
    await refusal(verifier.verify(strangerToken()), 'key_not_found');
    assert.equal(service.count, 3);
  });

  it('wait as long after a cold start that such a token caused itself', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await refusal(verifier.verify(strangerToken()), 'key_not_found');
    await refusal(verifier.verify(strangerToken()), 'key_not_found');
    assert.equal(service.count, 1);
  });

  it('wait as long as the option says', async () => {
    const { service, now, verifier } = await warm({ jwksCache: { cooldown: 3 } });
    now.advance(2.999);
    await refusal(verifier.verify(strangerToken()), 'key_not_found');
    assert.equal(service.count, 1);
    now.advance(0.001);
    await refusal(verifier.verify(strangerToken()), 'key_not_found');
    assert.equal(service.count, 2);
  });

  it('wait as long when the fetch for them fails, and the error says that it failed', async () => {
    const { service, now, verifier } = await warm();
    now.advance(30);
    service.fail(502);
    assert.equal((await refusal(verifier.verify(strangerToken()), 'jwks_unavailable')).status, 502);
    const error = await refusal(verifier.verify(strangerToken()), 'jwks_unavailable');
    assert.equal(error.retryAfter, 30);
    now.advance(29.999);
    await refusal(verifier.verify(strangerToken()), 'jwks_unavailable');
    await verifier.verify(good);
    assert.equal(service.count, 2);
    now.advance(0.001);
    await refusal(verifier.verify(strangerToken()), 'jwks_unavailable');
    assert.equal(service.count, 3);
  });
});

describe('a service that fails', () => {
  it('is asked again after pauses that double, up to the cooldown', async () => {
    const [service, now] = [serviceWith(), clockAt()];
    const verifier = verifierFor(service, now);
    service.fail();
    await refusal(verifier.verify(good), 'jwks_unavailable');
    let fetches = 1;
    for (const pause of [1, 2, 4, 8, 16, 30, 30]) {
      const error = await refusal(verifier.verify(good), 'jwks_unavailable');
      assert.equal(error.retryAfter, pause);
      now.advance(pause - 0.001);
      await refusal(verifier.verify(good), 'jwks_unavailable');
      assert.equal(service.count, fetches, `before ${pause} s`);
      now.advance(0.001);
      await refusal(verifier.verify(good), 'jwks_unavailable');
      assert.equal(service.count, ++fetches, `after ${pause} s`);
    }
  });

  it('is forgiven by the first success', async () => {
    const [service, now] = [serviceWith(), clockAt()];
    const verifier = verifierFor(service, now, {
      jwksCache: { maxAge: 10, staleWhileRevalidate: 0, staleIfError: 10 },
    });
    service.fail();
    for (const pause of [0, 1, 2, 4]) {
      now.advance(pause);
      await refusal(verifier.verify(good), 'jwks_unavailable');
    }
    service.publish('rsa-1');
    now.advance(8);
    await verifier.verify(good);
    now.advance(10);
    service.fail();
    await refusal(verifier.verify(good), 'jwks_unavailable');
    now.advance(1);
    service.publish('rsa-1');
    await verifier.verify(good);
  });

  it('is not asked by every token that uses a stale set', async () => {
    const { service, now, verifier } = await warm();
    now.advance(700);
    service.fail();
    for (let number = 0; number < 100; number += 1) {
      await verifier.verify(tokenOf('rsa-1', { jti: `${number}` }));
      await settle();
    }
    assert.equal(service.count, 2);
  });

  it('is asked at once by refresh(), which rejects, and the set in use stays', async () => {
    const { service, verifier } = await warm();
    service.fail(500);
    for (let number = 0; number < 3; number += 1) {
      assert.equal((await refusal(verifier.refresh(), 'jwks_unavailable')).status, 500);
    }
    assert.equal(service.count, 4);
    await verifier.verify(good);
  });
});

describe('new keys', () => {
  it('beside the old one are found by the first token after the cooldown', async () => {
    const { service, now, verifier } = await warm();
    service.publish('rsa-1', 'rsa-2');
    await refusal(verifier.verify(tokenOf('rsa-2')), 'key_not_found');
    now.advance(30);
    const tokens = Array.from({ length: 20 }, (_, at) => tokenOf('rsa-2', { jti: `${at}` }));
    await Promise.all(tokens.map((token) => verifier.verify(token)));
    await verifier.verify(good);
    assert.equal(service.count, 2);
  });

  it('in place of all old ones, as after a restart: the old ones are gone', async () => {
    const { service, now, verifier } = await warm();
    await verifier.verify(good);
    await verifier.verify(good);
    service.publish('rsa-2');
    now.advance(30);
    await verifier.verify(tokenOf('rsa-2'));
    await refusal(verifier.verify(good), 'key_not_found', 'also from the repeat cache');
    assert.equal(service.count, 2);
  });

  it('under an old key ID are taken with the next set, never mixed with the imported old key', async () => {
    const { service, verifier } = await warm();
    const [other] = setOf('rsa-2').keys;
    service.responder = () => answer({ keys: [{ ...other, kid: 'rsa-1' }] });
    await verifier.verify(good);
    await verifier.refresh();
    await refusal(verifier.verify(good), 'signature_invalid');
    service.publish('rsa-1');
    await verifier.refresh();
    await verifier.verify(good);
  });

  it('come with refresh(), at any time', async () => {
    const { service, verifier } = await warm();
    service.publish('rsa-1', 'rsa-2');
    await verifier.refresh();
    await verifier.verify(tokenOf('rsa-2'));
    assert.equal(service.count, 2);
  });
});
