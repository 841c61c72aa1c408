// @ts-check
import { readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { inRoot } from '../lib/paths.mjs';

/**
 * Something to be measured: what a bundler makes of a line of imports.
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} source
 * @property {string[]} conditions
 *
 * @typedef {{ name: string, gzip: number, brotli: number, budget?: number }} Size bytes
 */

const BROWSER = ['browser'];
/** There the wasm is a file beside the JavaScript; compressed, each by itself. */
const WORKER = ['workerd', 'worker', 'browser'];

const JOSE = "export { jwtVerify, createRemoteJWKSet } from 'jose';";

/** @param {string} entry @param {string[]} conditions @param {string} [name] @returns {Subject} */
const own = (entry, conditions, name = entry) => ({
  name,
  source: `export * from '${['bixarena-auth-client', entry].join('/').replace(/\/main$/, '')}';`,
  conditions,
});

/** Every entry of the package, where it is used, and the peers. @type {Subject[]} */
export const SUBJECTS = [
  own('verifier', WORKER),
  own('verifier', BROWSER, 'verifier, inlined'),
  own('edge', WORKER),
  own('hono', WORKER),
  own('angular', BROWSER),
  own('react', BROWSER),
  own('testing', BROWSER),
  own('main', WORKER),
  own('main', BROWSER, 'main, inlined'),
  own('asset', BROWSER),
  own('slim', BROWSER),
  own('slim/verifier', BROWSER),
  // Behind a dynamic import, loaded where WebCrypto or an algorithm is missing.
  { name: 'fallback', source: "export * from './pkg/lib/fallback.js';", conditions: BROWSER },
  { name: 'jose', source: JOSE, conditions: BROWSER },
  {
    name: 'jose + oidc-client-ts',
    source: `${JOSE} export { UserManager } from 'oidc-client-ts';`,
    conditions: BROWSER,
  },
];

/** What an application has anyway that uses the entry for it. */
const PEERS = Object.keys(JSON.parse(readFileSync(inRoot('pkg', 'package.json'), 'utf8')).peerDependencies);

/** @returns {Promise<Size[]>} */
export async function measureAll() {
  const budgets = JSON.parse(readFileSync(inRoot('scripts', 'size', 'budget.json'), 'utf8'));
  return Promise.all(SUBJECTS.map(async (subject) => ({ ...(await measure(subject)), budget: budgets[subject.name] })));
}

/**
 * Everything that is loaded by default: what stands behind a dynamic import is not.
 * @param {Subject} subject
 * @param {import('esbuild').BuildOptions} [options]
 */
export async function bundle({ source, conditions }, options) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: inRoot() },
    outdir: inRoot('target', 'scripts', 'size'),
    absWorkingDir: inRoot(),
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    conditions,
    loader: { '.wasm': 'copy' },
    external: PEERS,
    logLevel: 'silent',
    ...options,
  });
  const loaded = loadedByDefault(/** @type {import('esbuild').Metafile} */ (metafile).outputs);
  return (outputFiles ?? []).filter(({ path }) => loaded.has(path.slice(inRoot().length)));
}

/** @param {Subject} subject */
async function measure(subject) {
  const files = await bundle(subject);
  const sum = (/** @type {(bytes: Uint8Array) => number} */ of) =>
    files.reduce((total, { contents }) => total + of(contents), 0);
  return { name: subject.name, gzip: sum(gzipped), brotli: sum(brotlied) };
}

/**
 * The files that the entry reaches by static imports, and itself.
 * @param {Record<string, { entryPoint?: string, imports: { path: string, kind: string }[] }>} outputs of esbuild
 * @returns {Set<string>}
 */
export function loadedByDefault(outputs) {
  /** @type {Set<string>} */
  const reached = new Set();
  const visit = (/** @type {string} */ path) => {
    if (reached.has(path) || !outputs[path]) return;
    reached.add(path);
    for (const { path: imported, kind } of outputs[path].imports) if (kind !== 'dynamic-import') visit(imported);
  };
  for (const [path, { entryPoint }] of Object.entries(outputs)) if (entryPoint === '<stdin>') visit(path);
  return reached;
}

/** @param {Uint8Array} bytes */
export const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** @param {Uint8Array} bytes */
const brotlied = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;

/** @param {Size} size */
export const isOverBudget = ({ gzip, budget }) => budget !== undefined && gzip > budget;

/** @param {Size[]} sizes */
export function sizeTable(sizes) {
  const width = Math.max(...sizes.map(({ name }) => name.length));
  const line = (/** @type {string[]} */ [name, ...cells]) =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padStart(10)).join('')}`;
  const rows = sizes.map((size) => {
    const { name, gzip, brotli, budget } = size;
    return line([name, `${gzip}`, `${brotli}`, `${budget ?? ''}`]) + (isOverBudget(size) ? '  over budget' : '');
  });
  return [line(['bytes', 'gzip', 'brotli', 'budget']), ...rows].join('\n');
}
