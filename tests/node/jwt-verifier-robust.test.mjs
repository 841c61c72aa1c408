// @ts-check
// What callers and services do that they should not: `JwtVerifier` stays strict, ends in time, and says so as it says
// everything.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JwtVerifier } from 'bixarena-auth-client/verifier';
import { publicJwk } from '../fixtures/forge/keys.mjs';
import { rs } from '../fixtures/forge/rsa.mjs';
import { jwt } from '../fixtures/forge/token.mjs';
import {
  ISSUER,
  KeyService,
  NOW,
  answer,
  clockAt,
  deferred,
  inTime,
  refusal,
  serviceWith,
  setOf,
  settle,
  tokenOf,
  verifierFor,
} from './support/key-service.mjs';

const good = tokenOf('rsa-1');

/** @param {any} [options] */
const make = (options) =>
  new JwtVerifier({ jwks: setOf('rsa-1'), issuer: ISSUER, audience: ISSUER, now: clockAt(), ...options });

describe('a time-out', () => {
  const quick = { jwksCache: { timeout: 0.05 } };

  it('ends a fetch whose `fetch` does not look at its signal', async () => {
    const service = new KeyService(() => new Promise(() => {}));
    await inTime(refusal(verifierFor(service, clockAt(), quick).verify(good), 'jwks_unavailable'));
  });

  it('ends a body that does not look at it', async () => {
    const headers = { 'content-type': 'application/json' };
    const service = new KeyService(() => new Response(new ReadableStream({}), { headers }));
    await inTime(refusal(verifierFor(service, clockAt(), quick).verify(good), 'jwks_unavailable'));
  });

  it('longer than a timer can be does not end it at once', async () => {
    /** @type {import('./support/key-service.mjs').Responder} */
    const slow = (_url, { signal }) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => resolve(answer(setOf('rsa-1'))), 100);
        signal?.addEventListener('abort', () => (clearTimeout(timer), reject(signal.reason)));
      });
    await verifierFor(new KeyService(slow), clockAt(), { jwksCache: { timeout: 1e9 } }).verify(good);
  });
});

describe('Retry-After', () => {
  /** @param {string} value */
  const limited = (value) => {
    const headers = { 'content-type': 'application/json', 'retry-after': value };
    return new KeyService(() => answer({}, { status: 429, headers }));
  };

  it('may be a date', async () => {
    const now = clockAt();
    const service = limited(new Date(now() + 90_000).toUTCString());
    const error = await refusal(verifierFor(service, now).verify(good), 'jwks_unavailable');
    assert.equal(error.retryAfter, 90);
  });

  it('is waited for before the next request', async () => {
    const [service, now] = [limited('120'), clockAt()];
    const verifier = verifierFor(service, now);
    await refusal(verifier.verify(good), 'jwks_unavailable');
    now.advance(119);
    await refusal(verifier.verify(good), 'jwks_unavailable');
    assert.equal(service.count, 1);
  });
});

describe('dispose()', () => {
  it('lets nobody wait for a fetch that hangs', async () => {
    const verifier = verifierFor(new KeyService(() => new Promise(() => {})), clockAt());
    const waiters = [refusal(verifier.verify(good), 'disposed'), refusal(verifier.refresh(), 'disposed')];
    await settle();
    verifier.dispose();
    await inTime(Promise.all(waiters));
  });

  it('counts more than what a fetch then comes to', async () => {
    for (const response of [answer(setOf('rsa-1')), answer({}, { status: 500 })]) {
      const body = deferred();
      const verifier = verifierFor(new KeyService(() => body.promise), clockAt());
      const waiters = [refusal(verifier.verify(good), 'disposed'), refusal(verifier.refresh(), 'disposed')];
      await settle();
      verifier.dispose();
      body.resolve(response);
      await inTime(Promise.all(waiters));
    }
  });
});

describe('the caller’s own parts', () => {
  for (const time of [NaN, undefined, {}]) {
    it(`a clock that tells ${String(time)} makes no token valid`, async () => {
      const verifier = make({ now: () => time });
      const expired = jwt({ claims: { exp: NOW - 1_000_000, nbf: undefined, iat: undefined } });
      await assert.rejects(verifier.verify(expired));
    });
  }

  it('a clock that throws makes verify() reject, not throw', async () => {
    const verifier = make({ now: () => assert.fail('no clock') });
    const promise = verifier.verify(good);
    await assert.rejects(promise);
  });

  it('a logger that throws stops nothing', async () => {
    const jwks = { keys: [publicJwk('rsa-1024'), publicJwk('rsa-1')] };
    await make({ jwks, logger: () => assert.fail('no logger') }).verify(good);
  });

  it('a logger that throws stops no fetched set, nor a later one', async () => {
    const service = new KeyService(() => answer({ keys: [publicJwk('rsa-1024'), publicJwk('rsa-1')] }));
    const verifier = verifierFor(service, clockAt(), { logger: () => assert.fail('no logger') });
    await verifier.verify(good);
    service.publish('rsa-2');
    await verifier.refresh();
    await verifier.verify(tokenOf('rsa-2'));
  });

  for (const nothing of [undefined, null, 7, { status: 200 }]) {
    it(`a fetch that answers ${JSON.stringify(nothing)} has no key set`, async () => {
      const service = new KeyService(() => /** @type {any} */ (nothing));
      await refusal(verifierFor(service, clockAt()).verify(good), 'jwks_unavailable');
    });
  }

  it('a key set that is changed later changes nothing', async () => {
    const attackers = publicJwk('rsa-attacker', { kid: 'rsa-1' });
    /** @type {((jwks: any) => void)[]} */
    const changes = [
      (jwks) => (jwks.keys[0] = attackers),
      (jwks) => Object.assign(jwks.keys[0], attackers),
      (jwks) => jwks.keys.pop(),
    ];
    for (const change of changes) {
      const jwks = setOf('rsa-1');
      const verifier = make({ jwks });
      change(jwks);
      await verifier.verify(good);
      await refusal(verifier.verify(jwt({ sign: rs('rsa-attacker', 256) })), 'signature_invalid');
    }
  });
});

describe('misuse', () => {
  it('an option that no text names is unknown', () => {
    assert.throws(() => make({ engine: 'rust' }), { name: 'TypeError', message: /engine/ });
  });

  for (const url of [
    'https://',
    'http://[bad',
    'https://a b/',
    'https://:0:0/',
    'https://user@a/',
    'https://:key@a/',
  ]) {
    it(`${url} is no address`, () => {
      const construct = () => make({ jwks: undefined, jwksUrl: url });
      assert.throws(construct, { name: 'TypeError', message: /jwksUrl/ });
    });
  }

  for (const audience of [7, null, true, {}, [ISSUER], Symbol('s')]) {
    const name = `verify() for the audience ${typeof audience} ${String(audience)} rejects with a TypeError`;
    it(name, async () => {
      const promise = make().verify(good, { audience: /** @type {any} */ (audience) });
      await assert.rejects(promise, { name: 'TypeError', message: /audience/ });
    });
  }

  it('an empty audience is nobody’s', async () => {
    await assert.rejects(make().verify(good, { audience: '' }));
  });

  it('verify() knows no other option', async () => {
    const options = /** @type {any} */ ({ aud: 'urn:other' });
    await assert.rejects(make().verify(good, options), { name: 'TypeError', message: /aud/ });
  });
});

describe('a race', () => {
  it('between a check and new keys stores nothing', async () => {
    const service = serviceWith('rsa-1');
    const verifier = verifierFor(service, clockAt());
    await verifier.verify(good);
    await verifier.verify(good);
    const gate = deferred();
    const { verify } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.verify = async function (/** @type {[any, any, any, any]} */ ...args) {
      await gate.promise;
      return verify.apply(this, args);
    };
    const slow = verifier.verify(good);
    SubtleCrypto.prototype.verify = verify;
    service.publish('rsa-2');
    await verifier.refresh();
    gate.resolve(undefined);
    await slow;
    await refusal(verifier.verify(good), 'key_not_found');
  });
});

describe('the numbers of a key', () => {
  const largest = Buffer.alloc(1024, 0xff).toString('base64url');
  const over = (/** @type {number} */ octets) => Buffer.alloc(octets, 0xff).toString('base64url');
  // They reach the wasm as one text with a dot between them, for which there is room for twice the largest modulus.
  for (const [name, n, e, words] of /** @type {[string, any, any, RegExp][]} */ ([
    ['are over 8192 bits', over(1025), 'AQAB', /over 8192 bits/],
    ['just fit in their room', over(2096), 'AQAB', /over 8192 bits/],
    ['do not fit', over(2097), 'AQAB', /over 8192 bits/],
    ['are over any limit', over(60_000), 'AQAB', /over 8192 bits/],
    ['stand in one member, with the dot', `${largest}.AQAB`, undefined, /not base64url/],
    ['are nothing but dots', '.', '.', /not base64url/],
    ['are no texts', { toString: 1 }, [], /less than 2048 bits/],
  ])) {
    it(`are refused if they ${name}`, () => {
      const jwks = { keys: [{ kty: 'RSA', n, e }] };
      const construct = () => new JwtVerifier({ jwks, issuer: null, audience: null });
      assert.throws(construct, (/** @type {any} */ error) => {
        assert.deepEqual([error.code, error.cause.code], ['jwks_invalid', 'key_invalid']);
        assert.match(error.cause.message, words);
        return true;
      });
    });
  }
});

describe('what a key says of itself', () => {
  const [good] = setOf('rsa-1').keys;
  for (const [name, members, code] of /** @type {[string, any, string][]} */ ([
    ...['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].map((name) => [
      `a private ${name}`,
      { [name]: '' },
      'key_invalid',
    ]),
    ['a private member that is null', { d: null }, 'key_invalid'],
    ['a use that is null', { use: null }, 'key_unusable'],
    ['key_ops that are null', { key_ops: null }, 'key_unusable'],
    ['key_ops that are a text', { key_ops: 'verify' }, 'key_unusable'],
    ['an alg that is null', { alg: null }, 'key_unusable'],
    ['an alg of another kind', { alg: 'ES256' }, 'key_unusable'],
  ])) {
    it(`condemns it: ${name}`, () => {
      const jwks = { keys: [{ ...good, ...members }] };
      const construct = () => new JwtVerifier({ jwks, issuer: null, audience: null });
      assert.throws(construct, (/** @type {any} */ error) => error.cause?.code === code);
    });
  }
});
