// @ts-check
// A page of a headless Chromium on a loopback origin, where WebCrypto exists.

import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { env } from 'node:process';
import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function executable() {
  const found = env.CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path));
  if (!found) throw new Error('no Chromium found: install one (Debian: apt install chromium), or set CHROMIUM_PATH');
  return found;
}

/**
 * Serves the files and an empty page, opens the page, and ends both afterwards.
 * @template T
 * @param {Record<string, string>} files body by path; `.js` and `.mjs` are scripts, anything else is JSON
 * @param {(page: import('playwright-core').Page) => Promise<T>} use
 * @param {{ args?: string[] }} [more] arguments for Chromium
 * @returns {Promise<T>}
 */
export async function withPage(files, use, { args = [] } = {}) {
  const server = createServer(({ url = '/' }, response) => {
    const body = Object.hasOwn(files, url) ? files[url] : undefined;
    const type = url === '/' ? 'text/html' : /\.m?js$/.test(url) ? 'text/javascript' : 'application/json';
    response.writeHead(body === undefined && url !== '/' ? 404 : 200, { 'content-type': `${type}; charset=utf-8` });
    response.end(body ?? '<!doctype html><title>test</title>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const browser = await chromium.launch({ executablePath: executable(), args: [...ARGUMENTS, ...args] });
  try {
    const page = await browser.newPage();
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await page.goto(`http://127.0.0.1:${port}/`);
    return await use(page);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
