// @ts-check
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process, { env } from 'node:process';
import { ask, must } from '../lib/exec.mjs';
import { withLock } from '../lib/lock.mjs';
import { inRoot, toolCache } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { say, step } from '../lib/say.mjs';
import { onPath } from './system.mjs';

/**
 * @typedef {object} CargoTool
 * @property {string} crate
 * @property {string} version
 * @property {string} program one of the programs it brings, which prints its version
 * @property {string} estimate
 * @property {boolean} [locked] builds it with the dependencies of its own lock file
 */

/** @returns {CargoTool} */
export const wasmBindgen = () => ({
  crate: 'wasm-bindgen-cli',
  version: lockedVersion('wasm-bindgen'),
  program: 'wasm-bindgen',
  estimate: 'about 4 min, once per user',
  // Not locked: its lock file names versions that have been withdrawn.
});

/** @type {CargoTool} */
export const wasmPack = {
  crate: 'wasm-pack',
  version: '0.15.1',
  program: 'wasm-pack',
  estimate: 'about 2 min, once per user',
};

/** @type {CargoTool} */
export const geckodriver = {
  crate: 'geckodriver',
  version: '0.37.1',
  program: 'geckodriver',
  estimate: 'about 4 min, once per user',
  locked: true,
};

/**
 * The version of a crate in Cargo.lock; the command line tool must be of the very same.
 * @param {string} name
 */
export function lockedVersion(name) {
  const lock = readFileSync(inRoot('Cargo.lock'), 'utf8');
  const version = new RegExp(`^name = "${name}"\\nversion = "(.+)"$`, 'm').exec(lock)?.[1];
  if (!version) throw new Problem(`Cargo.lock names no ${name}: run \`cargo generate-lockfile\`.`);
  return version;
}

/**
 * Finds a tool of the right version on the PATH or in the cache, or builds it, and puts it first on the PATH.
 * @param {CargoTool} tool
 */
export async function setUpCargoTool(tool) {
  const found = onPath(tool.program);
  if (found && isVersion(found, tool.version)) return;
  const home = join(toolCache, `${tool.crate}-${tool.version}`);
  if (!isInstalled(home, tool)) {
    const onWait = () => say(`  Waiting for another set-up that is building ${tool.crate}`);
    const ready = async () => {
      if (!isInstalled(home, tool)) await install(home, tool);
    };
    await withLock(`${home}.lock`, ready, { onWait });
  }
  env.PATH = `${join(home, 'bin')}${delimiter}${env.PATH ?? ''}`;
}

/**
 * @param {string} home
 * @param {CargoTool} tool
 */
const isInstalled = (home, { program, version }) =>
  existsSync(join(home, 'bin', program)) && isVersion(join(home, 'bin', program), version);

/**
 * @param {string} program
 * @param {string} version
 */
function isVersion(program, version) {
  return (ask(program, ['--version']) ?? '').split(/\s/).includes(version);
}

/**
 * Builds a tool beside its place and moves it there when it is whole, so that an interrupted build is not mistaken for one.
 * @param {string} home
 * @param {CargoTool} tool
 */
async function install(home, tool) {
  mkdirSync(toolCache, { recursive: true });
  const prefix = `${tool.crate}-${tool.version}.partial-`;
  for (const name of readdirSync(toolCache)) {
    if (name.startsWith(prefix)) rmSync(join(toolCache, name), { recursive: true });
  }
  const partial = join(toolCache, `${prefix}${process.pid}`);
  const args = ['install', tool.crate, '--version', tool.version, '--root', partial];
  await step(`Building ${tool.crate} ${tool.version}`, tool.estimate, () =>
    must('cargo', tool.locked ? [...args, '--locked'] : args, { limit: 40 * 60_000 }),
  );
  rmSync(home, { recursive: true, force: true });
  renameSync(partial, home);
}
