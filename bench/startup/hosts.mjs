// @ts-check
// Where the first token is verified: each time in a process, a page or an isolate that has never seen the engine.

import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { basename } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { openPage } from '../../tests/corpus/chromium.mjs';

/**
 * @typedef {object} Host
 * @property {string} version
 * @property {(engine: string, setting: import('./measure.mjs').Setting) => Promise<{ milliseconds: number, sub: string }>} measure
 * @property {() => Promise<void>} close
 */

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** @param {string} url */
const keySetOf = (url) => `${url}/jwks.json`;

/**
 * Serves the key set on loopback, for as long as `use` takes.
 * @template T
 * @param {unknown} jwks
 * @param {(url: string) => Promise<T>} use
 */
async function withKeyServer(jwks, use) {
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks)),
  );
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  try {
    return await use(`http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** @returns {Promise<Host>} */
async function openNode() {
  return {
    version: `Node ${process.version}`,
    measure: (engine, { isRemote, jwks, ...setting }) =>
      withKeyServer(jwks, async (url) => {
        const child = promisify(execFile)(process.execPath, [path('node-child.mjs'), engine], { timeout: 30_000 });
        child.child.stdin?.end(JSON.stringify({ ...setting, ...(isRemote ? { jwksUrl: keySetOf(url) } : { jwks }) }));
        return JSON.parse((await child).stdout);
      }),
    close: async () => {},
  };
}

/**
 * What a bundler makes of an engine: scripts by name, of which the page loads what it needs.
 * @param {string} engine
 */
async function bundle(engine) {
  const { outputFiles } = await build({
    entryPoints: [path(`${engine}.mjs`)],
    outdir: path('.'),
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'error',
  });
  return outputFiles.map(({ path, text }) => ({ name: basename(path), text }));
}

/** @returns {Promise<Host>} */
async function openChromium() {
  /** @type {Record<string, string>} */
  const files = {};
  const { page, version, close } = await openPage(files);
  const home = page.url();
  let round = 0;
  return {
    version: `Chromium ${version}`,
    async measure(engine, { isRemote, jwks, ...setting }) {
      // A new address each time: Chromium keeps compiled scripts by their address.
      round += 1;
      const [script, keys] = [`/${round}/${engine}.js`, `/${round}/jwks.json`];
      for (const { name, text } of await bundle(engine)) files[`/${round}/${name}`] = text;
      files[keys] = JSON.stringify(jwks);
      await page.goto(home);
      return page.evaluate(
        async ([script, setting]) => {
          const began = performance.now();
          const { firstToken } = await import(/** @type {any} */ (script));
          const { sub } = await firstToken(setting);
          return { milliseconds: performance.now() - began, sub };
        },
        /** @type {const} */ ([
          script,
          /** @type {any} */ ({ ...setting, ...(isRemote ? { jwksUrl: new URL(keys, home).href } : { jwks }) }),
        ]),
      );
    },
    close,
  };
}

/** How often a request that does nothing is timed, before the one that counts. */
const PROBES = 9;

/** @returns {Promise<Host>} */
async function openWorkerd() {
  return {
    version: 'workerd',
    measure: (engine, { isRemote, jwks, ...setting }) =>
      withKeyServer(jwks, async (url) => {
        const worker = await startWorkerd({ entry: path('worker.mjs') });
        const body = JSON.stringify({ ...setting, ...(isRemote ? { jwksUrl: keySetOf(url) } : { jwks }) });
        const ask = async (/** @type {string} */ name) => {
          const began = performance.now();
          const response = await fetch(`${worker.url}/${name}`, { method: 'POST', body });
          const text = await response.text();
          const milliseconds = performance.now() - began;
          if (response.status !== 200) throw new Error(`workerd: ${text}`);
          return { milliseconds, sub: JSON.parse(text).sub };
        };
        try {
          const empty = [];
          for (let probe = 0; probe < PROBES; probe += 1) empty.push((await ask('nothing')).milliseconds);
          const { milliseconds, sub } = await ask(engine);
          return { milliseconds: milliseconds - empty.sort((a, b) => a - b)[PROBES >> 1], sub };
        } finally {
          await worker.stop();
        }
      }),
    close: async () => {},
  };
}

/** @type {Record<string, () => Promise<Host>>} */
export const HOSTS = { node: openNode, chromium: openChromium, workerd: openWorkerd };
