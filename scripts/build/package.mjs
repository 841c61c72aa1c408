// @ts-check
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { ask } from '../lib/exec.mjs';
import { withLock } from '../lib/lock.mjs';
import { inRoot, scratch } from '../lib/paths.mjs';
import { say, step } from '../lib/say.mjs';
import { digest, once } from '../lib/stamp.mjs';
import { textsModule } from './texts.mjs';
import { buildWasm } from './wasm.mjs';

/** The wasm files of the package, each the same crate with other features. */
export const BUILDS = [
  { name: 'client', features: ['--no-default-features', '--features=client'], profile: 'verifier', isPlain: true },
  {
    name: 'verifier',
    features: ['--no-default-features', '--features=verifier'],
    profile: 'verifier',
    isPlain: true,
  },
  { name: 'fallback', features: ['--no-default-features', '--features=fallback'] },
];

const INPUTS = ['Cargo.toml', 'Cargo.lock', 'rust-toolchain.toml', '.cargo', 'src', 'scripts/build'];

/** Builds what is generated in pkg/dist, unless it is there and nothing has changed since. */
export async function buildPackage() {
  const onWait = () => say('  Waiting for another build of this clone');
  const build = async () => {
    await once({ ...work(), action });
    await once({ ...commonJs(), action: buildRest });
  };
  await withLock(join(scratch, 'build.lock'), build, { onWait });
}

const work = () => ({
  stamp: join(scratch, 'package.stamp'),
  inputs: digest(INPUTS, {
    extra: [packageVersion(), ask('rustc', ['--version']), ask('wasm-bindgen', ['--version']), versionOf('binaryen')],
  }),
  output: inRoot('pkg', 'dist'),
});

const commonJs = () => ({
  stamp: join(scratch, 'commonjs.stamp'),
  inputs: digest(['scripts/build', 'pkg/lib', ...ownFiles('pkg')], {
    extra: [digest(['.'], { folder: inRoot('pkg', 'dist') }), versionOf('esbuild')],
  }),
  output: inRoot('pkg', 'cjs'),
});

/** The files of a folder, without those in folders below it. @param {string} folder */
const ownFiles = (folder) =>
  readdirSync(inRoot(folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => `${folder}/${name}`);

/** What is made of the package's own modules and of the wasm's. */
async function buildRest() {
  const folder = join(scratch, 'cjs');
  // It imports an npm package, which may have been installed only now.
  const { buildCommonJs } = await import('./commonjs.mjs');
  await buildCommonJs(folder);
  publish(folder, inRoot('pkg', 'cjs'));
}

const packageVersion = () => JSON.parse(readFileSync(inRoot('pkg', 'package.json'), 'utf8')).version;

/** @param {string} name of an npm package */
const versionOf = (name) => JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8')).version;

async function action() {
  const folder = join(scratch, 'dist');
  rmSync(folder, { recursive: true, force: true });
  /** @type {Record<string, string[]>} */
  const texts = {};
  for (const build of BUILDS) {
    const estimate = existsSync(inRoot('target', 'package')) ? 'about 10 s' : 'about 40 s';
    await step(`Building the ${build.name} wasm`, estimate, async () => {
      Object.assign(texts, await buildWasm(build, folder));
    });
    await addForms(folder, build.name);
  }
  rmSync(join(folder, 'snippets'), { recursive: true, force: true });
  addOwnModules(folder);
  writeFileSync(join(folder, 'texts.js'), textsModule(texts));
  publish(folder, inRoot('pkg', 'dist'));
}

/**
 * The wasm as JavaScript: for browsers in gzip and base64, and in base64 alone for those that cannot unzip. Zopfli's gzip is the
 * same to them, and a fourteenth smaller than zlib's.
 * @param {string} folder
 * @param {string} name
 */
async function addForms(folder, name) {
  // Needs the npm packages.
  const { gzipAsync } = await import('@gfx/zopfli');
  const write = (/** @type {string} */ file, /** @type {string} */ text) => writeFileSync(join(folder, file), text);
  const wasm = readFileSync(join(folder, `${name}_bg.wasm`));
  const zipped = Buffer.from(await gzipAsync(wasm, {}));
  write(`${name}.inline.js`, `export default '${zipped.toString('base64')}';\n`);
  write(`${name}.plain.js`, `export default '${wasm.toString('base64')}';\n`);
  for (const form of ['inline', 'plain']) {
    write(`${name}.${form}.d.ts`, 'declare const base64: string;\nexport default base64;\n');
  }
  // What a Worker gets when it imports the file.
  write(`${name}_bg.d.wasm.ts`, 'declare const module: WebAssembly.Module;\nexport default module;\n');
  rmSync(join(folder, `${name}_bg.wasm.d.ts`));
}

/**
 * The JavaScript that belongs to the crate, once for all builds, and the public types.
 * @param {string} folder
 */
function addOwnModules(folder) {
  const source = inRoot('src', 'web');
  mkdirSync(join(folder, 'web'));
  for (const name of readdirSync(source)) {
    if (name.endsWith('.d.ts')) copyFileSync(join(source, name), join(folder, name));
    else if (name.endsWith('.js')) copyFileSync(join(source, name), join(folder, 'web', name));
  }
  const errors = join(folder, 'web', 'errors.js');
  const text = readFileSync(errors, 'utf8');
  writeFileSync(errors, text.replace("VERSION = 'in development'", `VERSION = '${packageVersion()}'`));
}

/**
 * Exchanges the files one by one, so that whoever reads them meanwhile finds each of them whole.
 * @param {string} from
 * @param {string} to
 */
function publish(from, to) {
  mkdirSync(to, { recursive: true });
  const files = (/** @type {string} */ folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
  const current = files(from);
  for (const name of current) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    const fresh = join(to, `${name}.${process.pid}`);
    copyFileSync(join(from, name), fresh);
    renameSync(fresh, join(to, name));
  }
  for (const name of files(to)) if (!current.includes(name)) rmSync(join(to, name));
}
