// @ts-check
// Verifications by the million, the same in every host.

import { wasmBytes } from './watch-wasm.mjs';
import { JwtVerifier } from 'bixarena-auth-client/verifier';

/** @typedef {import('./material.mjs').Tokens} Tokens */

/** What is done a million times. */
export const LOADS = /** @type {const} */ ({
  accepted: 'accepted, each checked in full',
  repeated: 'accepted, through the repeat cache',
  rejected: 'rejected: expired, malformed, unknown key, bad signature',
});

/** @typedef {keyof typeof LOADS} Load */

/**
 * @param {import('./material.mjs').Material} material
 * @param {Load} load
 * @returns {Promise<(count: number) => Promise<number>>} does it so many times; answers the octets of wasm memory
 */
export async function openLoad({ issuer, audience, tokens }, load) {
  const rs256 = /** @type {Tokens} */ (tokens.RS256);
  const verifier = await JwtVerifier.create({ jwks: rs256.jwks, issuer, audience, repeatCache: load === 'repeated' });
  let next = 0;
  if (load !== 'rejected') {
    return async (count) => {
      for (let done = 0; done < count; done += 1) await verifier.verify(rs256.good[next++ % rs256.good.length]);
      return wasmBytes();
    };
  }
  const sorts = [rs256.expired, rs256.malformed, rs256.unknown, rs256.forged];
  const bad = rs256.good.flatMap((_, at) => sorts.map((tokensOfSort) => tokensOfSort[at]));
  return async (count) => {
    let rejections = 0;
    for (let done = 0; done < count; done += 1) {
      await verifier.verify(bad[next++ % bad.length]).catch(() => (rejections += 1));
    }
    if (rejections !== count) throw new Error(`${count - rejections} bad tokens were accepted`);
    return wasmBytes();
  };
}
