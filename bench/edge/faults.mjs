// @ts-check
// `npm run bench -- --faults`: what a guarded route in workerd does when the key set cannot be had, ours beside the peers'.

import { fileURLToPath } from 'node:url';
import { buildPackage } from '../../scripts/build/package.mjs';
import { bold, say } from '../../scripts/lib/say.mjs';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { setUpBuild } from '../../scripts/setup/index.mjs';
import { ISSUER } from '../../tests/fixtures/forge/token.mjs';
import {
  endAll,
  publish,
  serve,
  serveCache,
  strangerToken,
  tokenOf,
  until,
} from '../../tests/worker/support/key-server.mjs';
import { writeReport } from '../lib/report.mjs';
import { table } from '../lib/table.mjs';

const ENTRY = fileURLToPath(new URL('worker.mjs', import.meta.url));
const ENGINES = ['ours', 'ours, Cache API', 'jose', 'hono'];
/** Seconds; in place of 30, for all that have one, so that a run takes a minute. */
const COOLDOWN = 2;
/** Milliseconds that the service takes for a key set. */
const LATENCY = 50;
/** Nobody waits for an answer for longer; in milliseconds. */
const PATIENCE = 8_000;

/** @typedef {Parameters<typeof serve>[0]} Answer */

/**
 * A guard and its service.
 * @typedef {object} Stage
 * @property {{ answer: Answer, count: () => number }} service
 * @property {(token: string, signal?: AbortSignal) => Promise<number>} ask the status; 0: no answer came
 * @property {number[]} times milliseconds that good requests took
 *
 * @typedef {{ fetches: number, failed: number, good: number, p99: number }} Found
 */

/** @param {...string} kids @returns {Answer} */
const publishes =
  (...kids) =>
  (response) =>
    void setTimeout(() => publish(response, ...kids), LATENCY);

/** @type {Answer} */
const isDown = (response) => void response.writeHead(503).end();

const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Good requests: how many of them are not served.
 * @param {Stage} stage
 * @param {number} count
 * @param {(at: number) => string} token
 * @param {number} [every] milliseconds between two of them; default: all at once
 */
async function good({ ask, times }, count, token, every = 0) {
  const answers = [];
  for (let at = 0; at < count; at += 1) {
    const began = performance.now();
    const note = (/** @type {number} */ status) => (times.push(performance.now() - began), status);
    answers.push(ask(token(at)).then(note));
    if (every) await pause(every);
  }
  return (await Promise.all(answers)).filter((status) => status !== 200).length;
}

/** Tokens of one key, all different. @param {string} kid */
const tokensOf = (kid) => (/** @type {number} */ at) => tokenOf(kid, `user-${at}`);

/** Each fault: the good requests that failed, and how many there were. @type {Record<string, (stage: Stage) => Promise<[failed: number, good: number]>>} */
const faults = {
  async 'key set down on a cold start: 20 tokens at once, then back, 20 more'(stage) {
    stage.service.answer = isDown;
    await Promise.all(Array.from({ length: 20 }, (_, at) => stage.ask(tokensOf('rsa-1')(at))));
    stage.service.answer = publishes('rsa-1');
    await pause(1_100);
    return [await good(stage, 20, tokensOf('rsa-1')), 20];
  },
  async 'flood of 10 000 tokens with unknown keys, 200 good ones meanwhile'(stage) {
    await stage.ask(tokenOf('rsa-1'));
    let left = 10_000;
    const lane = async () => {
      while (left-- > 0) await stage.ask(strangerToken());
    };
    const flood = Promise.all(Array.from({ length: 50 }, lane));
    const failed = await good(stage, 200, tokensOf('rsa-1'), 10);
    await flood;
    return [failed, 200];
  },
  async 'first request cancelled while it fetches, 20 wait'(stage) {
    const { service } = stage;
    service.answer = (response, number) => void (number > 1 && publishes('rsa-1')(response, number));
    const leaver = new AbortController();
    const left = stage.ask(tokenOf('rsa-1'), leaver.signal);
    await until(() => service.count() === 1);
    const waiting = good(stage, 20, tokensOf('rsa-1'));
    await pause(50);
    leaver.abort();
    await left;
    return [await waiting, 20];
  },
  async 'rotation: a new key beside the old one, 300 tokens of both in 6 s'(stage) {
    await stage.ask(tokenOf('rsa-1'));
    stage.service.answer = publishes('rsa-2', 'rsa-1');
    return [await good(stage, 300, (at) => tokensOf(at % 2 ? 'rsa-1' : 'rsa-2')(at), 20), 300];
  },
};

/**
 * @param {string} engine
 * @param {(stage: Stage) => Promise<[number, number]>} play
 * @returns {Promise<Found>}
 */
async function run(engine, play) {
  const service = Object.assign(await serve((response, number) => service.answer(response, number)), {
    answer: publishes('rsa-1'),
  });
  const cache = engine.includes('Cache API') ? await serveCache() : undefined;
  const bindings = { ENGINE: engine, JWKS_URL: service.url, ISSUER, COOLDOWN };
  const worker = await startWorkerd({ entry: ENTRY, bindings, cacheApi: cache?.url });
  /** @param {string} token @param {AbortSignal} [leaves] */
  const ask = async (token, leaves) => {
    const limit = AbortSignal.timeout(PATIENCE);
    const signal = leaves ? AbortSignal.any([limit, leaves]) : limit;
    try {
      const response = await fetch(worker.url, { headers: { authorization: `Bearer ${token}` }, signal });
      await response.text();
      return response.status;
    } catch {
      return 0;
    }
  };
  try {
    const stage = { service, ask, times: /** @type {number[]} */ ([]) };
    const [failed, count] = await play(stage);
    const times = stage.times.sort((a, b) => a - b);
    return { fetches: service.count(), failed, good: count, p99: times[Math.ceil(times.length * 0.99) - 1] };
  } finally {
    await worker.stop();
    await endAll();
  }
}

export async function measureFaults() {
  await setUpBuild();
  await buildPackage();
  /** @type {Record<string, Record<string, Found>>} */
  const report = {};
  for (const [title, play] of Object.entries(faults)) {
    report[title] = {};
    for (const engine of ENGINES) report[title][engine] = await run(engine, play);
    say(`\n${bold(title)}`);
    const rows = Object.entries(report[title]).map(([engine, { fetches, failed, good: count, p99 }]) => [
      engine,
      String(fetches),
      `${failed} of ${count}`,
      p99.toFixed(0),
    ]);
    say(table([['', 'key-set fetches', 'good requests not served', 'p99 ms'], ...rows]));
  }
  say(`\nwritten to ${writeReport({ cooldown: COOLDOWN, latency: LATENCY, report }, 'faults')}`);
}
