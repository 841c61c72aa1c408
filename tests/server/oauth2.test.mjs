// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startStack } from '../../www/server/stack.mjs';
import { assertProblem } from './contract.mjs';
import { Browser } from './support/browser.mjs';
import { openLogin, signIn, submitLogin, urlOf } from './support/journey.mjs';

/** @type {import('../../www/server/stack.mjs').Stack} */
let stack;
before(
  async () =>
    void (stack = await startStack({ control: true, callback: 'service', limits: { start: 1000, callback: 1000 } })),
);
after(() => stack.close());

/** @param {string} returnTo */
async function landing(returnTo) {
  const browser = new Browser();
  const login = await openLogin(stack, browser, 'oauth2', { return_to: returnTo });
  return (await submitLogin(stack, browser, login.url, { account: 'maya' })).href.slice(stack.appUrl.length);
}

describe('return_to', () => {
  const longest = `/${'a'.repeat(499)}`;
  for (const path of ['/', '/battle', '/battle/7?tab=votes&x=%2F#top', '/%5cevil', longest]) {
    test(`followed: ${path.slice(0, 40)}`, async () => assert.equal(await landing(path), path));
  }

  const ignored = {
    'two slashes': '//evil.example/',
    'a scheme': 'https://evil.example/',
    'a scheme inside': '/go?to=https://evil.example/',
    'no leading slash': 'battle',
    'a script': 'javascript:alert(1)',
    nothing: '',
    '501 characters': `${longest}a`,
  };
  for (const [name, value] of Object.entries(ignored)) {
    test(`ignored: ${name}`, async () => assert.equal(await landing(value), '/'));
  }

  test('what the rule lets through stays on this origin', async () => {
    for (const value of ['/\\evil.example', '/\t/evil.example', '/.//evil.example', '/@evil.example']) {
      // landing() fails unless the browser ends at the UI's origin.
      assert.match(await landing(value), /^\//);
    }
  });

  test('v1 does not know it', async () => {
    const browser = new Browser();
    const login = await openLogin(stack, browser, 'v1', { return_to: '/battle' });
    const back = await submitLogin(stack, browser, login.url, { account: 'maya' });
    assert.equal(back.href, `${stack.appUrl}/`);
  });
});

describe('userinfo', () => {
  for (const [index, roles] of [['user'], ['user', 'admin']].entries()) {
    test(`the profile of ${roles.at(-1)}, which nobody may store`, async () => {
      const account = stack.accounts[index];
      assert.ok(account);
      const headers = { Cookie: (await stack.control.createSession(account.username)).cookie };
      const answer = await fetch(urlOf(stack, 'userinfo', 'oauth2'), { headers });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get('Cache-Control'), 'no-store');
      assert.deepEqual(await answer.json(), {
        sub: account.sub,
        preferred_username: account.username,
        email: account.email,
        email_verified: true,
        roles,
        avatar_url: `${stack.providerUrl}/avatars/${account.username}.svg`,
      });
    });
  }

  test('the same after a login through the provider', async () => {
    await stack.control.setCallback('page');
    const browser = await signIn(stack, 'maya', 'oauth2');
    await stack.control.setCallback('service');
    const profile = await (await browser.fetch(urlOf(stack, 'userinfo', 'oauth2'))).json();
    const [maya] = stack.accounts;
    assert.deepEqual(profile, {
      sub: maya?.sub,
      preferred_username: 'maya',
      email: 'maya.okafor@example.org',
      email_verified: true,
      roles: ['user'],
      avatar_url: `${stack.providerUrl}/avatars/maya.svg`,
    });
    assert.equal((await fetch(profile.avatar_url)).status, 200);
  });

  test('401 problem+json without a session', async () => {
    const answer = await fetch(urlOf(stack, 'userinfo', 'oauth2'));
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('WWW-Authenticate') ?? '', /^Cookie realm="BixArena"/);
    await assertProblem(answer);
  });
});

describe('logout', () => {
  test('204 with a session, then 401 problem+json', async () => {
    const headers = { Cookie: (await stack.control.createSession('maya')).cookie };
    const logout = () => fetch(urlOf(stack, 'logout', 'oauth2'), { method: 'POST', headers });
    const first = await logout();
    assert.equal(first.status, 204);
    assert.match(first.headers.get('Set-Cookie') ?? '', /^JSESSIONID=; Max-Age=0; Path=\/; HttpOnly; SameSite=Lax$/);
    const second = await logout();
    assert.equal(second.status, 401);
    await assertProblem(second);
  });

  test('401 for a login that was not finished', async () => {
    const browser = new Browser();
    await browser.fetch(urlOf(stack, 'start', 'oauth2'));
    assert.equal((await browser.fetch(urlOf(stack, 'logout', 'oauth2'), { method: 'POST' })).status, 401);
  });
});

test('start names the redirect URI of its own route set', async () => {
  for (const [routes, path] of /** @type {const} */ ([
    ['v1', '/v1/auth/oidc/callback'],
    ['oauth2', '/auth/callback'],
  ])) {
    const answer = await new Browser().fetch(urlOf(stack, 'start', routes));
    const location = new URL(answer.headers.get('Location') ?? '');
    assert.equal(location.searchParams.get('redirect_uri'), stack.appUrl + path);
  }
});
