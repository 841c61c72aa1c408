// @ts-check
// The guides' code does in a browser what the guides say, under the content security policy that they give.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { build } from 'vite';
import { inRoot, scratch } from '../../scripts/lib/paths.mjs';
import { launchBrowser } from '../support/browser.mjs';
import { startStack } from '../../www/server/stack.mjs';

const LIMIT = 15_000;
/** A block of a guide: the nth of its language. @param {string} name @param {string} language @param {number} [number] */
function block(name, language, number = 0) {
  const text = readFileSync(inRoot('docs', `${name}.md`), 'utf8');
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))][number]?.[1];
  assert.ok(found, `${name}.md has no ${language} block ${number}`);
  return found;
}

/** Both policies of the guide, at once: a browser enforces each. */
const CSP = [0, 1]
  .map((number) =>
    block('csp', '', number)
      .replace(/^Content-Security-Policy: /, '')
      .trim(),
  )
  .join(', ');

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {import('playwright-core').Page} */
let page;
/** @type {string[]} what the browser complained of */
let complaints;
/** @type {string} */
let folder;

/**
 * Builds a page as the quick start does, and serves it.
 * @param {Record<string, string>} files
 * @param {string} [csp]
 */
async function serve(files, csp = CSP) {
  const root = mkdtempSync(join(folder, 'page-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  await build({ root, configFile: false, logLevel: 'error' });
  stack.setApp({ dir: join(root, 'dist'), csp });
}

/** A page around a guide's module. @param {string} script */
const around = (script) => ({
  'index.html': '<!doctype html><title>Guide</title><script type="module" src="/main.js"></script><body></body>',
  'main.js': script,
});

/** @param {string} text */
const shows = (text) => page.getByText(text).waitFor();

before(async () => {
  mkdirSync(scratch, { recursive: true });
  folder = mkdtempSync(join(scratch, 'guides-'));
  browser = await launchBrowser();
  stack = await startStack({ app: null, control: true });
});

beforeEach(async () => {
  await page?.context().close();
  await stack.control.setCallback('page');
  page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(LIMIT);
  complaints = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(error.message));
});

after(async () => {
  await browser.close();
  await stack.close();
  rmSync(folder, { recursive: true });
});

describe('the quick start', () => {
  const files = { 'index.html': block('quick-start', 'html'), 'main.js': block('quick-start', 'js') };

  before(() => serve(files));

  it('signs in and out', async () => {
    await page.goto(stack.appUrl);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.click('button[value=maya]');
    await shows(`Signed in as ${stack.accounts.find(({ username }) => username === 'maya')?.sub}`);
    assert.equal(page.url(), `${stack.appUrl}/`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await shows('Signed out');
    // A visitor's 401 and the page without an icon are errors to the browser's console, and to nothing else.
    assert.deepEqual(
      complaints.filter((text) => !/status of 40[14]/.test(text)),
      [],
    );
  });

  it('tells of a sign-in that was cancelled, and offers another', async () => {
    await page.goto(stack.appUrl);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.click('.quiet');
    await shows('You cancelled the sign-in');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.equal(page.url(), `${stack.appUrl}/`);
  });
});

describe('the guide about callbacks', () => {
  const use = `
    const client = await AuthClient.create();
    document.body.textContent = JSON.stringify((await begin(client)) ?? null);
    const button = document.body.appendChild(document.createElement('button'));
    button.onclick = () => client.login({ returnTo: '/battle?round=2#vote' });`;

  it('leads back by a page of the application', async () => {
    await serve(around(block('callbacks', 'js', 0) + use));
    await page.goto(stack.appUrl);
    await page.click('button');
    await page.click('.quiet');
    await shows('You cancelled the sign-in.');
    await page.click('button');
    await page.click('button[value=maya]');
    await page.waitForURL(`${stack.appUrl}/battle?round=2#vote`);
  });

  it('leads back by the service', async () => {
    await stack.control.setCallback('service');
    await serve(around(block('callbacks', 'js', 1) + use));
    await page.goto(stack.appUrl);
    await shows('"anonymous"');
    await page.click('button');
    await page.click('button[value=maya]');
    await shows('"authenticated"');
    await page.waitForURL(`${stack.appUrl}/battle?round=2#vote`);
  });
});

describe('the guide about content security policies', () => {
  it('shows how a page goes on without WebAssembly', async () => {
    const use = 'document.body.textContent = (await createClient()) === null ? "A visitor" : "A client";';
    await serve(around(block('csp', 'js') + use), "script-src 'self'");
    await page.goto(stack.appUrl);
    await shows('A visitor');
    const message = /console\.error\(error\.message\); \/\/ (.*)/.exec(block('csp', 'js'))?.[1];
    assert.ok(message && complaints.includes(message), `${message} is what it says`);
  });
});
