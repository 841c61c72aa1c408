// @ts-check
// What only happens where a request can take its promises and timers with it, as in Workers: played in Node, since workerd
// lets them live on this machine.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { glue } from '../../pkg/dist/verifier.js';
import { workerdHost } from '../../pkg/lib/host-workerd.js';
import { defineJwtVerifier } from '../../pkg/lib/jwt-verifier.js';
import {
  ISSUER,
  answer,
  clockAt,
  deferred,
  inTime,
  refusal,
  serviceWith,
  setOf,
  settle,
  tokenOf,
} from './support/key-service.mjs';

const wasm = readFileSync(fileURLToPath(import.meta.resolve('bixarena-auth-client/verifier_bg.wasm')));
const JwtVerifier = defineJwtVerifier(workerdHost(glue, new WebAssembly.Module(wasm)));

/**
 * @param {import('./support/key-service.mjs').KeyService} service
 * @param {import('./support/key-service.mjs').Clock} now
 * @param {import('bixarena-auth-client/verifier').JwtVerifierOptions['jwksCache']} [jwksCache]
 */
function verifierOf({ fetch }, now, jwksCache) {
  const jwksUrl = 'https://keys.example/jwks.json';
  return new JwtVerifier({ jwksUrl, issuer: ISSUER, audience: ISSUER, fetch, now, jwksCache });
}

describe('a refresh that died with its request', () => {
  it('is begun again when it should have ended', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierOf(service, now);
    await verifier.verify(tokenOf('rsa-1'));
    now.advance(700);
    const { setTimeout } = globalThis;
    try {
      // @ts-ignore the timer dies, too
      globalThis.setTimeout = () => 0;
      service.responder = () => new Promise(() => {});
      await verifier.verify(tokenOf('rsa-1'));
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    service.responder = () => answer(setOf('rsa-1', 'rsa-2'));
    for (const [seconds, count] of [
      [4.9, 2],
      [0.1, 3],
    ]) {
      now.advance(seconds);
      await verifier.verify(tokenOf('rsa-1'));
      await settle();
      assert.equal(service.count, count);
    }
    await verifier.verify(tokenOf('rsa-2'));
    assert.equal(service.count, 3);
    verifier.dispose();
  });
});

describe('a request that looks on while another one fetches', () => {
  for (const [age, seconds] of /** @type {[string, number][]} */ ([
    ['no set', 0],
    ['a set that is too old', 100_000],
  ])) {
    it(`is refused as that one if the fetch fails and there is ${age}`, async () => {
      const [service, now] = [serviceWith('rsa-1'), clockAt()];
      const verifier = verifierOf(service, now, { cooldown: 0 });
      if (seconds > 0) await verifier.verify(tokenOf('rsa-1'));
      now.advance(seconds);
      const body = deferred();
      service.responder = () => body.promise;
      const all = ['a', 'b'].map((jti) => refusal(verifier.verify(tokenOf('rsa-1', { jti })), 'jwks_unavailable'));
      await settle();
      const { count } = service;
      body.resolve(answer({}, { status: 503 }));
      await inTime(Promise.all(all));
      assert.equal(service.count, count);
      verifier.dispose();
    });
  }
});
