// @ts-check
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startStack } from '../../www/server/stack.mjs';
import { Browser } from './support/browser.mjs';
import { until } from './support/until.mjs';
import { callBack, comeBack, openLogin, signIn, submitLogin, urlOf } from './support/journey.mjs';

/** @type {import('../../www/server/stack.mjs').Stack} */
let stack;
before(async () => void (stack = await startStack({ control: true, limits: { start: 1000, callback: 1000 } })));
after(() => stack.close());

/**
 * A failed callback: 400, plain JSON and no problem document, no cookie, no session.
 *
 * @param {Response} answer
 * @param {string} reason
 */
async function assertReason(answer, reason) {
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get('Content-Type'), 'application/json');
  assert.deepEqual(await answer.json(), { status: `error:${reason}` });
  assert.equal(answer.headers.get('Set-Cookie'), null);
}

/** @param {Browser} browser */
async function signedIn(browser) {
  return (await browser.fetch(urlOf(stack, 'token'), { method: 'POST' })).status === 200;
}

describe('why a callback fails', () => {
  test('no-session: a browser that started nothing', async () => {
    const { code, state } = await comeBack(stack, new Browser());
    const stranger = new Browser();
    await assertReason(await callBack(stack, stranger, { code, state }), 'no-session');
    assert.equal(await signedIn(stranger), false);
  });

  test('no-session: the session ended at the provider', async () => {
    const browser = new Browser();
    const back = await comeBack(stack, browser);
    await stack.control.expireSessions();
    await assertReason(await callBack(stack, browser, back), 'no-session');
  });

  test('no-session: the session ended while the code was being exchanged', async () => {
    const browser = new Browser();
    const back = await comeBack(stack, browser);
    await stack.control.spoilNextIdToken('late');
    const answer = callBack(stack, browser, back);
    await until(async () => (await stack.control.requests('callback')).at(-1)?.status === null);
    assert.equal((await browser.fetch(urlOf(stack, 'logout'), { method: 'POST' })).status, 204);
    await assertReason(await answer, 'no-session');
  });

  test('state-mismatch: another state, which leaves the login open', async () => {
    const browser = new Browser();
    const back = await comeBack(stack, browser);
    await assertReason(await callBack(stack, browser, { ...back, state: 'of-another-login' }), 'state-mismatch');
    assert.equal((await callBack(stack, browser, back)).status, 200);
  });

  test('state-mismatch: the callback page is loaded again, and the user stays signed in', async () => {
    const browser = new Browser();
    const back = await comeBack(stack, browser);
    assert.equal((await callBack(stack, browser, back)).status, 200);
    await assertReason(await callBack(stack, browser, back), 'state-mismatch');
    assert.equal(await signedIn(browser), true);
  });

  test('state-mismatch: the state of an earlier start in the same session', async () => {
    const browser = new Browser();
    const first = await comeBack(stack, browser);
    const second = await comeBack(stack, browser);
    await assertReason(await callBack(stack, browser, first), 'state-mismatch');
    assert.equal((await callBack(stack, browser, second)).status, 200);
  });

  test('state-mismatch: of two requests at the same time one gets through', async () => {
    const browser = new Browser();
    const back = await comeBack(stack, browser);
    const answers = await Promise.all([callBack(stack, browser, back), callBack(stack, browser, back)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
  });

  test('token-exchange: a code that the provider did not give', async () => {
    const browser = new Browser();
    const { state } = await comeBack(stack, browser);
    await assertReason(await callBack(stack, browser, { code: 'invented', state }), 'token-exchange');
    assert.equal(await signedIn(browser), false);
  });

  test('token-exchange: the provider cannot be reached', async () => {
    const browser = new Browser();
    const back = await comeBack(stack, browser);
    await stack.control.goOffline('provider');
    const answer = await callBack(stack, browser, back);
    await stack.control.goOnline('provider');
    await assertReason(answer, 'token-exchange');
  });

  const defects = /** @type {const} */ ([
    ['refused', 'token-exchange'],
    ['no-id-token', 'missing-id-token'],
    ['no-sub', 'missing-sub'],
    ['wrong-nonce', 'exception'],
    ['bad-signature', 'exception'],
  ]);
  for (const [defect, reason] of defects) {
    test(`${reason}: the provider's answer is spoilt: ${defect}`, async () => {
      const browser = new Browser();
      const back = await comeBack(stack, browser);
      await stack.control.spoilNextIdToken(defect);
      await assertReason(await callBack(stack, browser, back), reason);
      assert.equal(await signedIn(browser), false);
      // The state is used up all the same.
      await assertReason(await callBack(stack, browser, back), 'state-mismatch');
    });
  }

  test('a failed second login leaves the first one as it was', async () => {
    const browser = await signIn(stack);
    const { state } = await comeBack(stack, browser, 'jonas');
    await assertReason(await callBack(stack, browser, { code: 'invented', state }), 'token-exchange');
    assert.equal(await signedIn(browser), true);
  });

  test('the same reasons where the service itself is the callback', async () => {
    await stack.control.setCallback('service');
    const browser = new Browser();
    const login = await openLogin(stack, browser);
    await stack.control.spoilNextIdToken('no-sub');
    const back = await browser.navigate(`${login.url.href}/sign-in`, { form: { account: 'maya' } });
    await stack.control.setCallback('page');
    assert.ok(back.answer);
    await assertReason(back.answer, 'missing-sub');
  });
});

describe('the session cookie', () => {
  test('its attributes, at start and at the callback', async () => {
    const browser = new Browser();
    const expected = /^JSESSIONID=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/;
    const start = await browser.fetch(urlOf(stack, 'start'));
    assert.match(start.headers.get('Set-Cookie') ?? '', expected);
    const { code, state } = await comeBack(stack, browser);
    const answer = await callBack(stack, browser, { code, state });
    assert.match(answer.headers.get('Set-Cookie') ?? '', expected);
  });

  test('a login gives it a new value, and the one from before is worth nothing', async () => {
    const browser = new Browser();
    const back = await comeBack(stack, browser);
    const planted = browser.cookie('JSESSIONID')?.value;
    await callBack(stack, browser, back);
    assert.notEqual(browser.cookie('JSESSIONID')?.value, planted);
    const headers = { Cookie: `JSESSIONID=${planted}` };
    assert.equal((await fetch(urlOf(stack, 'token'), { method: 'POST', headers })).status, 401);
  });

  test('start keeps the session of somebody who is signed in', async () => {
    const browser = await signIn(stack);
    await browser.fetch(urlOf(stack, 'start'));
    assert.equal(await signedIn(browser), true);
  });

  test('an invented cookie is no session', async () => {
    const headers = { Cookie: 'JSESSIONID=invented; JSESSIONID=again' };
    assert.equal((await fetch(urlOf(stack, 'token'), { method: 'POST', headers })).status, 401);
  });
});

test('the login of the page callback goes through the page', async () => {
  const browser = new Browser();
  const login = await openLogin(stack, browser);
  const back = await submitLogin(stack, browser, login.url, { account: 'maya' });
  assert.deepEqual([...back.searchParams.keys()], ['code', 'state'], 'Synapse sends nothing else');
});
