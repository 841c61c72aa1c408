// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startStack } from '../../www/server/stack.mjs';
import { Browser } from './support/browser.mjs';
import { callBack, comeBack, openLogin, signIn, submitLogin, urlOf } from './support/journey.mjs';

/** @typedef {import('../../www/server/stack.mjs').Stack} Stack */

/**
 * @param {Stack} stack
 * @param {Browser} browser
 * @param {'v1' | 'oauth2'} [routes]
 */
async function claimsOf(stack, browser, routes = 'v1') {
  const answer = await browser.fetch(urlOf(stack, 'token', routes), { method: 'POST' });
  assert.equal(answer.status, 200);
  const { access_token: token } = await answer.json();
  const options = { issuer: 'urn:bixarena:auth', audience: 'urn:bixarena:auth' };
  return (await jwtVerify(token, createRemoteJWKSet(new URL(stack.jwksUrl)), options)).payload;
}

for (const mode of /** @type {const} */ (['same-origin', 'cross-origin'])) {
  describe(`the way through the provider, ${mode}`, () => {
    /** @type {Stack} */
    let stack;
    before(async () => void (stack = await startStack({ mode, control: true })));
    after(() => stack.close());

    for (const routes of /** @type {const} */ (['v1', 'oauth2'])) {
      for (const index of [0, 1]) {
        test(`page callback, ${routes}, ${index === 0 ? 'a user' : 'an admin'} by quick choice`, async () => {
          const account = stack.accounts[index];
          assert.ok(account);
          const browser = await signIn(stack, account.username, routes);
          const claims = await claimsOf(stack, browser, routes);
          assert.deepEqual([claims.sub, claims.roles], [account.sub, index === 0 ? ['user'] : ['user', 'admin']]);
        });
      }
    }

    for (const name of /** @type {const} */ (['username', 'email'])) {
      test(`with a password and the ${name}, in another case`, async () => {
        const [account] = stack.accounts;
        assert.ok(account);
        const browser = new Browser();
        const login = await openLogin(stack, browser);
        const form = { username: ` ${account[name].toUpperCase()} `, password: account.password };
        const { searchParams } = await submitLogin(stack, browser, login.url, form);
        const answer = await callBack(stack, browser, Object.fromEntries(searchParams));
        assert.deepEqual(await answer.json(), { status: 'ok' });
        assert.equal((await claimsOf(stack, browser)).sub, account.sub);
      });
    }

    test('the service callback leads to the UI, signed in', async () => {
      await stack.control.setCallback('service');
      const browser = new Browser();
      const login = await openLogin(stack, browser);
      const back = await submitLogin(stack, browser, login.url, { account: 'jonas' });
      await stack.control.setCallback('page');
      assert.equal(back.href, `${stack.appUrl}/`);
      assert.deepEqual((await claimsOf(stack, browser)).roles, ['user', 'admin']);
    });

    test('the service callback knows the return path of the oauth2 routes', async () => {
      await stack.control.setCallback('service');
      const browser = new Browser();
      const login = await openLogin(stack, browser, 'oauth2', { return_to: '/battle/7?tab=votes#top' });
      const back = await submitLogin(stack, browser, login.url, { account: 'maya' });
      await stack.control.setCallback('page');
      assert.equal(back.href, `${stack.appUrl}/battle/7?tab=votes#top`);
    });

    test('cancelling comes back with error=access_denied, a description and the state, and no code', async () => {
      const browser = new Browser();
      const login = await openLogin(stack, browser);
      const back = await browser.navigate(`${login.url.href}/cancel`, {
        form: {},
        stop: (url) => url.origin === stack.appUrl,
      });
      const { state, ...rest } = Object.fromEntries(back.url.searchParams);
      assert.equal(back.url.pathname, '/callback');
      assert.deepEqual(rest, {
        error: 'access_denied',
        error_description: 'The sign-in was cancelled at Synapse',
      });
      assert.match(state ?? '', /^[\w-]{43}$/);
      assert.equal((await browser.fetch(urlOf(stack, 'token'), { method: 'POST' })).status, 401);
    });

    test('cancelling with the service callback leads to the UI, signed out', async () => {
      await stack.control.setCallback('service');
      const browser = new Browser();
      const login = await openLogin(stack, browser);
      const back = await browser.navigate(`${login.url.href}/cancel`, {
        form: {},
        stop: (url) => url.href === `${stack.appUrl}/`,
      });
      await stack.control.setCallback('page');
      assert.equal(back.answer, null);
      assert.equal((await browser.fetch(urlOf(stack, 'token'), { method: 'POST' })).status, 401);
    });
  });
}

describe('the login page', () => {
  /** @type {Stack} */
  let stack;
  before(async () => void (stack = await startStack()));
  after(() => stack.close());

  test('it is asked for at every login, so that one can come back as somebody else', async () => {
    const browser = await signIn(stack, 'maya');
    await browser.fetch(urlOf(stack, 'logout'), { method: 'POST' });
    const answer = await callBack(stack, browser, await comeBack(stack, browser, 'jonas'));
    assert.equal(answer.status, 200);
    assert.equal((await claimsOf(stack, browser)).sub, stack.accounts[1]?.sub);
  });

  test('it shows both accounts, says that it is local, and runs no script', async () => {
    const browser = new Browser();
    const { html, url } = await openLogin(stack, browser);
    for (const { name, username, password } of stack.accounts) {
      for (const text of [name, `value="${username}"`, password]) assert.ok(html.includes(text), text);
    }
    assert.match(html, /is not synapse\.org/);
    assert.doesNotMatch(html, /<script/);
    const answer = await browser.fetch(url);
    assert.match(answer.headers.get('Content-Security-Policy') ?? '', /default-src 'none'/);
    assert.equal(answer.headers.get('Cache-Control'), 'no-store');
  });

  test('a wrong password: 401, the name kept as text, and the way stays open', async () => {
    const browser = new Browser();
    const { url } = await openLogin(stack, browser);
    const typed = '"><img src=x onerror=alert(1)>';
    const { answer } = await browser.navigate(`${url.href}/sign-in`, { form: { username: typed, password: 'x' } });
    assert.equal(answer?.status, 401);
    const html = await answer.text();
    assert.match(html, /role="alert"/);
    assert.ok(html.includes('value="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"'));
    const back = await submitLogin(stack, browser, url, { account: 'maya' });
    assert.ok(back.searchParams.get('code'));
  });

  for (const [username, password] of [
    ['maya', 'jonas-local'],
    ['jonas', ''],
    ['', ''],
  ]) {
    test(`the password ${password || '(none)'} does not sign in ${username || 'nobody'}`, async () => {
      const browser = new Browser();
      const { url } = await openLogin(stack, browser);
      const form = { username: username ?? '', password: password ?? '' };
      assert.equal((await browser.navigate(`${url.href}/sign-in`, { form })).answer?.status, 401);
    });
  }

  test('an unknown quick choice signs nobody in', async () => {
    const browser = new Browser();
    const { url } = await openLogin(stack, browser);
    const { answer } = await browser.navigate(`${url.href}/sign-in`, { form: { account: 'root' } });
    assert.equal(answer?.status, 401);
  });

  test('a login that is over, or of another browser, is 410 and says what to do', async () => {
    const browser = new Browser();
    const { url } = await openLogin(stack, browser);
    await submitLogin(stack, browser, url, { account: 'maya' });
    for (const visitor of [browser, new Browser()]) {
      const { answer } = await visitor.navigate(url);
      assert.equal(answer?.status, 410);
      assert.match(await answer.text(), /This sign-in is over/);
    }
  });

  test('a form that is too long is refused', async () => {
    const browser = new Browser();
    const { url } = await openLogin(stack, browser);
    const { answer } = await browser.navigate(`${url.href}/sign-in`, { form: { username: 'x'.repeat(5000) } });
    assert.equal(answer?.status, 410);
  });

  test('avatars are pictures, also for a page of another origin', async () => {
    const answer = await fetch(`${stack.providerUrl}/avatars/maya.svg`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('Content-Type'), 'image/svg+xml');
    assert.equal(answer.headers.get('Cross-Origin-Resource-Policy'), 'cross-origin');
    assert.equal((await fetch(`${stack.providerUrl}/avatars/nobody.svg`)).status, 404);
  });
});
