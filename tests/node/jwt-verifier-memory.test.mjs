// @ts-check
// The memory of the wasm: a verifier's comes back when nobody holds it, and key sets take none.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { glue } from '../../pkg/dist/verifier.js';
import { JwtVerifier } from 'bixarena-auth-client/verifier';
import { ISSUER, clockAt, serviceWith, setOf, tokenOf, verifierFor } from './support/key-service.mjs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const size = () => /** @type {any} */ (glue).memory.buffer.byteLength;

describe('the memory of the wasm', () => {
  it('is used again by later verifiers, of whatever size', async () => {
    const make = (/** @type {number} */ count) => {
      for (let number = 0; number < count; number += 1) {
        new JwtVerifier({
          jwks: setOf('rsa-1'),
          issuer: ISSUER,
          audience: null,
          maxTokenBytes: 1 << (10 + (number % 5)),
        });
      }
    };
    /** @type {number[]} */
    const sizes = [];
    for (let round = 0; round < 12; round += 1) {
      make(50);
      collect();
      // What was collected is freed in a later turn.
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      sizes.push(size());
    }
    assert.ok(Number(sizes.at(-1)) < 1.5 * sizes[3], sizes.join(' '));
  });

  it('does not grow by key sets', async () => {
    const [service, now] = [serviceWith('rsa-1'), clockAt()];
    const verifier = verifierFor(service, now);
    await verifier.verify(tokenOf('rsa-1'));
    const before = size();
    for (let round = 0; round < 2000; round += 1) {
      service.publish(round % 2 ? 'rsa-1' : 'rsa-2', 'ec-256');
      await verifier.refresh();
    }
    assert.equal(size(), before);
  });
});
