// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { operations } from '../../www/server/service/operations.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { assertContract, assertProblem, contract } from './contract.mjs';
import { Browser } from './support/browser.mjs';
import { callBack, comeBack, signIn, urlOf } from './support/journey.mjs';

/** @type {import('../../www/server/stack.mjs').Stack} */
let stack;
before(async () => void (stack = await startStack({ control: true })));
after(() => stack.close());

describe('the v1 operations keep the contract', () => {
  test('they have the methods and paths of the contract', () => {
    for (const [name, { method, path }] of Object.entries(contract)) {
      const operation = operations[/** @type {keyof typeof contract} */ (name)];
      assert.deepEqual([operation.method, operation.v1], [method, `/v1${path}`]);
    }
  });

  test('start: 302 to the provider, with the parameters of the flow', async () => {
    const answer = await new Browser().fetch(urlOf(stack, 'start'));
    assert.equal(answer.status, 302);
    await assertContract('start', answer.clone());
    const location = new URL(answer.headers.get('Location') ?? '');
    assert.equal(location.origin, stack.providerUrl);
    const { state, nonce, code_challenge: challenge, ...rest } = Object.fromEntries(location.searchParams);
    assert.deepEqual(rest, {
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: `${stack.appUrl}/callback`,
      client_id: 'bixarena',
      code_challenge_method: 'S256',
    });
    for (const random of [state, nonce, challenge]) assert.match(random ?? '', /^[\w-]{43}$/);
  });

  test('start: 204 when it is told so, with a session that knows the state', async () => {
    await stack.control.setStartStatus(204);
    const answer = await new Browser().fetch(urlOf(stack, 'start'));
    await stack.control.setStartStatus(302);
    assert.equal(answer.status, 204);
    await assertContract('start', answer);
    assert.match(answer.headers.get('Set-Cookie') ?? '', /^JSESSIONID=/);
  });

  test('callback: 200 and {"status":"ok"}', async () => {
    const browser = new Browser();
    const answer = await callBack(stack, browser, await comeBack(stack, browser));
    assert.equal(answer.status, 200);
    assert.deepEqual(await assertContract('callback', answer), { status: 'ok' });
  });

  const incomplete = /** @type {const} */ ([
    ['no code', 'state=s'],
    ['no state', 'code=c'],
    ['an empty code', 'code=&state=s'],
    ['an empty state', 'code=c&state='],
    ['code twice', 'code=c&code=d&state=s'],
    ['state twice', 'code=c&state=s&state=t'],
    ['an error of the provider', 'error=access_denied&state=s'],
  ]);
  for (const [name, query] of incomplete) {
    test(`callback: 400 problem+json for ${name}`, async () => {
      const url = urlOf(stack, 'callback');
      url.search = query;
      const answer = await new Browser().fetch(url);
      assert.equal(answer.status, 400);
      assert.match((await assertContract('callback', answer))?.detail, /code and state are required/);
    });
  }

  test('token: 200 with the three members', async () => {
    const browser = await signIn(stack);
    const answer = await browser.fetch(urlOf(stack, 'token'), { method: 'POST' });
    assert.equal(answer.status, 200);
    const body = await assertContract('token', answer);
    assert.deepEqual(Object.keys(body ?? {}), ['access_token', 'token_type', 'expires_in']);
    assert.deepEqual([body?.token_type, body?.expires_in], ['Bearer', 600]);
    assert.equal(answer.headers.get('Cache-Control'), 'no-store');
  });

  test('token: 401 without a session, empty, with the challenge', async () => {
    const answer = await new Browser().fetch(urlOf(stack, 'token'), { method: 'POST' });
    assert.equal(answer.status, 401);
    await assertContract('token', answer);
    assert.equal(answer.headers.get('WWW-Authenticate'), 'Cookie realm="BixArena", redirect="/auth/login"');
    assert.equal(answer.headers.get('Content-Type'), null);
  });

  test('token: 401 for a login that was started and not finished', async () => {
    const browser = new Browser();
    await browser.fetch(urlOf(stack, 'start'));
    assert.ok(browser.cookie('JSESSIONID'));
    assert.equal((await browser.fetch(urlOf(stack, 'token'), { method: 'POST' })).status, 401);
  });

  test('jwks: 200 without credentials', async () => {
    const answer = await fetch(urlOf(stack, 'jwks'));
    assert.equal(answer.status, 200);
    const body = await assertContract('jwks', answer);
    assert.equal(body?.keys.length, 1);
    assert.deepEqual(Object.keys(body?.keys[0]), ['kty', 'e', 'kid', 'alg', 'n']);
    assert.deepEqual([body?.keys[0].kty, body?.keys[0].e, body?.keys[0].alg], ['RSA', 'AQAB', 'RS256']);
  });

  test('logout: 204, and again 204, and the session is gone', async () => {
    const browser = await signIn(stack);
    const old = browser.cookie('JSESSIONID')?.value;
    for (let round = 0; round < 2; round += 1) {
      const answer = await browser.fetch(urlOf(stack, 'logout'), { method: 'POST' });
      assert.equal(answer.status, 204);
      await assertContract('logout', answer);
    }
    assert.equal(browser.cookie('JSESSIONID'), undefined, 'the cookie is taken back');
    const headers = { Cookie: `JSESSIONID=${old}` };
    assert.equal((await fetch(urlOf(stack, 'token'), { method: 'POST', headers })).status, 401);
  });
});

describe('around the operations', () => {
  test('an unknown path is 404 problem+json', async () => {
    const answer = await fetch(`${stack.serviceUrl}/v1/nothing`);
    assert.equal(answer.status, 404);
    await assertProblem(answer);
  });

  test('a wrong method is 405 problem+json with Allow', async () => {
    const answer = await fetch(urlOf(stack, 'token'));
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('Allow'), 'POST, OPTIONS');
    await assertProblem(answer);
  });

  test('start is 400 problem+json while the provider cannot be reached, and works again when it can', async (t) => {
    /** @type {unknown[]} */
    const told = [];
    const fresh = await startStack({ control: true, onError: (error) => told.push(error) });
    t.after(() => fresh.close());
    await fresh.control.goOffline('provider');
    const answer = await fetch(urlOf(fresh, 'start'), { redirect: 'manual' });
    assert.equal(answer.status, 400);
    assert.match((await assertContract('start', answer))?.detail, /identity provider cannot be reached/);
    assert.equal(answer.headers.get('Set-Cookie'), null);
    assert.equal(told.length, 1);
    await fresh.control.goOnline('provider');
    assert.equal((await fetch(urlOf(fresh, 'start'), { redirect: 'manual' })).status, 302);
  });
});
