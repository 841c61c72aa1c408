// @ts-check
// What every command needs before it can begin. All of scripts/setup runs before `npm install` ever did: Node's own
// modules only.

import { version } from 'node:process';
import { Problem } from '../lib/problem.mjs';
import { setUpCargoTool, wasmBindgen } from './cargo-tools.mjs';
import { setUpNpmPackages } from './npm.mjs';
import { setUpRust } from './rust.mjs';

/** For building the package and the UI. */
export async function setUpBuild() {
  const [major, minor] = version.slice(1).split('.').map(Number);
  // Vite, and the wasm tests that `require` ES modules.
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Problem(`Node ${version} is too old: install Node 20.19 or newer.`);
  }
  await setUpNpmPackages();
  await setUpRust();
  await setUpCargoTool(wasmBindgen());
}
