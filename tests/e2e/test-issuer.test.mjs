// @ts-check
// The issuer of `./testing` behind a page, as docs/testing.md shows it for Playwright: no server runs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createTestIssuer } from 'bixarena-auth-client/testing';
import { build } from 'esbuild';
import { launchBrowser } from '../support/browser.mjs';

const ORIGIN = 'http://localhost';
const PAGE = `
import { AuthClient } from 'bixarena-auth-client';
const client = (window.client = await AuthClient.create());
if (location.pathname === '/callback') await client.handleCallback();
const state = await client.start();
document.body.innerHTML = state.status === 'authenticated' ? state.claims.sub : '<button>Sign in</button>';
document.querySelector('button')?.addEventListener('click', () => client.login());
`;

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** The application, bundled. */
async function script() {
  const resolveDir = fileURLToPath(new URL('../..', import.meta.url));
  const stdin = { contents: PAGE, resolveDir };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', target: 'es2022', write: false });
  return outputFiles[0].text;
}

test('a page signs in and out', async () => {
  const issuer = await createTestIssuer({ baseUrl: `${ORIGIN}/v1` });
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const app = await script();
  await page.route('**/*', (route) => {
    const isScript = route.request().url().endsWith('/app.js');
    return isScript
      ? route.fulfill({ contentType: 'text/javascript', body: app })
      : route.fulfill({ contentType: 'text/html', body: '<body></body><script type="module" src="/app.js"></script>' });
  });
  await page.route('**/v1/**', async (route) => {
    const request = route.request();
    const answer = await issuer.fetch(request.url(), { method: request.method(), redirect: 'manual' });
    const location = answer.headers.get('location');
    if (location) {
      const body = `<script>location.replace('${location}')</script>`;
      await route.fulfill({ contentType: 'text/html', body });
    } else {
      const headers = Object.fromEntries(answer.headers);
      await route.fulfill({ status: answer.status, headers, body: await answer.text() });
    }
  });
  await page.goto(ORIGIN);
  await page.click('text=Sign in');
  await page.waitForFunction('document.body.textContent.includes("0000")');
  assert.equal(new URL(page.url()).search, '');
  await page.evaluate('client.logout()');
  assert.equal(await page.evaluate('client.state.status'), 'anonymous');
  await page.close();
});
