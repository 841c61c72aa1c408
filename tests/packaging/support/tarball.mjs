// @ts-check
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { must } from '../../../scripts/lib/exec.mjs';
import { output } from './folders.mjs';
import { pack } from './pack.mjs';

/** The tarball, unpacked. */
export async function unpack() {
  const { tarball, ...packed } = await pack();
  const temporary = mkdtempSync(join(output, 'unpacked-'));
  await must('tar', ['-xzf', tarball, '-C', temporary]);
  const folder = join(temporary, 'package');
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { ...packed, tarball, folder, manifest, remove: () => rmSync(temporary, { recursive: true }) };
}

/**
 * The files that a field like `exports` leads to.
 * @param {unknown} value
 * @returns {string[]}
 */
export function targetsOf(value) {
  if (typeof value === 'string') return [value.replace(/^\.\//, '')];
  return Object.values(/** @type {object} */ (value)).flatMap(targetsOf);
}

/**
 * Whether an entry can be required: of those that cannot, the tools for types have to be told.
 * @param {unknown} value
 * @returns {boolean}
 */
export const isRequirable = (value) =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([condition, target]) => condition === 'require' || isRequirable(target));

/**
 * Every file that is loaded when these are, in one way or another: JavaScript, wasm and declarations.
 * @param {string} folder
 * @param {string[]} entries
 */
export async function reachable(folder, entries) {
  const scripts = [...new Set(entries.filter((file) => /(?<!\.d)\.js$/.test(file)))];
  const { metafile } = await build({
    entryPoints: scripts,
    absWorkingDir: folder,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outdir: 'out',
    platform: 'node',
    packages: 'external',
    loader: { '.wasm': 'copy' },
    logLevel: 'error',
  });
  const found = new Set([...entries, ...Object.keys(metafile.inputs).map((path) => path.replace(/\?.*$/, ''))]);
  for (const file of found) {
    if (file.endsWith('.d.ts')) for (const path of importsOf(folder, file)) found.add(path);
    // TypeScript looks for the declarations of a.wasm there.
    if (/^dist\/.*\.wasm$/.test(file) && entries.includes(file)) found.add(file.replace(/\.wasm$/, '.d.wasm.ts'));
    if (file.startsWith('cjs/')) found.add('cjs/package.json');
  }
  return found;
}

/**
 * @param {string} folder
 * @param {string} file declarations
 */
function importsOf(folder, file) {
  const text = readFileSync(join(folder, file), 'utf8');
  const paths = [...text.matchAll(/\b(?:from|import\() ?'(\.\.?\/[^']+)\.js'/g)].map((match) => match[1]);
  return paths.map((path) => join(dirname(file), `${path}.d.ts`));
}
