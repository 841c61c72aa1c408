// @ts-check
// The whole story in a real browser, against real parts: the service, the provider, the Worker in workerd.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { appFolder } from '../../scripts/build/app.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { startWorker } from '../../www/worker/start.mjs';
import { launchBrowser } from '../support/browser.mjs';

const LIMIT = 15_000;

/** @type {import('playwright-core').Browser} */
let browser;

before(async () => void (browser = await launchBrowser()));

after(() => browser.close());

/**
 * Everything that a set-up needs, and a fresh page for each test.
 * @param {import('../../www/server/stack.mjs').StackOptions} options
 * @param {'v1' | 'oauth2'} [routes]
 */
function setUp(options, routes = 'v1') {
  /** @type {Awaited<ReturnType<typeof startStack>>} */
  let stack;
  /** @type {Awaited<ReturnType<typeof startWorker>>} */
  let worker;
  /** @type {import('playwright-core').Page} */
  let page;

  before(async () => {
    stack = await startStack({ app: { dir: appFolder }, worker: null, control: true, ...options });
    worker = await startWorker(stack);
    stack.setWorker(worker.url);
  });

  beforeEach(async () => {
    await stack.control.clearFaults();
    await stack.control.goOnline('service');
    stack.setApp({ dir: appFolder });
    await page?.context().close();
    page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(LIMIT);
    // In production and in development alike, the UI is told where its service is.
    if (options.mode === 'cross-origin' || routes !== 'v1') {
      const body = JSON.stringify({ baseUrl: stack.baseUrl[routes], routes });
      await page.route('**/config.json', (route) => route.fulfill({ contentType: 'application/json', body }));
    }
  });

  after(async () => {
    await page?.context().close();
    await worker.stop();
    await stack.close();
  });

  /** @param {string} id */
  const at = (id) => page.getByTestId(id);
  /** @param {string} id @param {string | RegExp} text */
  const shows = (id, text) => at(id).filter({ hasText: text }).waitFor();

  return {
    at,
    shows,
    stack: () => stack,
    page: () => page,
    open: (path = '/') => page.goto(stack.appUrl + path),
    /** @param {string} account */
    signIn: async (account) => {
      await at('login').click();
      await page.click(`button[value=${account}]`);
      await at('sub').waitFor();
    },
  };
}

for (const [title, options] of /** @type {[string, import('../../www/server/stack.mjs').StackOptions][]} */ ([
  ['in one origin, with a page callback', { mode: 'same-origin', callback: 'page' }],
  ['across origins, with a page callback', { mode: 'cross-origin', callback: 'page' }],
  ['in one origin, with a service callback', { mode: 'same-origin', callback: 'service' }],
])) {
  describe(title, () => {
    const { at, shows, stack, page, open, signIn } = setUp(options);

    it('a person signs in, calls the API, renews, and signs out', async () => {
      await open();
      await at('login').waitFor();
      await signIn('maya');
      assert.equal(new URL(page().url()).search, '', 'code and state have left the address');
      const { sub } = stack().accounts.find(({ username }) => username === 'maya') ?? {};
      await shows('sub', /** @type {string} */ (sub));
      assert.equal(await at('roles').innerText(), 'user');

      await at('call-api').click();
      await shows('api-status', '200');
      await shows('api-body', /** @type {string} */ (sub));

      const before = (await stack().control.counts()).token;
      await at('renew').click();
      await page().waitForFunction(() => !document.querySelector('button[data-testid=renew]:disabled'));
      assert.equal((await stack().control.counts()).token, before + 1);

      await page().reload();
      await at('sub').waitFor();

      await at('logout').click();
      await at('login').waitFor();
      await at('call-api').click();
      await shows('api-status', '401');
      await page().reload();
      await at('login').waitFor();
    });

    it('an admin is one', async () => {
      await open();
      await signIn('jonas');
      await shows('roles', 'admin');
    });

    it('a person who cancels is signed out, and is told why', async () => {
      await open();
      await at('login').click();
      await page().click('.quiet');
      if (options.callback === 'page') {
        await shows('error-code', 'login_denied');
      }
      await at('login').waitFor();
      assert.equal(await at('sub').count(), 0);
    });

    it('a tampered token is never visible', async () => {
      await open();
      await signIn('maya');
      await stack().control.addFault({ operation: 'token', kind: 'tampered-signature', times: null });
      await page().reload();
      await shows('error-code', 'signature_invalid');
      assert.equal(await at('sub').count(), 0);
    });

    it('an unreachable service is no sign-out', async () => {
      await open();
      await signIn('maya');
      await stack().control.addFault({ operation: 'token', kind: 'respond', status: 503, times: null });
      await page().reload();
      await shows('error-code', 'service_unavailable');
      await stack().control.clearFaults();
      // It asks again by itself.
      await at('sub').waitFor();
      assert.equal(await at('error').count(), 0, 'the error is over');
    });

    it('a service that is gone leaves it open who is signed in', async () => {
      await open();
      await signIn('maya');
      await stack().control.goOffline('service');
      await page().reload();
      await shows('error-code', options.mode === 'cross-origin' ? 'network_error' : 'service_unavailable');
      assert.equal(await at('status').innerText(), 'Not known');
      await stack().control.goOnline('service');
      // The client tries by itself too, and may be the first.
      await Promise.race([at('retry').click(), at('sub').waitFor()]);
      await at('sub').waitFor();
    });
  });
}

describe('on the newer routes', () => {
  const { at, shows, stack, open, signIn } = setUp({ mode: 'same-origin', callback: 'page' }, 'oauth2');

  it('a person is greeted by name, calls the API, and signs out', async () => {
    await open();
    await signIn('maya');
    await shows('name', 'maya');
    await at('call-api').click();
    await shows('api-status', '200');
    assert.equal((await stack().control.counts()).userinfo, 1);
    await at('logout').click();
    await at('login').waitFor();
    assert.equal(await at('name').count(), 0);
  });
});

describe('a page whose policy forbids WebAssembly', () => {
  const { shows, stack, open } = setUp({ mode: 'same-origin', callback: 'page' });

  it('is told the directive that is missing', async () => {
    stack().setApp({ dir: appFolder, csp: "default-src 'self'; script-src 'self'" });
    await open();
    await shows('error-code', 'wasm_blocked');
    await shows('error', "'wasm-unsafe-eval'");
  });

  it('works with that directive', async () => {
    stack().setApp({ dir: appFolder, csp: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" });
    await open();
    await shows('login', 'Sign in');
  });
});
