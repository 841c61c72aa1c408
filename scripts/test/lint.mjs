// @ts-check
import process, { env } from 'node:process';
import { run } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';
import { typedoc } from '../typedoc/command.mjs';

const WASM = '--target=wasm32-unknown-unknown';
const VERIFIER = ['--no-default-features', '--features=verifier'];
const FALLBACK = ['--no-default-features', '--features=fallback'];
const REMOTE = ['--no-default-features', '--features=remote'];

/** @param {...string} options */
const clippy = (...options) => ['cargo', 'clippy', '--quiet', ...options, '--', '-D', 'warnings'];

const RUSTDOCFLAGS = '-D warnings';

/** @param {...string} options */
const documentation = (...options) => ['cargo', 'doc', '--quiet', '--no-deps', '--document-private-items', ...options];

/** A program of an npm package. @param {...string} path */
const npm = (...path) => [process.execPath, inRoot('node_modules', ...path)];

/** Everything that is checked without running any of it. */
const checks = () => [
  { name: 'Rust formatting (cargo fmt)', command: ['cargo', 'fmt', '--check'] },
  {
    name: 'Rust formatting, examples/workers-rs',
    command: ['cargo', 'fmt', '--check', '--manifest-path', 'examples/workers-rs/Cargo.toml'],
  },
  { name: 'clippy, native', command: clippy('--all-targets', '--features=rust-crypto') },
  { name: 'clippy, client', command: clippy(WASM, '--lib') },
  { name: 'clippy, verifier', command: clippy(WASM, '--lib', ...VERIFIER) },
  { name: 'clippy, fallback', command: clippy(WASM, '--lib', ...FALLBACK) },
  { name: 'clippy, remote', command: clippy(WASM, '--lib', ...REMOTE) },
  {
    name: 'clippy, all features and the wasm tests',
    command: clippy(WASM, '--lib', '--test=wasm*', '--test=remote*', '--all-features'),
  },
  {
    name: 'Rust in the documentation of the remote verifier',
    command: ['cargo', 'test', '--doc', '--quiet', WASM, ...REMOTE, '--', 'RemoteVerifier', 'BrowserGuide'],
  },
  { name: 'Rust documentation, native', command: documentation('--features=rust-crypto') },
  { name: 'Rust documentation, client and remote', command: documentation(WASM, '--features=remote') },
  {
    name: 'JavaScript formatting (npx prettier --write .)',
    command: [...npm('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level=warn', '.'],
  },
  { name: 'JavaScript types (npx tsc)', command: [...npm('typescript', 'bin', 'tsc'), '--noEmit'] },
  {
    name: 'types of the code in the README and in docs/',
    command: [process.execPath, inRoot('scripts', 'test', 'code-blocks.mjs')],
  },
  {
    name: 'licences of what is in the wasm (npm run licenses)',
    command: [process.execPath, inRoot('scripts', 'licenses.mjs'), '--check'],
  },
  { name: 'TypeScript documentation (npm run docs)', command: [process.execPath, ...typedoc('--emit', 'none')] },
];

/**
 * @param {{ limit: number }} options milliseconds for each check
 * @returns {Promise<import('./counts.mjs').Outcome>}
 */
export async function lint({ limit }) {
  let passed = 0;
  let output = '';
  const complaints = [];
  for (const { name, command } of checks()) {
    const [program, ...args] = command;
    const result = await run(program, args, { limit, env: { ...env, RUSTDOCFLAGS } });
    if (result.ok) passed += 1;
    else {
      complaints.push(`${name}${result.timedOut ? ' took too long' : ''}`);
      output += `${result.output.trimEnd()}\n`;
    }
  }
  return { passed, failed: complaints.length, skipped: 0, output, complaints };
}
