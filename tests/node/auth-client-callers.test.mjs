// @ts-check
// What callers bring with them: options that throw or say rubbish, stores that freeze what they are given, calls from inside of calls.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AuthClient, isAuthError, safeReturnTo } from 'bixarena-auth-client';
import { createTestIssuer } from 'bixarena-auth-client/testing';

/** @typedef {import('bixarena-auth-client').AuthClientOptions} Options */

/** @type {Awaited<ReturnType<typeof createTestIssuer>>} */
let issuer;
/** @type {AuthClient[]} */
const opened = [];

beforeEach(async () => {
  issuer = await createTestIssuer();
  issuer.signIn('maya');
});
afterEach(() => {
  for (const client of opened.splice(0)) client.dispose();
});

/** @param {Options} [options] */
async function openClient(options) {
  const client = await AuthClient.create({ ...issuer.clientOptions, ...options });
  opened.push(client);
  return client;
}

/** @param {string} code */
const withCode = (code) => (/** @type {unknown} */ error) => isAuthError(error) && error.code === code;

/**
 * What a promise comes to; a call that is never answered is a failure.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
const soon = (promise) => {
  const late = new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error('never answered')), 2_000);
    promise.finally(() => clearTimeout(timer)).catch(() => {});
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, late]));
};

describe('a state that a store has frozen', () => {
  it('is replaced when the token is renewed, and everybody is answered', async () => {
    const client = await openClient();
    const state = Object.freeze(await client.start());
    const before = state.status === 'authenticated' && state.claims;
    await soon(client.getToken({ forceRefresh: true }));
    assert.ok(client.state.status === 'authenticated' && client.state !== state);
    assert.notEqual(client.state.claims, before);
    assert.deepEqual(client.state.claims, (await client.verify(await client.getToken())).claims);
  });
});

describe('a callback path that is no string', () => {
  it('does no harm, however often it is given', () => {
    for (let time = 0; time < 1_000; time += 1) {
      for (const callbackPath of /** @type {any[]} */ ([null, 7, {}, Symbol('path'), { toString: null }])) {
        safeReturnTo('/battle', { origin: 'https://app.example', callbackPath });
      }
    }
    assert.equal(safeReturnTo('/battle', { origin: 'https://app.example' }), '/battle');
    assert.equal(safeReturnTo('/callback', { origin: 'https://app.example' }), null);
  });
});

describe('a clock that the caller gave', () => {
  it('and that stops in the middle leaves nobody without an answer', async () => {
    for (const stopped of [
      () => {
        throw new Error('no time');
      },
      () => NaN,
      () => Infinity,
      () => /** @type {any} */ ('noon'),
      () => /** @type {any} */ (undefined),
    ]) {
      let now = Date.now;
      const client = await openClient({ now: () => now() });
      const first = client.getToken();
      now = stopped;
      const token = await soon(first);
      assert.equal(await soon(client.getToken()), token);
      await assert.rejects(
        client.verify(await issuer.sign({ sub: 'maya', iat: 1, exp: 2 })),
        withCode('token_expired'),
      );
      client.dispose();
      await assert.rejects(client.getToken(), withCode('disposed'));
    }
  });

  it('and that goes backwards takes no token away and gives none that has expired', async () => {
    let time = Date.now();
    const client = await openClient({ now: () => time });
    const token = await client.getToken();
    time -= 3_600e3;
    assert.equal(await client.getToken(), token);
    time += 2 * 3_600e3;
    issuer.answerNext('token', 503);
    await assert.rejects(client.getToken(), withCode('service_unavailable'));
    assert.equal(client.state.status, 'unknown');
  });
});
