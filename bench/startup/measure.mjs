// @ts-check
// From import to the first verified token, beside jose: what a page, a process or an isolate waits for.

import assert from 'node:assert/strict';
import { percentiles, withRatios } from '../lib/plan.mjs';
import { HOSTS } from './hosts.mjs';

/**
 * @typedef {{ token: string, issuer: string, audience: string, jwks: { keys: any[] }, isRemote: boolean }} Setting
 *
 * @typedef {(setting: { token: string, issuer: string, audience: string, jwks?: any, jwksUrl?: string }) =>
 *   Promise<{ sub?: string }>} FirstToken
 */

const ENGINES = ['ours', 'jose'];

/** Rounds that are run first and not counted: files and programs are cold then. */
const WARM_UP = 2;

/**
 * @param {string} name of a host
 * @param {import('../lib/material.mjs').Material} material
 * @param {number} rounds
 */
export async function measureStartup(name, { issuer, audience, tokens }, rounds) {
  const { jwks, good } = /** @type {import('../lib/material.mjs').Tokens} */ (tokens.RS256);
  const token = good[0];
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  const host = await HOSTS[name]();
  try {
    const series = [];
    for (const isRemote of [false, true]) {
      const times = Object.fromEntries(ENGINES.map((engine) => [engine, /** @type {number[]} */ ([])]));
      for (let round = -WARM_UP; round < rounds; round += 1) {
        // Another one begins each round.
        for (const engine of round % 2 === 0 ? ENGINES : ENGINES.toReversed()) {
          const result = await host.measure(engine, { token, issuer, audience, jwks, isRemote });
          assert.equal(result.sub, sub, `${engine} has not verified the token`);
          if (round >= 0) times[engine].push(result.milliseconds);
        }
      }
      const title = `first token, ${isRemote ? 'key set over loopback' : 'key set given'}`;
      const results = withRatios(ENGINES.map((engine) => ({ engine, ...percentiles(times[engine]) })));
      series.push({ title, unit: /** @type {const} */ ('ms'), results });
    }
    return { version: host.version, series };
  } finally {
    await host.close();
  }
}
