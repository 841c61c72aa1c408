// @ts-check
// A page of a headless Chromium on a loopback origin, where WebCrypto exists, or on another one, where it does not.

import { createServer } from 'node:http';
import { launchBrowser } from '../support/browser.mjs';

/**
 * Serves the files and an empty page, and opens that page. `close()` ends both.
 * @param {Record<string, string>} files body by path; `.js` is a script, anything else JSON
 * @param {{ args?: string[], host?: string }} [more] arguments for Chromium; the page's host, which leads here whatever it is
 */
export async function openPage(files, { args = [], host = '127.0.0.1' } = {}) {
  /** @type {string[]} */
  const requested = [];
  const server = createServer(({ url = '/' }, response) => {
    requested.push(url);
    const body =
      url === '/' ? '<!doctype html><title>test</title>' : Object.hasOwn(files, url) ? files[url] : undefined;
    const type = url === '/' ? 'text/html' : url.endsWith('.js') ? 'text/javascript' : 'application/json';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const browser = await launchBrowser({ args: ['--host-resolver-rules=MAP * 127.0.0.1', ...args] }).catch((error) => {
    server.close();
    throw error;
  });
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  try {
    const page = await browser.newPage();
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    await page.goto(`http://${host}:${port}/`);
    return { page, requested, version: browser.version(), close };
  } catch (error) {
    await close();
    throw error;
  }
}
