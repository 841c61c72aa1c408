// @ts-check
// The repeat cache of `JwtVerifier`: a token that comes again is answered from memory, and only while that is right.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JwtVerifier } from 'bixarena-auth-client/verifier';
import { publicJwk } from '../fixtures/forge/keys.mjs';
import { jwt } from '../fixtures/forge/token.mjs';
import { withSignatureChanged } from '../corpus/compare.mjs';
import { ISSUER, NOW, clockAt, refusal, serviceWith, setOf, tokenOf, verifierFor } from './support/key-service.mjs';

const nested = { roles: ['user', { deep: ['x'] }], address: { street: { name: 'Main' } } };
const good = tokenOf('rsa-1', nested);

/**
 * @param {Record<string, unknown>} [options]
 * @returns {JwtVerifier}
 */
const verifier = (options) =>
  new JwtVerifier({ jwks: setOf('rsa-1'), issuer: ISSUER, audience: ISSUER, now: clockAt(), ...options });

/** How often the signature is checked while `work` is done. */
async function checksDuring(/** @type {() => Promise<unknown>} */ work) {
  const { verify } = SubtleCrypto.prototype;
  let checks = 0;
  SubtleCrypto.prototype.verify = function (/** @type {[any, any, any, any]} */ ...args) {
    checks += 1;
    return verify.apply(this, args);
  };
  try {
    await work();
  } finally {
    SubtleCrypto.prototype.verify = verify;
  }
  return checks;
}

const repeat = async (/** @type {JwtVerifier} */ one, /** @type {string} */ token, times = 5) => {
  const results = [];
  for (let time = 0; time < times; time += 1) results.push(await one.verify(token));
  return results;
};

/** @param {any} value */
const isDeeplyFrozen = (value) =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen));

/** @param {any} value @param {Set<any>} [found] */
function objectsIn(value, found = new Set()) {
  if (typeof value === 'object' && value !== null && !found.has(value)) {
    found.add(value);
    Object.values(value).forEach((member) => objectsIn(member, found));
  }
  return found;
}

const equal = (/** @type {any} */ a, /** @type {any} */ b) => assert.deepEqual(structuredClone(a), structuredClone(b));

describe('a repeated token', () => {
  it('is checked twice at most', async () => {
    const one = verifier();
    assert.ok((await checksDuring(() => repeat(one, good, 20))) <= 2);
  });

  it('is checked each time without the cache', async () => {
    const one = verifier({ repeatCache: false });
    assert.equal(await checksDuring(() => repeat(one, good, 20)), 20);
  });

  it('gets the same answer each time', async () => {
    const [first, ...others] = await repeat(verifier(), good);
    for (const other of others) equal(other, first);
    equal(first.claims.address, nested.address);
  });

  it('gets frozen header and claims, down to the leaves', async () => {
    const [first, ...others] = await repeat(verifier(), good);
    assert.ok(![first.header, first.claims].some((part) => Object.isFrozen(part)), 'the first is the caller’s own');
    const last = others[others.length - 1];
    assert.ok(isDeeplyFrozen(last.header) && isDeeplyFrozen(last.claims) && isDeeplyFrozen(last));
    assert.throws(() => (last.claims.sub = 'somebody else'), TypeError);
    assert.throws(() => /** @type {any} */ (last.claims.roles).push('admin'), TypeError);
  });

  it('is not changed by what the first caller does to its answer', async () => {
    const one = verifier();
    const first = await one.verify(good);
    const untouched = structuredClone(first);
    first.claims.sub = 'somebody else';
    /** @type {any} */ (first.claims.roles)[1].deep.push('admin');
    /** @type {any} */ (first.claims.address).street = 'other';
    /** @type {any} */ (first.header).alg = 'none';
    for (const result of await repeat(one, good)) equal(result, untouched);
  });

  it('shares nothing between the first answer and later ones, and nothing without the cache', async () => {
    for (const options of [{}, { repeatCache: false }]) {
      const results = await repeat(verifier(options), good, options.repeatCache === false ? 4 : 2);
      const [first, ...others] = results.map((result) => objectsIn(result));
      for (const other of others) for (const object of other) assert.ok(!first.has(object));
    }
  });

  it('shares no part of its header with other tokens of the same header', async () => {
    const one = verifier();
    const header = { custom: { list: [{ deep: true }] } };
    const results = [];
    for (const jti of ['1', '2', '3']) results.push(await one.verify(jwt({ header, claims: { jti } })));
    /** @type {any} */ (results[0].header).custom.list[0].deep = 'changed';
    equal(results[1].header.custom, header.custom);
    equal((await one.verify(jwt({ header, claims: { jti: '4' } }))).header.custom, header.custom);
  });

  it('shares nothing if two callers come at once', async () => {
    const one = verifier();
    const [a, b] = await Promise.all([one.verify(good), one.verify(good)]);
    const objects = objectsIn(a);
    for (const object of objectsIn(b)) assert.ok(!objects.has(object));
  });
});

describe('a repeated token is refused', () => {
  it('from the moment on at which it expires', async () => {
    const now = clockAt();
    const token = jwt({ claims: { exp: NOW + 100 } });
    const one = verifier({ now });
    await repeat(one, token);
    now.advance(104.999);
    await one.verify(token);
    now.advance(0.001);
    await refusal(one.verify(token), 'token_expired');
    now.advance(-1);
    await one.verify(token);
  });

  it('from the moment on at which it is too old', async () => {
    const now = clockAt();
    const one = verifier({ now, maxTokenAge: 120, clockTolerance: 0 });
    await repeat(one, good);
    now.advance(60);
    await one.verify(good);
    now.advance(0.001);
    await refusal(one.verify(good), 'token_expired');
  });

  it('before it begins, if the clock is set back', async () => {
    const now = clockAt();
    const one = verifier({ now });
    await repeat(one, good);
    now.advance(-65);
    await one.verify(good);
    now.advance(-0.001);
    await refusal(one.verify(good), 'token_not_yet_valid');
  });

  it('if one character differs', async () => {
    const one = verifier();
    await repeat(one, good);
    for (const token of withSignatureChanged(good)) await refusal(one.verify(token), 'signature_invalid');
    const other = tokenOf('rsa-1', { ...nested, sub: 'other' });
    const mixed = [...other.split('.').slice(0, 2), good.split('.')[2]].join('.');
    await refusal(one.verify(mixed), 'signature_invalid');
    await one.verify(good);
  });

  it('when its key has left the set', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const one = verifierFor(service, now);
    await repeat(one, good);
    service.publish('rsa-2');
    await one.refresh();
    await refusal(one.verify(good), 'key_not_found');
    service.publish('rsa-1');
    await one.refresh();
    await repeat(one, good);
  });

  it('when its key ID means another key', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const one = verifierFor(service, now);
    await repeat(one, good);
    service.responder = () => Response.json({ keys: [publicJwk('rsa-2', { kid: 'rsa-1' })] });
    await one.refresh();
    await refusal(one.verify(good), 'signature_invalid');
  });

  it('when the key set is too old', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const one = verifierFor(service, now);
    await repeat(one, good);
    service.fail();
    now.advance(3600);
    await refusal(one.verify(good), 'jwks_unavailable');
  });

  it('for another audience', async () => {
    const one = verifier();
    await repeat(one, good);
    await refusal(one.verify(good, { audience: 'urn:other' }), 'audience_mismatch');
    await one.verify(good);
  });

  it('if only another audience made it good', async () => {
    const one = verifier();
    const other = tokenOf('rsa-1', { ...nested, aud: 'urn:other' });
    for (let time = 0; time < 5; time += 1) await one.verify(other, { audience: 'urn:other' });
    await refusal(one.verify(other), 'audience_mismatch');
  });

  it('by another verifier', async () => {
    await repeat(verifier(), good);
    await refusal(verifier({ issuer: 'urn:other' }).verify(good), 'issuer_mismatch');
    await refusal(verifier({ jwks: setOf('rsa-2') }).verify(good), 'key_not_found');
  });

  it('after dispose()', async () => {
    const one = verifier();
    await repeat(one, good);
    one.dispose();
    await refusal(one.verify(good), 'disposed');
  });
});

describe('bad tokens', () => {
  it('are refused each time', async () => {
    const one = verifier();
    const [forged] = withSignatureChanged(good);
    for (let time = 0; time < 5; time += 1) {
      await refusal(one.verify(forged), 'signature_invalid');
      await refusal(one.verify('x'), 'token_malformed');
      await refusal(one.verify(''), 'token_malformed');
    }
  });

  it('do not drive good ones out of a cache that is bounded', async () => {
    const one = verifier();
    const tokens = Array.from({ length: 700 }, (_, at) => tokenOf('rsa-1', { jti: `${at}` }));
    for (let round = 0; round < 3; round += 1) {
      for (const token of tokens) {
        const { claims } = await one.verify(token);
        assert.equal(claims.jti, String(tokens.indexOf(token)));
      }
    }
  });
});
