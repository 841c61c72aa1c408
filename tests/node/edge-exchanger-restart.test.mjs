// @ts-check
// The auth service has restarted and signs with a new key: its cookies become tokens again soon.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSessionExchanger } from 'bixarena-auth-client/edge';
import { request } from './support/edge-sessions.mjs';
import { NOW, clockAt, serviceWith, strangerToken, tokenOf, verifierFor } from './support/key-service.mjs';

/** @param {() => string} mint */
function setUp(mint) {
  const [service, now] = [serviceWith('rsa-1'), clockAt()];
  const verifier = verifierFor(service, now);
  const fetch = /** @type {any} */ (async () => Response.json({ access_token: mint(), token_type: 'Bearer' }));
  const sessions = createSessionExchanger({ baseUrl: 'https://auth.example/v1', verifier, fetch, now, maxAge: 0 });
  const kind = async () => (await sessions.exchange(request())).kind;
  return { service, now, verifier, sessions, kind };
}

describe('after a restart of the service', () => {
  it('its own tokens are looked up after a second, not after the cooldown', async () => {
    let key = 'rsa-1';
    const { service, now, kind } = setUp(() => tokenOf(key));
    assert.equal(await kind(), 'authenticated');
    key = 'rsa-2';
    service.publish('rsa-2');
    now.advance(0.999);
    assert.equal(await kind(), 'refused');
    now.advance(0.001);
    assert.equal(await kind(), 'authenticated');
    assert.equal(service.count, 2);
  });

  it('a bearer that anybody can send waits for the cooldown', async () => {
    const { service, now, sessions, kind } = setUp(() => tokenOf('rsa-1'));
    assert.equal(await kind(), 'authenticated');
    now.advance(29);
    const headers = { authorization: `Bearer ${strangerToken()}` };
    assert.equal((await sessions.exchange(request({ headers }))).kind, 'refused');
    assert.equal(service.count, 1);
  });
});

describe('a token that the service hands out', () => {
  it('is judged by the clock of the edge', async () => {
    const { now, kind } = setUp(() => tokenOf('rsa-1', { exp: NOW + 60 }));
    assert.equal(await kind(), 'authenticated');
    now.advance(70);
    assert.equal(await kind(), 'refused');
  });
});
