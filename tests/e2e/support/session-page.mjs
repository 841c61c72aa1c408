// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../../support/browser.mjs';
import { startStack } from '../../../www/server/stack.mjs';

/** The longest wait for anything, in milliseconds. */
export const LIMIT = 15_000;

const HTML =
  '<!doctype html><title>session</title><link rel=icon href=data:,><script type=module src=/client.js></script>';
const recorder = fileURLToPath(new URL('recorder.js', import.meta.url));

/** @typedef {import('bixarena-auth-client').AuthClientOptions} Options */
/** @typedef {import('playwright-core').Page} Page */

/** A folder with a page that has the package in it and starts nothing. */
async function buildFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'session-page-'));
  const entryPoints = [fileURLToPath(new URL('page-entry.mjs', import.meta.url))];
  await build({ entryPoints, bundle: true, format: 'esm', target: 'es2022', outfile: join(folder, 'client.js') });
  writeFileSync(join(folder, 'index.html'), HTML);
  return folder;
}

/**
 * A stack, a browser, and for each test a context of its own: a browser whose tabs share cookies, storage and locks.
 * @param {import('../../../www/server/stack.mjs').StackOptions} [options]
 */
export function setUpSession(options) {
  /** @type {Awaited<ReturnType<typeof startStack>>} */
  let stack;
  /** @type {import('playwright-core').Browser} */
  let browser;
  /** @type {import('playwright-core').BrowserContext | undefined} */
  let context;
  /** @type {string} */
  let folder;

  before(async () => {
    folder = await buildFolder();
    const limits = Object.fromEntries(['start', 'callback', 'token', 'jwks', 'logout'].map((name) => [name, Infinity]));
    stack = await startStack({ app: { dir: folder }, control: true, limits, ...options });
    browser = await launchBrowser();
  });

  beforeEach(async () => {
    await context?.close();
    const { control } = stack;
    await control.clearFaults();
    await control.goOnline('service');
    await control.setTokenLifetime(600);
    await control.setClockOffset(0);
    await control.setStartStatus(302);
    context = await browser.newContext();
    context.setDefaultTimeout(LIMIT);
    await context.addInitScript({ path: recorder });
    await control.resetCounts();
  });

  after(async () => {
    await browser?.close();
    await stack?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const current = () => {
    assert.ok(context, 'a test is running');
    return context;
  };

  /** A tab with the package loaded and no client yet. @param {string} [path] */
  const openTab = async (path = '/') => {
    const tab = await current().newPage();
    await tab.goto(new URL(path, stack.appUrl).href);
    await loaded(tab);
    return tab;
  };

  return {
    control: () => stack.control,
    stack: () => stack,
    context: current,
    openTab,
    counts: () => stack.control.counts(),
    /** Gives this browser a session, as a sign-in would. @param {string} account */
    haveSession: async (account) => {
      const { cookie } = await stack.control.createSession(account);
      const [name, value] = cookie.split('=');
      await current().addCookies([{ name, value, url: stack.appUrl, httpOnly: true, sameSite: 'Lax' }]);
    },
    /** A tab with a client that has asked whether there is a session. @param {Options} [more] */
    startTab: async (more) => {
      const tab = await openTab();
      await start(tab, more);
      return tab;
    },
    /** @param {string} account */
    subOf: (account) => stack.accounts.find(({ username }) => username === account)?.sub,
  };
}

/** @param {Page} tab */
export const loaded = (tab) => tab.waitForFunction(() => 'page' in globalThis);

/**
 * @param {Page} tab
 * @param {Options} [options]
 */
export async function create(tab, options = {}) {
  await tab.evaluate((options) => /** @type {any} */ (globalThis).page.create(options), options);
}

/**
 * @param {Page} tab
 * @param {Options} [options]
 */
export async function start(tab, options) {
  await create(tab, options);
  await tab.evaluate(() => /** @type {any} */ (globalThis).page.client.start());
}

/**
 * What a method of the tab's client came to: `{ value }`, or `{ code }` of the error.
 * @param {Page} tab
 * @param {string} method
 * @param {any[]} parameters
 * @returns {Promise<{ value?: any, code?: string, reason?: string, retryAfter?: number, message?: string }>}
 */
export function call(tab, method, ...parameters) {
  return tab.evaluate(
    ({ method, parameters }) => {
      const { page } = /** @type {any} */ (globalThis);
      return page.outcome(page.client[method](...parameters));
    },
    { method, parameters },
  );
}

/** @param {Page} tab @returns {Promise<import('./page-entry.mjs').Heard[]>} */
export const heard = (tab) => tab.evaluate(() => /** @type {any} */ (globalThis).page.heard);

/** @param {Page} tab @returns {Promise<string>} */
export const status = (tab) => tab.evaluate(() => /** @type {any} */ (globalThis).page.status());

/** @param {Page} tab @returns {Promise<string | null>} */
export const sub = (tab) => tab.evaluate(() => /** @type {any} */ (globalThis).page.sub());

/**
 * Waits until the tab's client has this status.
 * @param {Page} tab
 * @param {string} wanted
 */
export const becomes = (tab, wanted) =>
  tab.waitForFunction((wanted) => /** @type {any} */ (globalThis).page.status() === wanted, wanted, { polling: 20 });

/**
 * Waits until something holds that is only seen from here.
 * @param {() => Promise<boolean>} holds
 * @param {string} what
 */
export async function until(holds, what) {
  const end = Date.now() + LIMIT;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `${what}, within ${LIMIT} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
