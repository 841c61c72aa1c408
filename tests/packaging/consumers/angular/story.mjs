// @ts-check
// What people do with the sample application of examples/angular, in a browser and against the local auth service.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startStack } from '../../../../www/server/stack.mjs';

/** @typedef {import('../../support/context.mjs').Context} Context */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {(env: Record<string, string>) => Promise<string>} Start starts the application's server, and gives its address */
/** @typedef {Awaited<ReturnType<typeof startStack>>} Stack */

/** The service says in this way that nobody is signed in, and browsers write that on the console. */
const NO_SESSION = /oauth2\/token\S* 401|status of 401/;

/** A page that is left ends its requests. */
const LEFT = /ERR_ABORTED/;

const BLOCKED = "script-src 'self' 'unsafe-inline'";

/**
 * @param {Context} context
 * @param {Start} start
 */
export async function tellStory(context, start) {
  const stack = await startStack({ control: true, limits: { start: Infinity, token: Infinity, callback: Infinity } });
  const api = await startApi(stack);
  try {
    stack.setWorker(api.url);
    const options = { baseUrl: stack.baseUrl.oauth2, routes: 'oauth2', profile: 'eager' };
    const env = { AUTH_OPTIONS: JSON.stringify(options) };
    stack.setApp({ url: await start(env) });
    await rendersForNobody(stack);
    await signsInAndOut(context, stack);
    await reloadsWithoutFlicker(context, stack);
    await deniesRoles(context, stack);
    await comesBackByTheService(context, stack);
    await survivesFailures(context, stack);
    stack.setApp({ url: await start({ ...env, CONTENT_SECURITY_POLICY: BLOCKED }) });
    await worksWithoutWasm(context, stack);
  } finally {
    await api.close();
    await stack.close();
  }
}

/** An API that tells a bearer who they are. @param {Stack} stack */
async function startApi(stack) {
  const keys = createRemoteJWKSet(new URL(stack.jwksUrl));
  const server = createServer(async ({ headers }, response) => {
    try {
      const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
      const { payload } = await jwtVerify(token, keys, { issuer: stack.issuer, audience: stack.issuer });
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ sub: payload.sub }));
    } catch {
      response.writeHead(401).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

/** Two renders at once: the public page is whole, nobody is known, and the service hears nothing. @param {Stack} stack */
async function rendersForNobody(stack) {
  await stack.control.resetCounts();
  const answers = await Promise.all(['/', '/battle', '/'].map((path) => fetch(stack.appUrl + path)));
  const [home, battle] = await Promise.all(answers.map((answer) => answer.text()));
  assert.match(home, /Find the best model/);
  assert.match(battle, /<h1>Battle<\/h1>/, 'a guarded page is rendered for everybody the same');
  for (const html of [home, battle]) {
    assert.match(html, /data-testid="pending"/);
    assert.doesNotMatch(html, /Sign (in|out)/);
  }
  assert.deepEqual(
    Object.entries(await stack.control.counts()).filter(([, count]) => count > 0),
    [],
  );
}

/**
 * @param {Context} context
 * @param {Stack} stack
 */
async function visit(context, stack) {
  const { page, problems } = await context.open();
  const at = (/** @type {string} */ id) => page.getByTestId(id);
  return {
    page,
    at,
    go: (/** @type {string} */ path) => page.goto(stack.appUrl + path),
    isAt: (/** @type {string} */ path) => page.waitForURL(stack.appUrl + path),
    isStable: () => page.locator('nav[data-stable=true]').waitFor(),
    /** At the provider's page. @param {string} account */
    chooses: (account) => page.click(`button[value=${account}]`),
    end: async (/** @type {RegExp} */ expected = NO_SESSION) => {
      assert.deepEqual(
        problems.filter((problem) => !expected.test(problem) && !LEFT.test(problem)),
        [],
      );
      await page.context().close();
    },
  };
}

/**
 * @param {Context} context
 * @param {Stack} stack
 */
async function signsInAndOut(context, stack) {
  const { page, at, go, isAt, isStable, chooses, end } = await visit(context, stack);
  await go('/');
  await at('login').waitFor();
  await isStable();
  await page.click('text=Battle');
  await chooses('maya');
  await isAt('/battle');
  const { sub } = stack.accounts.find(({ username }) => username === 'maya') ?? {};
  assert.equal(await at('sub').innerText(), sub);
  await at('name').filter({ hasText: 'maya' }).waitFor();
  // The token is renewed in some minutes: that timer must not count as work of the application.
  await isStable();
  await at('call-api').click();
  await at('api').filter({ hasText: sub }).waitFor();
  assert.doesNotMatch(
    await page.evaluate('JSON.stringify(Object.values(sessionStorage)) + document.referrer'),
    /code=|state=/,
  );
  const history = await page.evaluate('navigation.entries().map(({ url }) => url).join()');
  assert.doesNotMatch(history, /callback|code=/, 'the callback page has no place in the history');
  await go('/battle');
  await at('logout').click();
  await isAt('/');
  await at('login').waitFor();
  await go('/battle');
  await page.waitForURL(`${stack.providerUrl}/**`);
  await page.click('.quiet');
  await at('callback-error').filter({ hasText: 'login_denied' }).waitFor();
  await isAt('/');
  await end();
}

/**
 * What was rendered on the server stays, node by node, and nobody is told to sign in who is signed in.
 * @param {Context} context
 * @param {Stack} stack
 */
async function reloadsWithoutFlicker(context, stack) {
  const { page, at, go, isStable, chooses, end } = await visit(context, stack);
  await go('/battle');
  await chooses('maya');
  await at('sub').waitFor();
  await page.addInitScript(() => {
    const seen = /** @type {string[]} */ ([]);
    const look = () => {
      const title = document.querySelector('h1')?.textContent ?? '';
      const login = document.querySelector('[data-testid=login]') ? ' and a way to sign in' : '';
      if (title && seen.at(-1) !== title + login) seen.push(title + login);
      Object.assign(window, { seen, first: /** @type {any} */ (window).first ?? document.querySelector('h1') });
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
  await page.reload();
  await at('sub').waitFor();
  await isStable();
  assert.deepEqual(await page.evaluate('seen'), ['Battle']);
  assert.equal(
    await page.evaluate("first === document.querySelector('h1')"),
    true,
    'the page was hydrated, not made anew',
  );
  await end();
}

/**
 * @param {Context} context
 * @param {Stack} stack
 */
async function deniesRoles(context, stack) {
  for (const [account, path] of [
    ['maya', '/?denied=roles'],
    ['jonas', '/admin'],
  ]) {
    const { page, at, go, isAt, chooses, end } = await visit(context, stack);
    await go('/battle');
    await chooses(account);
    await at('sub').waitFor();
    assert.equal(await page.locator('nav >> text=Administration').count(), account === 'jonas' ? 1 : 0);
    await go('/admin');
    await isAt(path);
    await end();
  }
}

/**
 * As BixArena is deployed: the provider leads to the service, and that to the page.
 * @param {Context} context
 * @param {Stack} stack
 */
async function comesBackByTheService(context, stack) {
  await stack.control.setCallback('service');
  const { page, at, go, isAt, chooses, end } = await visit(context, stack);
  await go('/battle');
  await chooses('maya');
  await isAt('/battle');
  await at('sub').waitFor();
  assert.equal(await page.getByTestId('callback-error').count(), 0);
  await end();
  await stack.control.setCallback('page');
}

/**
 * A public page is there whatever fails.
 * @param {Context} context
 * @param {Stack} stack
 */
async function survivesFailures(context, stack) {
  const { page, at, go, isStable, end } = await visit(context, stack);
  await page.route('**/config.json', (route) => route.fulfill({ status: 500, body: 'out of order' }));
  await go('/');
  await at('error-code').filter({ hasText: 'not_initialized' }).waitFor();
  await isStable();
  await page.unroute('**/config.json');
  await stack.control.addFault({ operation: 'token', kind: 'respond', status: 503, times: null });
  await go('/battle');
  await at('error-code').filter({ hasText: 'service_unavailable' }).waitFor();
  await stack.control.clearFaults();
  await at('login').click();
  await page.waitForURL(`${stack.providerUrl}/**`);
  await end(/ 500|of 500| 503|of 503|JSON|40[14]/);
}

/**
 * @param {Context} context
 * @param {Stack} stack
 */
async function worksWithoutWasm(context, stack) {
  const { page, at, go, isAt, isStable, chooses, end } = await visit(context, stack);
  await go('/');
  await at('error-code').filter({ hasText: 'wasm_blocked' }).waitFor();
  await isStable();
  await at('login').click();
  await chooses('maya');
  await isAt('/');
  await at('unverified-name').filter({ hasText: 'maya' }).waitFor();
  assert.equal(await at('name').count(), 0, 'nobody is signed in whose token was not verified');
  await go('/battle');
  await isAt('/');
  await at('logout').click();
  await at('login').waitFor();
  await end(/ 401|of 401|Content Security Policy/);
}
