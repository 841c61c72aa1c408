// @ts-check
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { faultKinds } from '../../www/server/control/fault-kinds.mjs';
import { operationNames, operations } from '../../www/server/service/operations.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { Browser } from './support/browser.mjs';
import { callBack, comeBack, urlOf } from './support/journey.mjs';
import { until } from './support/until.mjs';

/** @typedef {import('../../www/server/service/operations.mjs').OperationName} OperationName */

for (const mode of /** @type {const} */ (['same-origin', 'cross-origin'])) {
  describe(`faults, ${mode}`, () => {
    /** @type {import('../../www/server/stack.mjs').Stack} */
    let stack;
    /** @type {string} */
    let cookie;
    const played = new Set();
    before(async () => void (stack = await startStack({ mode, control: true, limits: { token: Infinity } })));
    after(() => stack.close());
    beforeEach(async () => void ({ cookie } = await stack.control.createSession('maya')));
    afterEach(() => stack.control.clearFaults());

    /**
     * @param {string} kind
     * @param {Record<string, any>} [parameters]
     * @param {OperationName} [operation]
     */
    const fault = (kind, parameters = {}, operation = 'token') => {
      played.add(kind);
      return stack.control.addFault({ operation, kind, ...parameters });
    };
    /** @param {OperationName} [operation] */
    const ask = (operation = 'token') => {
      const url = urlOf(stack, operation, operations[operation].v1 ? 'v1' : 'oauth2');
      const headers = { Cookie: cookie, Origin: stack.appUrl };
      const { method } = operations[operation];
      return fetch(url, { method, headers, redirect: 'manual', signal: AbortSignal.timeout(5000) });
    };
    const mint = async () => /** @type {string} */ ((await (await ask()).json()).access_token);
    const keySet = async () => createLocalJWKSet(await (await ask('jwks')).json());

    test('respond: 500 without a body', async () => {
      await fault('respond');
      const answer = await ask();
      assert.deepEqual([answer.status, await answer.text()], [500, '']);
      assert.equal(answer.headers.get('Access-Control-Allow-Origin'), stack.appUrl, 'still readable across origins');
      assert.equal((await ask()).status, 200, 'it is used up');
    });

    test('respond: status, headers and JSON body of choice', async () => {
      await fault('respond', { status: 503, headers: { 'Retry-After': '7' }, body: { title: 'no' } });
      const answer = await ask();
      assert.deepEqual([answer.status, answer.headers.get('Retry-After')], [503, '7']);
      assert.equal(answer.headers.get('Content-Type'), 'application/json');
      assert.deepEqual(await answer.json(), { title: 'no' });
    });

    test('a 204 has no body, whatever the fault', async () => {
      await fault('respond', { status: 204, body: '' });
      assert.equal((await ask()).status, 204);
      for (const kind of ['truncated', 'huge', 'json', 'content-type']) {
        await fault(kind, { set: { a: 1 } }, 'logout');
        assert.equal((await ask('logout')).status, 204);
      }
    });

    test('html: 200 and a page', async () => {
      await fault('html');
      const answer = await ask();
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('Content-Type') ?? '', /^text\/html/);
    });

    test('redirect: as it is told', async () => {
      await fault('redirect', { location: 'http://127.0.0.1:9/elsewhere', status: 307 }, 'jwks');
      const answer = await ask('jwks');
      assert.deepEqual([answer.status, answer.headers.get('Location')], [307, 'http://127.0.0.1:9/elsewhere']);
    });

    test('hang: no answer, and the client gives up', async () => {
      await fault('hang');
      const signal = AbortSignal.timeout(100);
      await assert.rejects(fetch(urlOf(stack, 'token'), { method: 'POST', signal }), { name: 'TimeoutError' });
      await until(async () => (await stack.control.requests('token')).at(-1)?.aborted === true);
    });

    test('drop: the connection ends before an answer', async () => {
      await fault('drop');
      // Behind the apex a service that cannot be reached is the gateway's 503.
      if (mode === 'same-origin') assert.equal((await ask()).status, 503);
      else await assert.rejects(ask(), TypeError);
    });

    test('delay: the answer is late, the work was done before', async () => {
      await fault('delay', { ms: 300 });
      const begun = Date.now();
      const answer = ask();
      await until(async () => (await stack.control.requests('token')).at(-1)?.fault === 'delay');
      await stack.control.expireSessions();
      assert.equal((await answer).status, 200);
      assert.ok(Date.now() - begun >= 290);
    });

    test('delay before: the work is late', async () => {
      await fault('delay', { ms: 300, when: 'before' });
      const answer = ask();
      await until(async () => (await stack.control.requests('token')).at(-1)?.fault === 'delay');
      await stack.control.expireSessions();
      assert.equal((await answer).status, 401);
    });

    test('hold: late until it is released, the work was done before', async () => {
      await fault('hold', { times: 2 });
      const answers = Promise.all([ask(), ask()]);
      await until(async () => (await stack.control.requests('token')).slice(-2).every(({ fault: f }) => f === 'hold'));
      await stack.control.release('jwks');
      await stack.control.expireSessions();
      assert.equal((await stack.control.requests('token')).at(-1)?.status, null, 'still held');
      await stack.control.release('token');
      assert.deepEqual(
        (await answers).map(({ status }) => status),
        [200, 200],
      );
    });

    test('hold before: nothing is done until it is released', async () => {
      await fault('hold', { when: 'before' });
      const answer = ask();
      await until(async () => (await stack.control.requests('token')).at(-1)?.fault === 'hold');
      await stack.control.expireSessions();
      await stack.control.release();
      assert.equal((await answer).status, 401);
    });

    test('reset: headers and half of the body, then the connection ends', async () => {
      await fault('reset');
      const answer = await ask();
      assert.equal(answer.status, 200);
      await assert.rejects(answer.text(), TypeError);
    });

    test('reset: a login whose answer is lost has taken place', async () => {
      const browser = new Browser();
      const back = await comeBack(stack, browser);
      await fault('reset', {}, 'callback');
      const answer = await callBack(stack, browser, back);
      await assert.rejects(answer.text(), TypeError);
      assert.equal((await browser.fetch(urlOf(stack, 'token'), { method: 'POST' })).status, 200);
    });

    test('reset: a logout whose answer is lost has taken place', async () => {
      await fault('reset', {}, 'logout');
      if (mode === 'same-origin') assert.equal((await ask('logout')).status, 503);
      else await assert.rejects(ask('logout'), TypeError);
      assert.equal((await ask()).status, 401);
    });

    test('reset: an answer that was empty is promised a body', async () => {
      await stack.control.expireSessions();
      await fault('reset');
      const answer = await ask();
      assert.equal(answer.status, 401);
      await assert.rejects(answer.text(), TypeError);
    });

    test('stall: headers and half of the body, then nothing', async () => {
      await fault('stall', {}, 'jwks');
      const leaving = new AbortController();
      const answer = await fetch(urlOf(stack, 'jwks'), { signal: leaving.signal });
      assert.equal(answer.status, 200);
      const text = answer.text();
      assert.equal(await Promise.race([text, setTimeout(150, 'nothing more')]), 'nothing more');
      leaving.abort();
      await assert.rejects(text, { name: 'AbortError' });
    });

    test('truncated: a whole answer with half of the JSON', async () => {
      await fault('truncated');
      const answer = await ask();
      const text = await answer.text();
      assert.equal(answer.status, 200);
      assert.match(text, /^\{"access_token":"/);
      assert.throws(() => JSON.parse(text), SyntaxError);
    });

    test('content-type: the right body under another name', async () => {
      await fault('content-type', { contentType: 'text/html' });
      const answer = await ask();
      assert.equal(answer.headers.get('Content-Type'), 'text/html');
      assert.equal((await answer.json()).token_type, 'Bearer');
    });

    test('huge: 10 MB of valid JSON', async () => {
      await fault('huge', {}, 'jwks');
      const text = await (await ask('jwks')).text();
      assert.ok(text.length > 10 * 1024 * 1024);
      assert.equal(JSON.parse(text).keys.length, 1);
    });

    test('json: other members', async () => {
      await fault('json', { set: { token_type: 'MAC', expires_in: null } });
      const body = await (await ask()).json();
      assert.deepEqual([body.token_type, 'expires_in' in body], ['MAC', false]);
    });

    test('no-cors: the right answer, unreadable across origins', async () => {
      await fault('no-cors');
      const answer = await ask();
      assert.equal(answer.status, 200);
      assert.deepEqual(
        [...answer.headers.keys()].filter((name) => name.startsWith('access-control-')),
        [],
      );
    });

    test('tampered-signature: the key is right, the signature is not', async () => {
      await fault('tampered-signature');
      const jwt = await mint();
      await assert.rejects(jwtVerify(jwt, await keySet()), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
    });

    test('tampered-signature: a 401 stays one', async () => {
      await fault('tampered-signature');
      await stack.control.expireSessions();
      assert.equal((await ask()).status, 401);
    });

    test('unpublished-key: the key is in no key set, until another replica answers', async () => {
      await fault('unpublished-key');
      const jwt = await mint();
      await assert.rejects(jwtVerify(jwt, await keySet()), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
      await fault('other-replica', {}, 'jwks');
      assert.equal((await jwtVerify(jwt, await keySet())).protectedHeader.kid, decodeProtectedHeader(jwt).kid);
      await assert.rejects(jwtVerify(jwt, await keySet()), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
    });

    test('claims: well signed, and wrong', async () => {
      await fault('claims', { claims: { iss: 'urn:elsewhere' }, header: { typ: 'at+jwt' } });
      const jwt = await mint();
      assert.equal(decodeJwt(jwt).iss, 'urn:elsewhere');
      assert.equal((await jwtVerify(jwt, await keySet())).protectedHeader.typ, 'at+jwt');
    });

    test('times: how many; skip: how many before; null: until it is cleared', async () => {
      await fault('respond', { times: 2, skip: 1 });
      const statuses = [];
      for (let n = 0; n < 4; n += 1) statuses.push((await ask()).status);
      assert.deepEqual(statuses, [200, 500, 500, 200]);
      await fault('respond', { times: null });
      assert.deepEqual([(await ask()).status, (await ask()).status], [500, 500]);
      await stack.control.clearFaults('jwks');
      assert.equal((await ask()).status, 500);
      await stack.control.clearFaults('token');
      assert.equal((await ask()).status, 200);
    });

    test('one operation after another has its own, in the order given', async () => {
      await fault('respond', { status: 500 });
      await fault('respond', { status: 502 });
      await fault('respond', { status: 504 }, 'jwks');
      const statuses = [];
      for (const operation of /** @type {const} */ (['token', 'jwks', 'token', 'token'])) {
        statuses.push((await ask(operation)).status);
      }
      assert.deepEqual(statuses, [500, 504, 502, 200]);
    });

    for (const operation of operationNames) {
      test(`every operation can fail: ${operation}`, async () => {
        await fault('respond', { status: 599 }, operation);
        assert.equal((await ask(operation)).status, 599);
      });
    }

    test('a preflight uses up no fault', async () => {
      await fault('respond');
      const headers = { Origin: stack.appUrl, 'Access-Control-Request-Method': 'POST' };
      assert.equal((await fetch(urlOf(stack, 'token'), { method: 'OPTIONS', headers })).status, 204);
      assert.equal((await ask()).status, 500);
    });

    test('offline: the connection is refused; behind the apex 503 with an empty body; then it works again', async () => {
      await stack.control.goOffline();
      if (mode === 'same-origin') {
        const answer = await ask();
        assert.deepEqual([answer.status, await answer.text()], [503, '']);
      } else {
        await assert.rejects(ask(), TypeError);
      }
      await stack.control.goOnline();
      assert.equal((await ask()).status, 200, 'the session lives on');
    });

    test('every kind of fault was played here', () => {
      assert.deepEqual([...played].sort(), Object.keys(faultKinds).sort());
    });
  });
}
