// @ts-check
// `npm run bench -- --load`: requests a second of a guarded route in workerd, from outside, and what they cost it.

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { buildPackage } from '../../scripts/build/package.mjs';
import { Problem } from '../../scripts/lib/problem.mjs';
import { bold, say } from '../../scripts/lib/say.mjs';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { setUpBuild } from '../../scripts/setup/index.mjs';
import { endAll, serve } from '../../tests/worker/support/key-server.mjs';
import { makeMaterial } from '../lib/material.mjs';
import { percentiles } from '../lib/plan.mjs';
import { writeReport } from '../lib/report.mjs';
import { table } from '../lib/table.mjs';

const ENTRY = fileURLToPath(new URL('worker.mjs', import.meta.url));
const ENGINES = ['open', 'ours', 'jose', 'hono, keys given', 'hono'];
const CONNECTIONS = 32;
/** `/proc/<pid>/stat` counts in hundredths of a second (`getconf CLK_TCK`). */
const TICKS = 100;

// Each Worker leaves two listeners behind until it ends.
process.setMaxListeners(20);

/**
 * @typedef {object} Measured of one engine in one round
 * @property {number} rate requests a second
 * @property {number | undefined} cpu microseconds of the process for one request; Linux tells them
 *
 * @typedef {Awaited<ReturnType<typeof startWorkerd>>} Worker
 */

/** @param {string[]} args */
export async function load(args) {
  const options = {
    rounds: { type: /** @type {const} */ ('string'), default: '7' },
    tokens: { type: /** @type {const} */ ('string'), default: '5000' },
  };
  const { values } = parseArgs({ args, options });
  const [rounds, count] = [Number(values.rounds), Number(values.tokens)];
  if (!(rounds >= 1 && count >= 100)) throw new Problem('give --rounds from 1 on and --tokens from 100 on.');
  await setUpBuild();
  await buildPackage();
  const { issuer, tokens } = makeMaterial(['RS256'], count);
  const { good, jwks } = /** @type {import('../lib/material.mjs').Tokens} */ (tokens.RS256);
  const server = await serve((response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks)),
  );
  /** @type {Map<string, Worker>} */
  const workers = new Map();
  try {
    for (const ENGINE of ENGINES) {
      const bindings = { ENGINE, JWKS_URL: server.url, JWKS: jwks, ISSUER: issuer };
      workers.set(ENGINE, await startWorkerd({ entry: ENTRY, bindings }));
    }
    const report = [];
    for (const [title, chosen] of /** @type {[string, string[]][]} */ ([
      ['unique tokens', good],
      ['one token again and again', good.slice(0, 1)],
    ])) {
      const results = await measure(workers, chosen, count, rounds);
      say(
        `\n${bold(`RS256, ${title}`)}, ${count} requests a round, ${rounds} rounds in turn, ${CONNECTIONS} connections`,
      );
      say(loadTable(results));
      report.push({ title, results: Object.fromEntries(results) });
    }
    say(`\nwritten to ${writeReport({ rounds, count, report }, 'load')}`);
  } finally {
    await Promise.all([endAll(), ...[...workers.values()].map((worker) => worker.stop())]);
  }
}

/**
 * In each round every engine in turn; the first round is thrown away.
 * @param {Map<string, Worker>} workers
 * @param {string[]} tokens
 * @param {number} count
 * @param {number} rounds
 */
async function measure(workers, tokens, count, rounds) {
  /** @type {Map<string, Measured[]>} */
  const results = new Map(ENGINES.map((engine) => [engine, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (let at = 0; at < ENGINES.length; at += 1) {
      const engine = ENGINES[(at + round + 1) % ENGINES.length];
      const measured = await once(/** @type {Worker} */ (workers.get(engine)), tokens, count);
      if (round >= 0) results.get(engine)?.push(measured);
    }
  }
  return results;
}

/**
 * @param {Worker} worker
 * @param {string[]} tokens
 * @param {number} amount
 * @returns {Promise<Measured>}
 */
async function once({ url, pid }, tokens, amount) {
  // Nothing is remembered of an earlier round, and the key set is there.
  await (await fetch(`${url}/forget`)).text();
  await (await fetch(url, { headers: { authorization: `Bearer ${tokens[tokens.length - 1]}` } })).text();
  let next = 0;
  const request = {
    /** @param {any} each */
    setupRequest: (each) => ({ ...each, headers: { authorization: `Bearer ${tokens[next++ % tokens.length]}` } }),
  };
  const before = cpuOf(pid);
  const began = performance.now();
  let ended = began;
  /** @type {import('autocannon').Result} */
  const result = await new Promise((resolve, reject) => {
    const options = { url, amount, connections: CONNECTIONS, requests: [request] };
    const instance = autocannon(options, (error, found) => (error ? reject(error) : resolve(found)));
    // It tells its result at the next full second.
    instance.on('response', () => (ended = performance.now()));
  });
  const seconds = (ended - began) / 1000;
  const after = cpuOf(pid);
  if (result['2xx'] !== amount) throw new Error(`${amount - result['2xx']} good requests of ${amount} were refused`);
  const cpu = before === undefined || after === undefined ? undefined : ((after - before) / amount) * 1e6;
  return { rate: amount / seconds, cpu };
}

/** Seconds that a process has computed; undefined where nobody tells. @param {number} pid */
function cpuOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    // User and system time: fields 14 and 15, of which the first two are cut off.
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return undefined;
  }
}

/** @param {Map<string, Measured[]>} results */
function loadTable(results) {
  const middle = (/** @type {(number | undefined)[]} */ values) => percentiles(values.map((value) => value ?? NaN)).p50;
  const of = (/** @type {string} */ engine, /** @type {'rate' | 'cpu'} */ what) =>
    (results.get(engine) ?? []).map((one) => one[what]);
  // Of the same round: what disturbs the machine disturbs both.
  const ratio = (/** @type {string} */ engine, /** @type {'rate' | 'cpu'} */ what) => {
    const jose = of('jose', what);
    return middle(of(engine, what).map((value, at) => (value ?? NaN) / (jose[at] ?? NaN))).toFixed(2);
  };
  const rows = [...results.keys()].map((engine) => [
    engine === 'open' ? 'unguarded' : engine,
    middle(of(engine, 'rate')).toFixed(0),
    ratio(engine, 'rate'),
    middle(of(engine, 'cpu')).toFixed(0),
    ratio(engine, 'cpu'),
  ]);
  return table([['', 'requests/s', 'of jose', 'CPU µs each', 'of jose'], ...rows]);
}
