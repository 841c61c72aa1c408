// @ts-check
// What a person sees of the Worker's answers in the demo: signed out, as a user and as an administrator, in both set-ups.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { appFolder } from '../../scripts/build/app.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { startWorker } from '../../www/worker/start.mjs';
import { launchBrowser } from '../support/browser.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
before(async () => void (browser = await launchBrowser()));
after(() => browser.close());

/** Status of each call, by its button. */
const EXPECTED = {
  nobody: { 'call-api': '401', 'call-admin': '401', 'call-public': '200', 'call-upstream': '401' },
  maya: { 'call-api': '200', 'call-admin': '403', 'call-public': '200', 'call-upstream': '200' },
  jonas: { 'call-api': '200', 'call-admin': '200', 'call-public': '200', 'call-upstream': '200' },
};

for (const mode of /** @type {const} */ (['same-origin', 'cross-origin'])) {
  describe(`the Worker's answers, ${mode}`, () => {
    /** @type {Awaited<ReturnType<typeof startStack>>} */
    let stack;
    /** @type {Awaited<ReturnType<typeof startWorker>>} */
    let worker;
    before(async () => {
      stack = await startStack({ app: { dir: appFolder }, mode, control: true });
      worker = await startWorker(stack);
      stack.setWorker(worker.url);
    });
    after(async () => {
      await worker.stop();
      await stack.close();
    });

    /** A page in a fresh browser, with that user signed in. @param {string} user */
    async function open(user) {
      const context = await browser.newContext();
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      const body = JSON.stringify({ baseUrl: stack.baseUrl.v1 });
      await page.route('**/config.json', (route) => route.fulfill({ contentType: 'application/json', body }));
      await page.goto(stack.appUrl);
      await page.getByTestId('login').click({ trial: true });
      if (user === 'nobody') return page;
      await page.getByTestId('login').click();
      await page.click(`button[value=${user}]`);
      await page.getByTestId('sub').waitFor();
      return page;
    }

    /** What the page shows after a click. @param {import('playwright-core').Page} page @param {string} id */
    async function call(page, id) {
      const button = page.getByTestId(id);
      await button.click();
      const path = (await button.innerText()).replace('GET ', '');
      await page.getByTestId('api-path').filter({ hasText: path }).waitFor();
      const shown = JSON.parse(await page.getByTestId('api-body').innerText());
      return { status: await page.getByTestId('api-status').innerText(), shown };
    }

    for (const [user, statuses] of Object.entries(EXPECTED)) {
      it(`for ${user}`, { timeout: 60_000 }, async () => {
        const page = await open(user);
        for (const [id, expected] of Object.entries(statuses)) {
          const { status, shown } = await call(page, id);
          assert.equal(status, expected, id);
          if (status === '403') assert.equal(shown.detail, 'the token lacks the role admin');
          if (id === 'call-upstream' && status === '200') {
            const { claims, audience, cookie } = shown;
            assert.deepEqual([audience, cookie], ['urn:bixarena:api', false]);
            assert.equal(claims.sub, await page.getByTestId('sub').innerText());
          }
        }
        await page.context().close();
      });
    }

    it(
      'while the service is down: the token counts on, the cookie cannot be looked up',
      { timeout: 60_000 },
      async () => {
        const page = await open('maya');
        assert.equal((await call(page, 'call-api')).status, '200');
        await stack.control.goOffline('service');
        try {
          const { status, shown } = await call(page, 'call-upstream');
          assert.deepEqual([status, shown.detail], ['503', 'the auth service cannot be reached']);
          assert.equal((await call(page, 'call-api')).status, '200');
          await page.reload();
          await page.getByTestId('retry').waitFor();
          assert.equal((await call(page, 'call-public')).status, '200');
          assert.equal((await call(page, 'call-api')).status, '401');
        } finally {
          await stack.control.goOnline('service');
        }
        await page.context().close();
      },
    );
  });
}
