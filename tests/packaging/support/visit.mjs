// @ts-check
import assert from 'node:assert/strict';
import { launchBrowser } from '../../support/browser.mjs';

/** Also for a development server that compiles at the first request. */
const LIMIT = 60_000;

/** @typedef {{ page: import('playwright-core').Page, problems: string[] }} Opened */

/** One Chromium for a consumer; each page has a context of its own. */
export function createVisitor() {
  /** @type {Promise<import('playwright-core').Browser> | undefined} */
  let browser;

  /**
   * An empty page. What goes wrong in it is noted: errors on its console, exceptions, failed and refused requests.
   * @returns {Promise<Opened>}
   */
  async function open() {
    browser ??= launchBrowser();
    const context = await (await browser).newContext();
    context.setDefaultTimeout(LIMIT);
    const page = await context.newPage();
    /** @type {string[]} */
    const problems = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
    context.on('requestfailed', (request) =>
      problems.push(`request: ${request.url()} ${request.failure()?.errorText}`),
    );
    context.on('response', (response) => {
      if (response.status() >= 400) problems.push(`answer: ${response.url()} ${response.status()}`);
    });
    return { page, problems };
  }

  /**
   * Opens a page and waits until its application has put an outcome into `window.outcome`. Nothing may have gone wrong.
   * @param {string} url
   * @returns {Promise<unknown>} the outcome
   */
  async function visit(url) {
    const { page, problems } = await open();
    try {
      await page.goto(url);
      const outcome = await outcomeOf(page).catch((error) => {
        throw new Error(`${url} gave no outcome: ${error.message}\n${problems.join('\n')}`);
      });
      assert.deepEqual(
        problems.filter((problem) => !FAVICON.test(problem)),
        [],
        `outcome: ${JSON.stringify(outcome)}`,
      );
      return outcome;
    } finally {
      await page.context().close();
    }
  }

  async function close() {
    const ending = browser;
    browser = undefined;
    await (await ending)?.close();
  }

  return { open, visit, close };
}

/** Asked for by the browser, not by the page. */
const FAVICON = /\/favicon\.ico\b|console: Failed to load resource.*404/;

/**
 * Looked for from outside: what Playwright itself evaluates in a page, a strict policy stops.
 * @param {import('playwright-core').Page} page
 */
async function outcomeOf(page) {
  for (const until = Date.now() + LIMIT; Date.now() < until; await page.waitForTimeout(20)) {
    const outcome = await page.evaluate(() => /** @type {any} */ (globalThis).outcome);
    if (outcome !== undefined) return outcome;
  }
  throw new Error(`waited ${LIMIT / 1000} s`);
}
