// @ts-check
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { startStack } from '../../www/server/stack.mjs';
import { assertProblem } from './contract.mjs';
import { urlOf } from './support/journey.mjs';

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;
const AUTH = { issuer: 'urn:bixarena:auth', audience: 'urn:bixarena:auth' };

/** @type {import('../../www/server/stack.mjs').Stack} */
let stack;
/** @type {{ Cookie: string }} */
let headers;
before(async () => void (stack = await startStack({ control: true, limits: { token: Infinity, jwks: Infinity } })));
after(() => stack.close());
beforeEach(async () => void (headers = { Cookie: (await stack.control.createSession('jonas')).cookie }));

/** @param {Record<string, string>} [query] */
function mint(query) {
  const url = query ? urlOf(stack, 'token', 'oauth2', query) : urlOf(stack, 'token');
  return fetch(url, { method: 'POST', headers });
}

/** @param {Record<string, string>} [query] */
async function token(query) {
  const answer = await mint(query);
  assert.equal(answer.status, 200);
  return /** @type {string} */ ((await answer.json()).access_token);
}

async function keySet() {
  return /** @type {{ keys: import('jose').JWK[] }} */ (await (await fetch(urlOf(stack, 'jwks'))).json());
}

async function verifies(/** @type {string} */ jwt) {
  const kids = (await keySet()).keys.map(({ kid }) => kid);
  if (!kids.includes(decodeProtectedHeader(jwt).kid)) return false;
  await jwtVerify(jwt, createLocalJWKSet(await keySet()), AUTH);
  return true;
}

describe('the token', () => {
  test('its header and claims are those of the deployed service, and no others', async () => {
    const jwt = await token();
    const { kid, ...header } = decodeProtectedHeader(jwt);
    assert.deepEqual(header, { alg: 'RS256', typ: 'JWT' });
    assert.match(kid ?? '', UUID);
    const { iat = 0, ...claims } = decodeJwt(jwt);
    assert.ok(Number.isInteger(iat) && Math.abs(iat - Date.now() / 1000) < 5);
    assert.deepEqual(claims, {
      iss: 'urn:bixarena:auth',
      aud: 'urn:bixarena:auth',
      sub: stack.accounts[1]?.sub,
      roles: ['user', 'admin'],
      nbf: iat,
      exp: iat + 600,
    });
    assert.match(claims.sub ?? '', UUID);
    assert.ok(await verifies(jwt));
  });

  test('the key is RSA of 2048 bits', async () => {
    const [key] = (await keySet()).keys;
    assert.equal(Buffer.from(key?.n ?? '', 'base64url').length, 256);
  });

  test('the subject is not the one that the provider uses', () => {
    for (const { sub, synapseId } of stack.accounts) assert.notEqual(sub, synapseId);
  });

  test('another lifetime shows in exp and in expires_in', async () => {
    await stack.control.setTokenLifetime(3);
    const body = await (await mint()).json();
    await stack.control.setTokenLifetime(600);
    const { iat = 0, exp } = decodeJwt(body.access_token);
    assert.deepEqual([body.expires_in, exp], [3, iat + 3]);
  });

  test('another clock shows in iat, nbf and exp', async () => {
    await stack.control.setClockOffset(-3600);
    const { iat = 0, nbf, exp } = decodeJwt(await token());
    await stack.control.setClockOffset(0);
    assert.ok(Math.abs(iat + 3600 - Date.now() / 1000) < 5);
    assert.deepEqual([nbf, exp], [iat, iat + 600]);
  });

  test('roles that change are in the next token of a live session', async () => {
    await stack.control.setRoles('jonas', ['USER']);
    const changed = decodeJwt(await token()).roles;
    await stack.control.setRoles('jonas', ['user', 'admin']);
    assert.deepEqual(changed, ['USER']);
  });
});

describe('audiences', () => {
  for (const audience of ['urn:bixarena:auth', 'urn:bixarena:api', 'urn:bixarena:ai']) {
    test(`${audience} on the oauth2 routes, as a plain string`, async () => {
      assert.equal(decodeJwt(await token({ audience })).aud, audience);
    });
  }

  test('none asked for: the default', async () => {
    assert.equal(decodeJwt(await token({})).aud, 'urn:bixarena:auth');
  });

  test('v1 does not know the parameter', async () => {
    const url = urlOf(stack, 'token', 'v1', { audience: 'urn:bixarena:api' });
    const body = await (await fetch(url, { method: 'POST', headers })).json();
    assert.equal(decodeJwt(body.access_token).aud, 'urn:bixarena:auth');
  });

  for (const query of ['audience=urn:elsewhere', 'audience=', 'audience=urn:bixarena:api&audience=urn:bixarena:ai']) {
    test(`400 problem+json for ${query}`, async () => {
      const url = urlOf(stack, 'token', 'oauth2');
      url.search = query;
      const answer = await fetch(url, { method: 'POST', headers });
      assert.equal(answer.status, 400);
      await assertProblem(answer);
    });
  }

  test('without a session 401 comes first', async () => {
    const url = urlOf(stack, 'token', 'oauth2', { audience: 'urn:elsewhere' });
    const answer = await fetch(url, { method: 'POST' });
    assert.deepEqual([answer.status, await answer.text()], [401, '']);
  });
});

describe('keys', () => {
  test('a restart: a new key, the old one vanishes, the session lives', async () => {
    const old = await token();
    await stack.control.restartKeys();
    assert.equal((await keySet()).keys.length, 1);
    assert.equal(await verifies(old), false);
    assert.equal(await verifies(await token()), true);
  });

  test('a rotation: the newest previous key stays, two keys at most', async () => {
    await stack.control.restartKeys();
    const first = await token();
    await stack.control.rotateKeys();
    const second = await token();
    assert.equal((await keySet()).keys.length, 2);
    assert.deepEqual([await verifies(first), await verifies(second)], [true, true]);
    await stack.control.rotateKeys();
    assert.equal((await keySet()).keys.length, 2);
    assert.deepEqual(
      [await verifies(first), await verifies(second), await verifies(await token())],
      [false, true, true],
    );
  });

  test('a restart after a rotation leaves one key', async () => {
    await stack.control.rotateKeys();
    await stack.control.restartKeys();
    assert.equal((await keySet()).keys.length, 1);
  });

  test('the key set is the same under both paths', async () => {
    const both = await Promise.all(
      ['/v1/.well-known/jwks.json', '/.well-known/jwks.json'].map(async (path) =>
        (await fetch(stack.serviceUrl + path)).json(),
      ),
    );
    assert.deepEqual(both[0], both[1]);
  });
});

test('sessions that are expired give 401, and a new login works', async () => {
  await stack.control.expireSessions();
  assert.equal((await mint()).status, 401);
});
