// @ts-check
// Starts Cloudflare's runtime itself. (miniflare and wrangler would need Node 22.)

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { Problem } from './problem.mjs';
import { workerdConfig } from './workerd-config.mjs';

const MAIN = 'worker.js';
const START_LIMIT = 20_000;
const STOP_LIMIT = 2_000;

/**
 * @typedef {object} WorkerdOptions
 * @property {string} entry the Worker's source, an ES module with a default export; it is bundled, with `.wasm` imports as modules
 * @property {Record<string, unknown>} [bindings] what `env` holds: strings as they are, anything else as JSON
 * @property {Record<string, string>} [services] service bindings: the URL of the HTTP server behind each
 * @property {string} [cacheApi] the URL of the HTTP server behind its Cache API; without it the Cache API fails
 * @property {('local' | 'private' | 'public')[]} [network] what its `fetch` may reach; default `['local']`, this machine
 * @property {string} [compatibilityDate] default 2026-01-01
 * @property {string[]} [compatibilityFlags]
 * @property {number} [port] default 0: any free one
 * @property {Record<string, string>} [define] constants of the bundle, as esbuild has them
 * @property {string[]} [nodePaths] folders where packages are looked for besides node_modules
 *
 * @typedef {object} Workerd
 * @property {string} url of the Worker, without a slash at its end
 * @property {number} pid of the process
 * @property {() => string} log what it has written so far
 * @property {() => Promise<void>} stop
 */

/**
 * Bundles a Worker and runs it in workerd on loopback.
 *
 * @example
 * const worker = await startWorkerd({ entry: 'www/worker/index.mjs', bindings: { JWKS_URL: stack.jwksUrl } });
 * await fetch(`${worker.url}/api/me`);
 * await worker.stop();
 *
 * @param {WorkerdOptions} options
 * @returns {Promise<Workerd>}
 */
export async function startWorkerd(options) {
  const folder = mkdtempSync(join(tmpdir(), 'bixarena-workerd-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const forget = () => {
    process.off('exit', remove);
    remove();
  };
  try {
    await bundle(options, folder);
    const modules = readdirSync(folder).map((name) => ({ name, type: name === MAIN ? 'esModule' : 'wasm' }));
    writeFileSync(join(folder, 'config.capnp'), workerdConfig({ ...options, modules }));
    return await serve(folder, options.port ?? 0, forget);
  } catch (error) {
    forget();
    throw error;
  }
}

/**
 * @param {WorkerdOptions} options
 * @param {string} folder
 */
async function bundle({ entry, define, nodePaths }, folder) {
  await build({
    entryPoints: { worker: entry },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    loader: { '.wasm': 'copy' },
    logLevel: 'silent',
    define,
    nodePaths,
  });
}

/**
 * @param {string} folder
 * @param {number} port
 * @param {() => void} forget
 * @returns {Promise<Workerd>}
 */
async function serve(folder, port, forget) {
  const program = createRequire(import.meta.url)('workerd').default;
  const args = ['serve', 'config.capnp', '--control-fd=3', `--socket-addr=http=127.0.0.1:${port}`];
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('close', () => resolve(undefined)));
  ended.then(() => process.off('exit', kill));
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (log += chunk));

  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, STOP_LIMIT);
    await ended;
    clearTimeout(timer);
    forget();
  };
  try {
    const actual = await listening(child);
    return { url: `http://127.0.0.1:${actual}`, pid: Number(child.pid), log: () => log, stop };
  } catch (error) {
    await stop();
    if (log.includes('Address already in use'))
      throw new Problem(`port ${port} is taken: choose another one for the Worker.`);
    throw new Error(`workerd did not start: ${/** @type {Error} */ (error).message}\n${log}`);
  }
}

/**
 * The port it listens on, as it reports it on its control descriptor.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
function listening(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it took too long')), START_LIMIT);
    const settle = (/** @type {() => void} */ how) => {
      clearTimeout(timer);
      how();
    };
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (status) => settle(() => reject(new Error(`it ended with status ${status}`))));
    const control = /** @type {import('node:stream').Readable} */ (child.stdio[3]);
    createInterface({ input: control }).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.event === 'listen' && message.socket === 'http') settle(() => resolve(message.port));
    });
  });
}
