// @ts-check
// The session exchanger against the local auth service, as it really answers.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { JwtVerifier, createSessionExchanger } from 'bixarena-auth-client/edge';
import { startStack } from '../../www/server/stack.mjs';
import { problem, read } from './support/edge-tokens.mjs';

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {JwtVerifier} */
let verifier;

before(async () => {
  stack = await startStack({ control: true, audiences: ['urn:bixarena:auth', 'urn:bixarena:api'] });
  verifier = await JwtVerifier.create({ jwksUrl: stack.jwksUrl, issuer: stack.issuer, audience: 'urn:bixarena:auth' });
});
after(async () => {
  verifier.dispose();
  await stack.close();
});

/** @param {'v1' | 'oauth2'} routes */
const exchangerFor = (routes) => createSessionExchanger({ baseUrl: stack.baseUrl[routes], routes, verifier });

/** @param {string} cookie */
const withCookie = (cookie) => new Request('https://edge.example/api', { headers: { cookie } });

const required = problem(401, 'login_required', 'there is no session', {
  'www-authenticate': 'Cookie realm="BixArena", redirect="/auth/login"',
});

for (const routes of /** @type {const} */ (['v1', 'oauth2'])) {
  describe(`with the routes ${routes}`, () => {
    it('a session becomes a token until it ends, and a logout is heeded at once', async () => {
      const { cookie } = await stack.control.createSession('jonas');
      const sessions = exchangerFor(routes);
      const result = await sessions.exchange(withCookie(cookie), { roles: ['admin'] });
      assert.ok(result.kind === 'authenticated');
      assert.deepEqual(result.claims.roles, ['user', 'admin']);
      const path = routes === 'v1' ? `${stack.baseUrl.v1}/auth/logout` : `${stack.baseUrl.oauth2}/auth/logout`;
      const logout = await fetch(path, { method: 'POST', headers: { cookie } });
      assert.equal(logout.status, 204);
      assert.equal((await sessions.exchange(withCookie(cookie))).kind, 'authenticated', 'within maxAge');
      sessions.forget(withCookie(cookie));
      const refused = await sessions.exchange(withCookie(cookie));
      assert.ok(refused.kind === 'refused');
      assert.deepEqual(await read(refused.response), required);
      sessions.dispose();
    });

    it('a cookie that nobody knows is no session', async () => {
      const result = await exchangerFor(routes).exchange(withCookie('JSESSIONID=nobodys'), { anonymous: true });
      assert.deepEqual(result, { kind: 'anonymous', reason: 'session_ended' });
    });
  });
}

describe('audiences', () => {
  it('of one session are kept apart', async () => {
    const { cookie } = await stack.control.createSession('maya');
    const sessions = exchangerFor('oauth2');
    for (const audience of ['urn:bixarena:api', 'urn:bixarena:auth', 'urn:bixarena:api']) {
      const result = await sessions.exchange(withCookie(cookie), { audience });
      assert.equal(result.kind === 'authenticated' && result.claims.aud, audience);
    }
  });

  it('that the service does not know are a 502', async () => {
    const { cookie } = await stack.control.createSession('maya');
    const result = await exchangerFor('oauth2').exchange(withCookie(cookie), { audience: 'urn:other' });
    assert.ok(result.kind === 'refused');
    assert.deepEqual([result.response.status, result.error.code], [502, 'response_invalid']);
  });
});

describe("the service's limit", () => {
  /** @param {string} cookie @param {string} address */
  const from = (cookie, address) =>
    new Request('https://edge.example/api', { headers: { cookie, 'cf-connecting-ip': address } });

  /** What becomes of two users with two addresses, where one client may ask for one token. @param {string} [header] */
  async function twoUsers(header) {
    const sessions = createSessionExchanger({
      baseUrl: stack.baseUrl.v1,
      verifier,
      clientAddressHeader: header,
    });
    const kinds = [];
    for (const [username, address] of [
      ['maya', '203.0.113.1'],
      ['jonas', '203.0.113.2'],
    ]) {
      const { cookie } = await stack.control.createSession(username);
      const result = await sessions.exchange(from(cookie, address));
      kinds.push(result.kind === 'refused' ? result.error.code : result.kind);
    }
    return kinds;
  }

  it("is for all users together, unless each client's address is passed on", async () => {
    await stack.control.setRateLimits({ token: 1 });
    try {
      await stack.control.resetRateLimits();
      assert.deepEqual(await twoUsers(), ['authenticated', 'rate_limited']);
      await stack.control.resetRateLimits();
      assert.deepEqual(await twoUsers('X-Forwarded-For'), ['authenticated', 'authenticated']);
    } finally {
      await stack.control.setRateLimits({ token: 60 });
    }
  });
});

describe('a service that cannot be reached', () => {
  it('is a 503, or anonymous if that is asked for', async () => {
    const { cookie } = await stack.control.createSession('maya');
    const sessions = exchangerFor('v1');
    await stack.control.goOffline('service');
    try {
      const result = await sessions.exchange(withCookie(cookie));
      assert.ok(result.kind === 'refused');
      assert.deepEqual([result.response.status, result.response.headers.get('retry-after')], [503, '5']);
      const anonymous = await sessions.exchange(withCookie(cookie), { anonymous: 'also-when-unavailable' });
      assert.deepEqual(anonymous, { kind: 'anonymous', reason: 'unavailable' });
    } finally {
      await stack.control.goOnline('service');
    }
    assert.equal((await sessions.exchange(withCookie(cookie))).kind, 'authenticated');
  });
});
