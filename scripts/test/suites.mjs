// @ts-check
import { buildApp } from '../build/app.mjs';
import { buildPackage } from '../build/package.mjs';
import { inRoot } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { setUpChromium, setUpFirefox, setUpWebKit } from '../setup/browsers.mjs';
import { setUpCargoTool, wasmPack } from '../setup/cargo-tools.mjs';
import { setUpBuild } from '../setup/index.mjs';
import { setUpLintTools } from '../setup/rust.mjs';
import { javascript } from './javascript.mjs';
import { lint } from './lint.mjs';
import { native, wasmInChromium, wasmInFirefox, wasmInNode, wasmInWebKit } from './rust.mjs';
import { size } from './size.mjs';

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {string} group what it can be asked for by, besides its name
 * @property {number} minutes at most; a cold run compiles in this time
 * @property {(() => Promise<unknown>)[]} needs what is set up before any suite runs
 * @property {(() => Promise<unknown>)[]} [builds] what is built before any suite runs
 * @property {(options: { limit: number }) => Promise<import('./counts.mjs').Outcome>} run
 */

const setUpWasmPack = () => setUpCargoTool(wasmPack);

/** In the order in which they run: what fails fastest comes first. @type {Suite[]} */
const suites = [
  { name: 'lint', group: 'lint', minutes: 15, needs: [setUpBuild, setUpLintTools], builds: [buildPackage], run: lint },
  { name: 'scripts', group: 'scripts', minutes: 3, needs: [setUpBuild], run: inFolder('scripts') },
  { name: 'size', group: 'size', minutes: 1, needs: [setUpBuild], builds: [buildPackage], run: size },
  { name: 'native', group: 'native', minutes: 15, needs: [setUpBuild], run: native },
  { name: 'wasm in Node', group: 'wasm', minutes: 10, needs: [setUpBuild, setUpWasmPack], run: wasmInNode },
  {
    name: 'wasm in Chromium',
    group: 'wasm',
    minutes: 10,
    needs: [setUpBuild, setUpWasmPack, setUpChromium],
    run: wasmInChromium,
  },
  { name: 'node', group: 'node', minutes: 5, needs: [setUpBuild], builds: [buildPackage], run: inFolder('node') },
  { name: 'server', group: 'server', minutes: 5, needs: [setUpBuild], run: inFolder('server') },
  {
    name: 'worker',
    group: 'worker',
    minutes: 10,
    needs: [setUpBuild],
    builds: [buildPackage],
    run: inFolder('worker'),
  },
  {
    name: 'browser',
    group: 'browser',
    minutes: 10,
    needs: [setUpBuild, setUpChromium],
    builds: [buildPackage],
    run: inFolder('browser', { inTurn: true }),
  },
  {
    name: 'e2e',
    group: 'e2e',
    minutes: 10,
    needs: [setUpBuild, setUpChromium],
    builds: [buildPackage, buildApp],
    run: inFolder('e2e', { inTurn: true }),
  },
  {
    name: 'package',
    group: 'packaging',
    minutes: 5,
    needs: [setUpBuild, setUpChromium],
    builds: [buildPackage],
    run: inFolder('packaging/quick', { inTurn: true }),
  },
];

/** What installs tools of its own: `npm run test:packaging`, which runs what stands above of this group as well. @type {Suite[]} */
const packagingSuites = [
  {
    name: 'consumers',
    group: 'packaging',
    minutes: 40,
    needs: [setUpBuild, setUpChromium],
    builds: [buildPackage],
    run: inFolder('packaging/full', { inTurn: true }),
  },
];

/** What needs browsers that are not everywhere: `npm run test:browsers`. @type {Suite[]} */
const browserSuites = [
  {
    name: 'wasm in Firefox',
    group: 'browsers',
    minutes: 10,
    needs: [setUpBuild, setUpWasmPack, setUpFirefox],
    run: wasmInFirefox,
  },
  {
    name: 'wasm in WebKit',
    group: 'browsers',
    minutes: 10,
    needs: [setUpBuild, setUpWebKit],
    run: wasmInWebKit,
  },
];

/**
 * The suites with these names or groups; without any, those of `npm test`.
 * @param {string[]} wanted
 * @returns {Suite[]}
 */
export function choose(wanted) {
  if (wanted.length === 0) return suites;
  const all = [...suites, ...browserSuites, ...packagingSuites];
  const unknown = wanted.find((word) => !all.some(({ name, group }) => word === name || word === group));
  if (unknown !== undefined) {
    const known = [...new Set(all.map(({ group }) => group))].join(', ');
    throw new Problem(`there is no suite called ${unknown}; there are ${known}.`);
  }
  return all.filter(({ name, group }) => wanted.includes(name) || wanted.includes(group));
}

/**
 * @param {string} folder
 * @param {{ inTurn?: boolean }} [options]
 */
function inFolder(folder, options) {
  return (/** @type {{ limit: number }} */ { limit }) => javascript(inRoot('tests', folder), { ...options, limit });
}
