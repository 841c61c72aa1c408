// @ts-check
// Whether a million verifications leave anything behind.

import { openChromiumMemory, openNodeMemory, openWorkerdMemory } from '../hosts/memory.mjs';
import { makeMaterial } from './material.mjs';
import { table } from './table.mjs';

const HOSTS = { node: openNodeMemory, chromium: openChromiumMemory, workerd: openWorkerdMemory };
const LOADS = /** @type {const} */ (['accepted', 'repeated', 'rejected']);
const SAMPLES = 10;
/** So much of the whole is done before the first sample: code is compiled then, and caches are filled. */
const WARM_UP = 0.05;

/**
 * @typedef {object} MemorySeries
 * @property {string} load
 * @property {string} heap what the heap is
 * @property {import('../hosts/memory.mjs').Sample[]} samples evenly spread
 * @property {number} slope octets of heap for one verification, by least squares
 */

/**
 * @param {string} name of a host
 * @param {number} verifications
 * @returns {Promise<{ version: string, series: MemorySeries[] }>}
 */
export async function measureMemory(name, verifications) {
  const host = await HOSTS[/** @type {keyof typeof HOSTS} */ (name)](makeMaterial(['RS256'], 2000));
  try {
    const series = [];
    for (const load of LOADS) {
      await host.begin(load);
      const samples = [await host.run(Math.round(verifications * WARM_UP))];
      const step = Math.round(verifications / SAMPLES);
      for (let sample = 0; sample < SAMPLES; sample += 1) samples.push(await host.run(step));
      const heaps = samples.map(({ heap }) => heap);
      series.push({ load, heap: host.heap, samples, slope: slope(heaps) / step });
    }
    return { version: host.version, series };
  } finally {
    await host.close();
  }
}

/**
 * How much a value grows from one sample to the next, by least squares.
 * @param {number[]} values
 */
export function slope(values) {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let covariance = 0;
  let variance = 0;
  values.forEach((value, at) => {
    covariance += (at - middle) * (value - mean);
    variance += (at - middle) ** 2;
  });
  return covariance / variance;
}

/** @param {MemorySeries[]} series */
export function memoryTable(series) {
  const kilo = (/** @type {number} */ octets) => (octets / 1024).toFixed(0);
  const rows = series.map(({ load, samples, slope: bytes }) => {
    const [first, last] = [samples[0], samples[samples.length - 1]];
    return [load, kilo(first.wasm), kilo(last.wasm), kilo(first.heap), kilo(last.heap), bytes.toFixed(2)];
  });
  const heads = ['', 'wasm KiB', 'at the end', `${series[0].heap} KiB`, 'at the end', 'octets each'];
  return table([heads, ...rows]);
}
