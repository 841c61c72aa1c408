// @ts-check
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process, { env } from 'node:process';
import { must } from '../lib/exec.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { plainDeclarations, plainGlue, rewriteDeclarations, rewriteGlue } from './glue.mjs';
import { takeTexts } from './texts.mjs';

/** Apart from `target/`: another cargo command with other features must not exchange the file under our hands. */
const TARGET_DIR = inRoot('target', 'package');

/** What every browser since 2023 has. wasm-opt may use these, and nothing newer. */
const WASM_FEATURES = [
  'bulk-memory',
  'bulk-memory-opt',
  'multivalue',
  'mutable-globals',
  'nontrapping-float-to-int',
  'reference-types',
  'sign-ext',
];

/**
 * Compiles the crate with some features into `<name>.js`, `<name>.d.ts` and `<name>_bg.wasm`.
 * @param {object} build
 * @param {string} build.name
 * @param {string[]} build.features arguments for cargo
 * @param {string} [build.profile] of cargo
 * @param {boolean} [build.isPlain] whether it exchanges numbers only
 * @param {string} folder where they go
 * @returns the texts that were in it
 */
export async function buildWasm({ name, features, profile = 'release', isPlain }, folder) {
  const target = 'wasm32-unknown-unknown';
  const build = ['build', '--lib', `--profile=${profile}`, `--target=${target}`, `--target-dir=${TARGET_DIR}`];
  await must('cargo', [...build, ...features], { env: { ...env, RUSTFLAGS: rustFlags(profile) } });
  const compiled = join(TARGET_DIR, target, profile, 'bixarena_auth_client.wasm');
  await must('wasm-bindgen', [
    '--target=web',
    `--out-dir=${folder}`,
    `--out-name=${name}`,
    '--omit-default-module-path',
    '--encode-into=always',
    '--remove-name-section',
    '--remove-producers-section',
    compiled,
  ]);
  const wasm = join(folder, `${name}_bg.wasm`);
  const texts = takeTexts(wasm);
  if (isPlain) await dropExports(wasm);
  const names = await shrink(wasm);
  const glue = readFileSync(join(folder, `${name}.js`), 'utf8');
  const declarations = join(folder, `${name}.d.ts`);
  const declared = readFileSync(declarations, 'utf8');
  writeFileSync(join(folder, `${name}.js`), isPlain ? plainGlue(names) : rewriteGlue(glue, names));
  writeFileSync(declarations, isPlain ? plainDeclarations(declared) : rewriteDeclarations(declared, glue));
  return texts;
}

/**
 * Messages of panics name source files: as they are called everywhere, and not by the folders of the machine that builds. And the
 * profile for small builds inlines a little more than the compiler would: measured, that is 80 bytes gzipped less.
 * @param {string} profile of cargo
 */
function rustFlags(profile) {
  const registry = join(env.CARGO_HOME || join(homedir(), '.cargo'), 'registry', 'src');
  const renamed = [`${registry}=crates`, `${root}=.`].map((pair) => `--remap-path-prefix=${pair}`);
  const inlining = profile === 'verifier' ? '-Cllvm-args=-inline-threshold=110' : undefined;
  return [env.RUSTFLAGS, ...renamed, inlining].filter(Boolean).join(' ');
}

/**
 * Takes out what wasm-bindgen exports for its own JavaScript, and what only that needs.
 * @param {string} file
 */
async function dropExports(file) {
  const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(file))).map(({ name }) => name);
  const kept = names.filter((name) => !name.startsWith('__'));
  const graph = kept.map((name) => ({ name, export: name, root: true }));
  const graphFile = `${file}.json`;
  writeFileSync(graphFile, JSON.stringify(graph));
  await binaryen('wasm-metadce', [file, '--graph-file', graphFile, '-o', file]);
  rmSync(graphFile);
}

/**
 * @param {string} tool
 * @param {string[]} args
 */
const binaryen = (tool, args) =>
  must(process.execPath, [
    inRoot('node_modules', 'binaryen', 'bin', tool),
    ...WASM_FEATURES.map((feature) => `--enable-${feature}`),
    ...args,
  ]);

/**
 * Makes a wasm file as small as it gets. The names of imports and exports go as well: they hold hashes, which do not
 * compress and are paid for twice, here and in the glue.
 * @param {string} file
 * @returns {Promise<import('./glue.mjs').ShortNames>}
 */
async function shrink(file) {
  const wasmOpt = (/** @type {string[]} */ ...passes) => binaryen('wasm-opt', [...passes, file, '-o', file]);
  // The compiler's stack lies lowest and grows towards 0, so nothing else is there; and a memory begins as zeros.
  await wasmOpt('-Oz', '--converge', '--low-memory-unused', '--zero-filled-memory');
  return JSON.parse(await wasmOpt('--minify-imports-and-exports-and-modules', '--strip-target-features'));
}
