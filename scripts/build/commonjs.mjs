// @ts-check
// The package once more in CommonJS, for `require()` where that takes no ES module: Jest, Node before 20.19. The modules stay
// apart, as in the original, so that all entries share one `AuthError`.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, transform } from 'esbuild';
import { inRoot } from '../lib/paths.mjs';

const pkg = inRoot('pkg');

/** The folder of the CommonJS modules, in the package. */
const FOLDER = 'cjs';

/** What the simulated page of Jest (jsdom) lacks; taken from this module. */
const LACKING = ['TextEncoder', 'TextDecoder', 'structuredClone'];
const HOST = 'lib/commonjs-host.js';
const HOST_SOURCE = `'use strict';
// A page that is simulated in Node lacks what Node has.
const { TextEncoder, TextDecoder } =
  typeof globalThis.TextEncoder === 'function' ? globalThis : globalThis.process.getBuiltinModule('node:util');
// What is copied here is JSON.
const copy = (value) => JSON.parse(JSON.stringify(value));
module.exports = { TextEncoder, TextDecoder, structuredClone: globalThis.structuredClone ?? copy };
`;

/**
 * Everything that `exports` names below cjs/, and what that imports.
 * @param {string} output
 */
export async function buildCommonJs(output) {
  rmSync(output, { recursive: true, force: true });
  const write = (/** @type {string} */ file, /** @type {string} */ text) => {
    mkdirSync(dirname(join(output, file)), { recursive: true });
    writeFileSync(join(output, file), text);
  };
  const named = [...targets(JSON.parse(readFileSync(join(pkg, 'package.json'), 'utf8')).exports)]
    .filter((path) => path.startsWith(`./${FOLDER}/`))
    .map((path) => path.slice(FOLDER.length + 3));
  for (const file of await reachable(named.filter((path) => !path.endsWith('.d.ts')))) write(file, await convert(file));
  for (const file of declarations(named.filter((path) => path.endsWith('.d.ts')))) {
    write(file, readFileSync(join(pkg, file), 'utf8'));
  }
  write(HOST, HOST_SOURCE);
  write('package.json', `${JSON.stringify({ type: 'commonjs', sideEffects: false }, null, 2)}\n`);
}

/**
 * The files that an `exports` field leads to.
 * @param {unknown} value
 * @returns {Generator<string>}
 */
function* targets(value) {
  if (typeof value === 'string') yield value;
  else for (const one of Object.values(/** @type {object} */ (value))) yield* targets(one);
}

/** @param {string[]} entries */
async function reachable(entries) {
  const { metafile } = await build({
    entryPoints: [...new Set(entries)],
    absWorkingDir: pkg,
    bundle: true,
    write: false,
    metafile: true,
    outdir: FOLDER,
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return Object.keys(metafile.inputs);
}

/** @param {string} file */
async function convert(file) {
  const { code } = await transform(readFileSync(join(pkg, file), 'utf8'), {
    format: 'cjs',
    platform: 'node',
    target: 'es2022',
    // An `import()` would find an ES module's namespace; and Jest knows it only behind a flag.
    supported: { 'dynamic-import': false },
    define: Object.fromEntries(LACKING.map((name) => [name, `commonjsHost.${name}`])),
  });
  if (!code.includes('commonjsHost.')) return code;
  const path = relative(dirname(file), HOST);
  return `const commonjsHost = require('${path.startsWith('.') ? path : `./${path}`}');\n${code}`;
}

/**
 * The declarations and what they import by a path: as text they are the same for both module systems.
 * @param {string[]} entries
 */
function declarations(entries) {
  const found = new Set(entries);
  for (const file of found) {
    const text = readFileSync(join(pkg, file), 'utf8');
    for (const [, path] of text.matchAll(/\bfrom '(\.\.?\/[^']+)\.js'|import\('(\.\.?\/[^']+)\.js'\)/g)) {
      found.add(join(dirname(file), `${path}.d.ts`));
    }
  }
  return found;
}
