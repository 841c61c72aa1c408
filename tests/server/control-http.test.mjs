// @ts-check
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { startStack } from '../../www/server/stack.mjs';
import { Browser } from './support/browser.mjs';
import { callBack, comeBack, urlOf } from './support/journey.mjs';

/** @type {import('../../www/server/stack.mjs').Stack} */
let stack;
before(async () => void (stack = await startStack({ control: true })));
after(() => stack.close());
beforeEach(() => stack.control.resetCounts());

/**
 * @param {string} method
 * @param {unknown} [values]
 * @param {Record<string, string>} [headers]
 */
function call(method, values, headers = {}) {
  const body = values === undefined ? null : JSON.stringify(values);
  return fetch(`${stack.controlUrl}/${method}`, { method: 'POST', body, headers });
}

describe('the controls over HTTP', () => {
  test('they list themselves, and are those of the JavaScript interface', async () => {
    assert.deepEqual(await (await fetch(`${stack.controlUrl}/`)).json(), Object.keys(stack.control));
  });

  test('a call with arguments works as in JavaScript', async () => {
    const { cookie } = await (await call('createSession', ['maya'])).json();
    await call('addFault', [{ operation: 'token', kind: 'respond', status: 503 }]);
    const mint = () => fetch(urlOf(stack, 'token'), { method: 'POST', headers: { Cookie: cookie } });
    assert.deepEqual([(await mint()).status, (await mint()).status], [503, 200]);
    assert.equal((await (await call('counts')).json()).token, 2);
    assert.equal(await (await call('expireSessions')).json(), null);
    assert.equal((await mint()).status, 401);
  });

  test('a wrong call says what is wrong', async () => {
    const wrong = /** @type {[string, unknown, number, RegExp][]} */ ([
      ['reboot', [], 404, /no such control: reboot/],
      ['constructor', [], 404, /no such control/],
      ['addFault', [{ operation: 'x' }], 400, /operation: expected/],
      ['counts', {}, 400, /array of arguments/],
    ]);
    for (const [method, values, status, message] of wrong) {
      const answer = await call(method, values);
      assert.equal(answer.status, status);
      assert.match((await answer.json()).error, message);
    }
  });

  test('a page of this machine may use them', async () => {
    const answer = await call('counts', [], { Origin: 'http://127.0.0.1:8000' });
    assert.equal(answer.headers.get('Access-Control-Allow-Origin'), 'http://127.0.0.1:8000');
  });

  test('a page from elsewhere may not, by its origin or by a name that points here', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
      assert.equal((await call('counts', [], { Origin: origin })).status, 403);
    }
    assert.equal(await statusUnderHost('evil.example'), 403);
  });

  test('without the option there are none', async (t) => {
    const plain = await startStack();
    t.after(() => plain.close());
    assert.equal(plain.controlUrl, null);
    assert.throws(() => plain.control.counts(), /start it with \{ control: true \}/);
    for (const url of [plain.appUrl, plain.serviceUrl, plain.providerUrl]) {
      assert.equal((await fetch(`${url}/__control/counts`, { method: 'POST' })).ok, false);
    }
  });
});

/**
 * @param {string} host
 * @returns {Promise<number | undefined>}
 */
function statusUnderHost(host) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${stack.controlUrl}/counts`, { method: 'POST', headers: { Host: host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    request.on('error', reject).end();
  });
}

describe('the request records', () => {
  test('they tell operation, route set, method, path, headers of interest and status', async () => {
    await fetch(urlOf(stack, 'token', 'oauth2', { audience: 'urn:bixarena:api' }), {
      method: 'POST',
      headers: { Origin: stack.appUrl, Accept: 'application/json', Cookie: 'JSESSIONID=x; theme=dark' },
    });
    const [record, ...others] = await stack.control.requests('token');
    assert.equal(others.length, 0);
    const { id, time, headers, ...rest } = record ?? assert.fail('no record');
    assert.ok(id > 0 && Math.abs(time - Date.now()) < 5000);
    assert.deepEqual(rest, {
      operation: 'token',
      routes: 'oauth2',
      method: 'POST',
      path: '/oauth2/token',
      query: { audience: 'urn:bixarena:api' },
      cookies: ['JSESSIONID', 'theme'],
      authorization: null,
      fault: null,
      status: 401,
      aborted: false,
    });
    assert.equal(headers.origin, stack.appUrl);
    assert.equal(headers.accept, 'application/json');
    assert.match(headers['x-forwarded-for'] ?? '', /127\.0\.0\.1/);
  });

  test('they hold no secret', async () => {
    const browser = new Browser();
    const back = await comeBack(stack, browser);
    await callBack(stack, browser, back);
    const session = browser.cookie('JSESSIONID')?.value ?? '';
    await browser.fetch(urlOf(stack, 'token'), {
      method: 'POST',
      headers: { Authorization: 'Bearer secret-token', Referer: `${stack.appUrl}/callback?code=${back.code}` },
    });
    const records = await stack.control.requests();
    assert.deepEqual(
      records.map(({ operation }) => operation),
      ['start', 'callback', 'token'],
    );
    assert.equal(records[2]?.authorization, 'Bearer');
    const text = JSON.stringify(records);
    for (const secret of [back.code, back.state, session, 'secret-token']) assert.ok(!text.includes(secret));
  });

  test('they are the last thousand', async () => {
    await stack.control.setRateLimits({ jwks: null });
    for (let n = 0; n < 1010; n += 10) {
      await Promise.all(Array.from({ length: 10 }, () => fetch(`${stack.serviceUrl}/.well-known/jwks.json`)));
    }
    await stack.control.setRateLimits({ jwks: 100 });
    assert.equal((await stack.control.requests()).length, 1000);
    assert.equal((await stack.control.counts()).jwks, 1010);
  });
});
