// @ts-check
// What people do with the sample application of examples/react, in a browser and against the local auth service. StrictMode is on.
import assert from 'node:assert/strict';
import { startStack } from '../../../../www/server/stack.mjs';

/** @typedef {import('../../support/context.mjs').Context} Context */
/** @typedef {Awaited<ReturnType<typeof startStack>>} Stack */

/**
 * Nobody is signed in: browsers write that on the console. A page that is left ends its requests. And the apex passes on no
 * WebSocket, by which the development server tells of changes.
 */
const EXPECTED = /oauth2\/token\S* 401|status of 401|ERR_ABORTED|WebSocket/;

const BLOCKED = "script-src 'self' 'unsafe-inline'";

/**
 * @param {Context} context
 * @param {any} app where the application is
 */
export async function tellStory(context, app) {
  const limits = { start: Infinity, token: Infinity, callback: Infinity };
  const stack = await startStack({ control: true, limits });
  try {
    stack.setApp(app);
    await signsInAndOut(context, stack);
    await deniesRoles(context, stack);
    await comesBackByTheService(context, stack);
    if (app.dir !== undefined) {
      stack.setApp({ ...app, csp: BLOCKED });
      await worksWithoutWasm(context, stack);
    }
  } finally {
    await stack.close();
  }
}

/**
 * @param {Context} context
 * @param {Stack} stack
 */
async function visit(context, stack) {
  const { page, problems } = await context.open();
  return {
    page,
    at: (/** @type {string} */ id) => page.getByTestId(id),
    go: (/** @type {string} */ path) => page.goto(stack.appUrl + path),
    isAt: (/** @type {string} */ path) => page.waitForURL(stack.appUrl + path),
    /** At the provider's page. @param {string} account */
    chooses: (account) => page.click(`button[value=${account}]`),
    end: async (/** @type {RegExp} */ expected = EXPECTED) => {
      const others = problems.filter((problem) => !expected.test(problem));
      assert.deepEqual(others, []);
      await page.context().close();
    },
  };
}

/**
 * @param {Context} context
 * @param {Stack} stack
 */
async function signsInAndOut(context, stack) {
  const { page, at, go, isAt, chooses, end } = await visit(context, stack);
  await go('/');
  await at('login').waitFor();
  await stack.control.resetCounts();
  await page.click('text=Battle');
  await chooses('maya');
  await isAt('/battle');
  const { sub, name } = stack.accounts.find(({ username }) => username === 'maya') ?? {};
  assert.equal(await at('sub').innerText(), sub);
  await at('name').filter({ hasText: /maya/i }).waitFor();
  const { callback, token } = await stack.control.counts();
  assert.deepEqual([callback, token], [1, 1], `one request each, mounted twice or not (${name})`);
  await at('renew').click();
  await at('seconds').filter({ hasText: '600' }).waitFor();
  const history = await page.evaluate('navigation.entries().map(({ url }) => url).join()');
  assert.doesNotMatch(String(history), /code=/);
  await page.reload();
  await at('sub').waitFor();
  await page.click('text=Arena');
  await at('logout').click();
  await at('login').click();
  await page.click('.quiet');
  await at('error').filter({ hasText: 'login_denied' }).waitFor();
  await end();
}

/**
 * @param {Context} context
 * @param {Stack} stack
 */
async function deniesRoles(context, stack) {
  for (const [account, shown] of [
    ['maya', 'refused'],
    ['jonas', 'admin'],
  ]) {
    const { page, at, go, isAt, chooses, end } = await visit(context, stack);
    await go('/admin');
    await chooses(account);
    await isAt('/admin');
    await at(shown).waitFor();
    if (shown === 'refused') assert.equal(await at(shown).innerText(), 'denied');
    assert.equal(await page.locator('nav >> text=Administration').count(), account === 'jonas' ? 1 : 0);
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
  const { at, go, isAt, chooses, end } = await visit(context, stack);
  await go('/battle');
  await chooses('maya');
  await isAt('/battle');
  await at('sub').waitFor();
  await end();
  await stack.control.setCallback('page');
}

/**
 * A policy that forbids wasm: the page is there, says why, and leads to the sign-in.
 * @param {Context} context
 * @param {Stack} stack
 */
async function worksWithoutWasm(context, stack) {
  const { page, at, go, end } = await visit(context, stack);
  await go('/');
  await at('error').filter({ hasText: 'wasm_blocked' }).waitFor();
  await at('login').click();
  await page.waitForURL(`${stack.providerUrl}/**`);
  await end(/ 401|of 401|Content Security Policy|ERR_ABORTED/);
}
