// @ts-check
// What a command needs before it can begin. Everything here runs before `npm install` ever did: Node's own modules only.

import { version } from 'node:process';
import { Problem } from '../lib/problem.mjs';
import { setUpChromium } from './browsers.mjs';
import { setUpCargoTool, wasmBindgen, wasmPack } from './cargo-tools.mjs';
import { setUpNpmPackages } from './npm.mjs';
import { setUpLintTools, setUpRust } from './rust.mjs';

/** For building the package and the UI. */
export async function setUpBuild() {
  if (Number(/^v(\d+)/.exec(version)?.[1]) < 20)
    throw new Problem(`Node ${version} is too old: install Node 20 or newer.`);
  await setUpNpmPackages();
  await setUpRust();
  await setUpCargoTool(wasmBindgen());
}

/** For the lint. */
export async function setUpLint() {
  await setUpBuild();
  await setUpLintTools();
}

/** For every suite of `npm test`. */
export async function setUpTests() {
  await setUpLint();
  await setUpCargoTool(wasmPack);
  await setUpChromium();
}
