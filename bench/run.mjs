#!/usr/bin/env node
// @ts-check
// `npm run bench`: our verifier beside raw WebCrypto and the peers, in Node, Chromium and workerd.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildPackage } from '../scripts/build/package.mjs';
import { Problem, runCommand } from '../scripts/lib/problem.mjs';
import { bold, say } from '../scripts/lib/say.mjs';
import { setUpBuild } from '../scripts/setup/index.mjs';
import { openChromium } from './hosts/chromium.mjs';
import { openWorkerd } from './hosts/workerd.mjs';
import { makeMaterial } from './lib/material.mjs';
import { measureMemory, memoryTable } from './lib/memory.mjs';
import { ALGORITHMS, measureSeries, plan } from './lib/plan.mjs';
import { seriesTable } from './lib/table.mjs';
import { measureStartup } from './startup/measure.mjs';

/** @type {Record<string, (material: import('./lib/material.mjs').Material) => Promise<import('./hosts/node.mjs').Host>>} */
const HOSTS = {
  // Node loads the package itself, which has to be built before.
  node: async (material) => (await import('./hosts/node.mjs')).openNode(material),
  chromium: openChromium,
  workerd: openWorkerd,
};

/** Fewer than this, and a percentile says little. */
const FEWEST_ROUNDS = 3;

await runCommand(async () => {
  const { hosts, rounds, tokens, memory, startup, verifications } = readOptions();
  await setUpBuild();
  await buildPackage();
  const report = {
    date: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    ...(memory ? { verifications } : { rounds, tokens }),
    hosts: /** @type {Record<string, unknown>} */ ({}),
  };
  for (const name of hosts) {
    if (memory) report.hosts[name] = await memoryOf(name, verifications);
    else if (startup) report.hosts[name] = await startupOf(name, rounds);
    else report.hosts[name] = await timesOf(name, rounds, tokens);
  }
  say(`\nwritten to ${write(report, memory ? 'memory' : startup ? 'startup' : 'times')}`);
  return 0;
});

function readOptions() {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', multiple: true, default: Object.keys(HOSTS) },
      rounds: { type: 'string', default: '31' },
      tokens: { type: 'string', default: '2000' },
      memory: { type: 'boolean', default: false },
      startup: { type: 'boolean', default: false },
      verifications: { type: 'string', default: '1000000' },
    },
  });
  const unknown = values.host.find((name) => !Object.hasOwn(HOSTS, name));
  if (unknown) throw new Problem(`there is no host called ${unknown}: choose from ${Object.keys(HOSTS).join(', ')}.`);
  return {
    hosts: values.host,
    rounds: atLeast(FEWEST_ROUNDS, values.rounds, '--rounds'),
    tokens: atLeast(10, values.tokens, '--tokens'),
    memory: values.memory,
    startup: values.startup,
    verifications: atLeast(10_000, values.verifications, '--verifications'),
  };
}

/**
 * @param {number} least
 * @param {string} text
 * @param {string} option
 */
function atLeast(least, text, option) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Problem(`${option} ${text}: give a whole number from ${least} on.`);
}

/**
 * @param {string} name of a host
 * @param {number} rounds
 * @param {number} tokens
 */
async function timesOf(name, rounds, tokens) {
  // New tokens for each host, so that none expires.
  const host = await HOSTS[name](makeMaterial(ALGORITHMS, tokens));
  try {
    say(`\n${bold(host.version)}, ${rounds} rounds`);
    const all = [];
    for (const series of plan(tokens)) {
      const results = await measureSeries(host, series, rounds);
      say(seriesTable(series, results));
      all.push({ title: series.title, unit: series.unit, results });
    }
    return { version: host.version, series: all };
  } finally {
    await host.close();
  }
}

/**
 * @param {string} name of a host
 * @param {number} rounds
 */
async function startupOf(name, rounds) {
  const result = await measureStartup(name, makeMaterial(['RS256'], 1), rounds);
  say(`\n${bold(result.version)}, ${rounds} rounds`);
  for (const series of result.series) say(seriesTable(series, series.results));
  return result;
}

/**
 * @param {string} name of a host
 * @param {number} verifications
 */
async function memoryOf(name, verifications) {
  const result = await measureMemory(name, verifications);
  say(`\n${bold(result.version)}, ${verifications} verifications`);
  say(memoryTable(result.series));
  return result;
}

/**
 * @param {{ date: string }} report
 * @param {string} kind
 */
function write(report, kind) {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${report.date.slice(0, 16).replaceAll(':', '-')}-${kind}.json`, folder);
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  return fileURLToPath(file);
}
