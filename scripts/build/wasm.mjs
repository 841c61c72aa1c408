// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process, { env } from 'node:process';
import { must } from '../lib/exec.mjs';
import { inRoot, root } from '../lib/paths.mjs';
import { rewriteDeclarations, rewriteGlue } from './glue.mjs';

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
 * @param {string} folder where they go
 */
export async function buildWasm({ name, features }, folder) {
  const target = 'wasm32-unknown-unknown';
  const args = ['build', '--lib', '--release', '--target', target, '--target-dir', TARGET_DIR, ...features];
  await must('cargo', args, { env: { ...env, RUSTFLAGS: rustFlags() } });
  const compiled = join(TARGET_DIR, target, 'release', 'bixarena_auth_client.wasm');
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
  const names = await shrink(join(folder, `${name}_bg.wasm`));
  const rewrite = (/** @type {string} */ file, /** @type {(text: string) => string} */ change) =>
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));
  rewrite(`${name}.js`, (text) => rewriteGlue(text, names));
  rewrite(`${name}.d.ts`, rewriteDeclarations);
}

/** Messages of panics name source files: as they are called everywhere, and not by the folders of the machine that builds. */
function rustFlags() {
  const registry = join(env.CARGO_HOME || join(homedir(), '.cargo'), 'registry', 'src');
  const renamed = [`${registry}=crates`, `${root}=.`].map((pair) => `--remap-path-prefix=${pair}`);
  return [env.RUSTFLAGS, ...renamed].filter(Boolean).join(' ');
}

/**
 * Makes a wasm file as small as it gets. The names of imports and exports go as well: they hold hashes, which do not
 * compress and are paid for twice, here and in the glue.
 * @param {string} file
 * @returns {Promise<import('./glue.mjs').ShortNames>}
 */
async function shrink(file) {
  const features = WASM_FEATURES.map((feature) => `--enable-${feature}`);
  const wasmOpt = (/** @type {string[]} */ ...passes) =>
    must(process.execPath, [
      inRoot('node_modules', 'binaryen', 'bin', 'wasm-opt'),
      ...features,
      ...passes,
      file,
      '-o',
      file,
    ]);
  await wasmOpt('-Oz', '--converge');
  return JSON.parse(await wasmOpt('--minify-imports-and-exports-and-modules', '--strip-target-features'));
}
