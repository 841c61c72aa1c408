// @ts-check
// Empty pages with the package in them, on the real stack: for tests that are about the client and not about a UI.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../../support/browser.mjs';
import { startStack } from '../../../www/server/stack.mjs';

const LIMIT = 15_000;
/** What the pages know: `auth`, the package, and `open`, which makes a client and keeps what it says. */
const PAGE = `
import * as auth from 'bixarena-auth-client';
window.auth = auth;
window.events = [];
window.open = async (options) => {
  window.client = await auth.AuthClient.create(options);
  window.client.subscribe((state, event) => window.events.push({ ...event, status: state.status, at: Date.now() }));
};
window.code = (promise) => promise.then(() => 'fulfilled', (error) => error.code ?? String(error));
window.ready = true;
`;

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ stack: Awaited<ReturnType<typeof startStack>>, tab: (path?: string) => Promise<Page>, signIn: (username: string) => Promise<void>,
 *   fresh: () => Promise<void>, close: () => Promise<void> }} Pages */

/** @returns {Promise<Pages>} */
export async function openPages() {
  const dir = await mkdtemp(join(tmpdir(), 'auth-pages-'));
  const resolveDir = fileURLToPath(new URL('../../..', import.meta.url));
  const stdin = { contents: PAGE, resolveDir };
  await build({ stdin, bundle: true, format: 'esm', target: 'es2022', outfile: join(dir, 'entry.js') });
  await writeFile(join(dir, 'index.html'), '<!doctype html><script type="module" src="/entry.js"></script>');
  const stack = await startStack({ app: { dir }, control: true });
  const browser = await launchBrowser();
  /** @type {import('playwright-core').BrowserContext | undefined} */
  let context;

  /** Another user's browser, and a service that works. */
  const fresh = async () => {
    await context?.close();
    context = await browser.newContext();
    context.setDefaultTimeout(LIMIT);
    await stack.control.clearFaults();
    await stack.control.setStartStatus(302);
    await stack.control.setClockOffset(0);
    await stack.control.resetRateLimits();
    await stack.control.resetCounts();
  };

  return {
    stack,
    fresh,
    /** A tab of this browser; `path` is where, `''` for a page that was not loaded yet. */
    tab: async (path = '/') => {
      const page = await /** @type {import('playwright-core').BrowserContext} */ (context).newPage();
      if (path !== '') await go(page, stack.appUrl + path);
      return page;
    },
    signIn: async (username) => {
      const [name, value] = (await stack.control.createSession(username)).cookie.split('=');
      await context?.addCookies([{ name, value, url: stack.appUrl }]);
    },
    close: async () => {
      await context?.close();
      await browser.close();
      await stack.close();
      await rm(dir, { recursive: true });
    },
  };
}

/** @param {Page} page @param {string} url */
export async function go(page, url) {
  await page.goto(url);
  await page.waitForFunction('window.ready');
}

/**
 * Makes the client of a page, and finds out who is signed in.
 * @param {Page} page
 * @param {object} [options]
 */
export const start = (page, options = {}) =>
  page.evaluate(`open(${JSON.stringify(options)}).then(() => client.start())`);

/** @param {Page} page @param {string} status */
export const shows = (page, status) => page.waitForFunction(`client.state.status === '${status}'`);

/** What the client of a page said. @param {Page} page @returns {Promise<any[]>} */
export const events = (page) => page.evaluate('events');
