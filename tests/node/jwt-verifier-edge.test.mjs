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
import { ISSUER, answer, clockAt, serviceWith, setOf, settle, tokenOf } from './support/key-service.mjs';

const wasm = readFileSync(fileURLToPath(import.meta.resolve('bixarena-auth-client/verifier_bg.wasm')));
const JwtVerifier = defineJwtVerifier(workerdHost(glue, new WebAssembly.Module(wasm)));

describe('a refresh that died with its request', () => {
  it('is begun again when it should have ended', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const jwksUrl = 'https://keys.example/jwks.json';
    const verifier = new JwtVerifier({ jwksUrl, issuer: ISSUER, audience: ISSUER, fetch: service.fetch, now });
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
