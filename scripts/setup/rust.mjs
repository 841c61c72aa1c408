// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import process, { env } from 'node:process';
import { ask, must } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { step } from '../lib/say.mjs';
import { installPackages, onPath } from './system.mjs';

const TARGET = 'wasm32-unknown-unknown';

/** Rust of the version in rust-toolchain.toml, with the wasm target and a linker for what runs while building. */
export async function setUpRust() {
  addCargoToPath();
  if (!onPath('cargo'))
    throw new Problem('Rust is missing: install it with rustup, see https://rustup.rs, and run this again.');
  await setUpToolchain();
  await setUpTarget();
  if (process.platform === 'linux' && !onPath('cc', 'gcc', 'clang')) {
    await installPackages({
      what: 'a C compiler',
      why: 'Rust needs its linker',
      estimate: 'about 1 min',
      debian: ['build-essential'],
      elsewhere: 'gcc or clang',
    });
  }
}

/** What the lint needs besides. */
export async function setUpLintTools() {
  const missing = [
    { name: 'rustfmt', present: ask('cargo', ['fmt', '--version']) },
    { name: 'clippy', present: ask('cargo', ['clippy', '--version']) },
  ].filter(({ present }) => present === undefined);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name);
  requireRustup(`${names.join(' and ')} of Rust ${channel()}`);
  await step(`Adding ${names.join(' and ')}`, 'about 10 s', () => must('rustup', ['component', 'add', ...names]));
}

/** A shell that was open when rustup was installed does not know its programs yet. */
function addCargoToPath() {
  const folder = join(env.CARGO_HOME || join(homedir(), '.cargo'), 'bin');
  if (!onPath('cargo') && existsSync(join(folder, 'cargo'))) env.PATH = `${folder}${delimiter}${env.PATH ?? ''}`;
}

async function setUpToolchain() {
  // Looked for without, and asked for by name: whether rustup installs by itself is the user's setting.
  if (ask('rustc', ['--version'], { ...env, RUSTUP_AUTO_INSTALL: '0' })) return;
  requireRustup(`Rust ${channel()}`);
  const parts = ['--profile', 'minimal', '--component', 'rustfmt', '--component', 'clippy', '--target', TARGET];
  await step(`Installing Rust ${channel()}`, 'about 1 min', () =>
    must('rustup', ['toolchain', 'install', channel(), ...parts]),
  );
}

async function setUpTarget() {
  const sysroot = ask('rustc', ['--print', 'sysroot']);
  if (sysroot && existsSync(join(sysroot, 'lib', 'rustlib', TARGET, 'lib'))) return;
  requireRustup(`the Rust target ${TARGET}`);
  await step(`Adding the Rust target ${TARGET}`, 'about 10 s', () => must('rustup', ['target', 'add', TARGET]));
}

/** @param {string} what */
function requireRustup(what) {
  if (onPath('rustup')) return;
  throw new Problem(
    `${what} is missing: install it with your system's package manager, or use rustup, see https://rustup.rs.`,
  );
}

/** The version that rust-toolchain.toml names. */
export function channel() {
  return /^channel = "(.+)"/m.exec(readFileSync(inRoot('rust-toolchain.toml'), 'utf8'))?.[1] ?? 'stable';
}
