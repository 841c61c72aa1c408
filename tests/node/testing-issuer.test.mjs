// @ts-check
// The issuer of `./testing`: what it signs and answers is taken by the real client and the real verifier, and by jose.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { AuthClient, JwtVerifier, isAuthError } from 'bixarena-auth-client';
import { createTestIssuer } from 'bixarena-auth-client/testing';
import { createLocalJWKSet, jwtVerify } from 'jose';

/** @type {Awaited<ReturnType<typeof createTestIssuer>>} */
let issuer;
/** @type {{ dispose(): void }[]} */
const opened = [];

beforeEach(async () => {
  issuer = await createTestIssuer();
});
afterEach(() => {
  for (const one of opened.splice(0)) one.dispose();
});

/** @param {string} code */
const withCode = (code) => (/** @type {unknown} */ error) => isAuthError(error) && error.code === code;

/** @param {import('bixarena-auth-client').AuthClientOptions} [options] */
async function openClient(options) {
  const client = await AuthClient.create({ ...issuer.clientOptions, ...options });
  opened.push(client);
  return client;
}

async function openVerifier() {
  const verifier = await JwtVerifier.create(issuer.verifierOptions);
  opened.push(verifier);
  return verifier;
}

/** Paths of what was asked. */
const asked = () => issuer.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`);

describe('a signed token', () => {
  it('is accepted by the verifier, with the claims that were asked for', async () => {
    const token = await issuer.sign({ sub: 'maya', plan: 'free' }, { roles: ['admin'] });
    const { header, claims } = await (await openVerifier()).verify(token);
    assert.deepEqual([header.alg, header.typ, header.kid], ['RS256', 'JWT', issuer.jwks.keys[0].kid]);
    assert.deepEqual([claims.sub, claims.plan, claims.roles], ['maya', 'free', ['admin']]);
    assert.equal(claims.exp - Number(claims.iat), 600);
  });

  it('is accepted by another library', async () => {
    const keys = createLocalJWKSet(/** @type {any} */ (issuer.jwks));
    const { payload } = await jwtVerify(await issuer.sign('maya'), keys, {
      issuer: issuer.issuer,
      audience: issuer.audience,
    });
    assert.equal(payload.sub, 'maya');
  });

  it('shows each way to be refused', async () => {
    const verifier = await openVerifier();
    const refused = async (/** @type {Promise<string>} */ token, /** @type {string} */ code) =>
      assert.rejects(verifier.verify(await token), withCode(code), code);
    await refused(issuer.sign({ exp: 0 }), 'token_expired');
    await refused(issuer.sign({ nbf: 9e9 }), 'token_not_yet_valid');
    await refused(issuer.sign({ iss: 'urn:evil' }), 'issuer_mismatch');
    await refused(issuer.sign({ aud: 'urn:other' }), 'audience_mismatch');
    await refused(issuer.sign({ aud: undefined }), 'claim_missing');
    await refused(issuer.sign({}, { header: { typ: 'at+jwt' } }), 'type_mismatch');
    await refused(issuer.sign({}, { header: { alg: 'ES256' } }), 'algorithm_not_allowed');
    await refused(issuer.sign({}, { isPublished: false }), 'key_not_found');
    const [header, claims] = (await issuer.sign()).split('.');
    await refused(
      issuer.sign('maya').then((other) => `${header}.${claims}.${other.split('.')[2]}`),
      'signature_invalid',
    );
  });

  it('holds private members of no key', () => {
    assert.deepEqual(Object.keys(issuer.jwks.keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});

describe('the service', () => {
  it('gives the real client a session, and takes it away', async () => {
    const client = await openClient();
    assert.deepEqual(await client.start(), { status: 'anonymous' });
    issuer.signIn('maya', { roles: ['user', 'admin'] });
    await client.getToken();
    assert.ok(client.hasRole('admin'));
    await client.logout();
    assert.deepEqual(client.state, { status: 'anonymous' });
    await assert.rejects(client.getToken(), withCode('login_required'));
    assert.deepEqual(asked(), [
      'POST /v1/token',
      'POST /v1/token',
      'GET /v1/.well-known/jwks.json',
      'POST /v1/auth/logout',
      'POST /v1/token',
    ]);
  });

  it('has a user at once if the options name one', async () => {
    issuer = await createTestIssuer({ user: 'maya', roles: ['admin'] });
    const state = await (await openClient()).start();
    assert.ok(state.status === 'authenticated');
    assert.deepEqual([state.claims.sub, state.claims.roles], ['maya', ['admin']]);
  });

  it('leads through a sign-in', async () => {
    const client = await openClient();
    void client.login({ returnTo: '/votes' }).catch(() => {});
    assert.deepEqual(issuer.logins, ['http://localhost/v1/auth/oidc/start']);
    const { claims } = await client.handleCallback(issuer.callbackUrl('maya'));
    assert.equal(claims.sub, 'maya');
    assert.equal(client.state.status, 'authenticated');
  });

  it('takes a code once, and none with the wrong state', async () => {
    const callback = new URL(issuer.callbackUrl('maya'));
    const send = (/** @type {string} */ query) => issuer.fetch(`http://localhost/v1/auth/oidc/callback${query}`);
    const wrong = await send('?code=c&state=s');
    assert.deepEqual([wrong.status, await wrong.json()], [400, { status: 'error:state-mismatch' }]);
    const good = await send(callback.search);
    assert.deepEqual([good.status, await good.json()], [200, { status: 'ok' }]);
    assert.equal((await send(callback.search)).status, 400);
    const other = new URL(issuer.callbackUrl());
    other.searchParams.set('code', 'c');
    assert.deepEqual(await (await send(other.search)).json(), { status: 'error:token-exchange' });
  });

  it('sends whoever navigates to the start back to the callback page', async () => {
    issuer = await createTestIssuer({ baseUrl: 'https://app.example/v1', callbackPath: '/done' });
    const answer = await issuer.fetch('https://app.example/v1/auth/oidc/start');
    assert.equal(answer.status, 302);
    assert.match(answer.headers.get('location') ?? '', /^https:\/\/app\.example\/done\?code=[\w-]+&state=[\w-]+$/);
  });

  it('has the newer routes too: profile and audiences', async () => {
    issuer = await createTestIssuer({
      baseUrl: 'http://localhost',
      user: 'maya',
      profile: { preferred_username: 'may' },
    });
    const client = await openClient({ routes: 'oauth2' });
    await client.start();
    const info = await client.getUserInfo();
    assert.deepEqual([info.sub, info.name], ['maya', 'may']);
    const token = await client.getToken({ audience: 'urn:bixarena:ai' });
    assert.equal(JSON.parse(atob(token.split('.')[1])).aud, 'urn:bixarena:ai');
  });

  it('restarts with other keys, and the client heals itself', async () => {
    issuer.signIn('maya');
    const client = await openClient();
    const old = await client.getToken();
    await issuer.rotateKeys();
    await client.getToken({ forceRefresh: true });
    await assert.rejects(client.verify(old), withCode('key_not_found'));
    const before = await issuer.sign('maya');
    await issuer.rotateKeys({ keepPrevious: true });
    assert.equal(issuer.jwks.keys.length, 2);
    assert.equal((await (await openVerifier()).verify(before)).claims.sub, 'maya');
  });

  it('fails when it is told to, once', async () => {
    issuer.signIn('maya');
    const client = await openClient();
    issuer.answerNext('token', 503);
    await assert.rejects(client.getToken(), withCode('service_unavailable'));
    issuer.answerNext('token', new TypeError('fetch failed'));
    await assert.rejects((await openClient()).getToken(), withCode('network_error'));
    issuer.answerNext('token', new Response('', { status: 429, headers: { 'retry-after': '7' } }));
    await assert.rejects((await openClient()).getToken(), { code: 'rate_limited', retryAfter: 7 });
    assert.equal(typeof (await (await openClient()).getToken()), 'string');
  });

  it('passes on what is not for it', async () => {
    assert.equal((await issuer.fetch('http://localhost/v1/none')).status, 404);
    issuer = await createTestIssuer({ user: 'maya', fetch: async () => Response.json({ votes: 7 }) });
    const client = await openClient({ allowedOrigins: ['https://api.example'] });
    assert.deepEqual(await (await client.fetch('https://api.example/votes')).json(), { votes: 7 });
    const { headers } = issuer.requests[issuer.requests.length - 1];
    assert.equal(headers.get('authorization'), `Bearer ${await client.getToken()}`);
  });

  it('lives in the time that it is given', async () => {
    let now = Date.UTC(2020, 0, 1);
    issuer = await createTestIssuer({ user: 'maya', now: () => now, lifetime: 60 });
    const verifier = await openVerifier();
    const token = await issuer.sign();
    assert.equal((await verifier.verify(token)).claims.iat, now / 1000);
    now += 66_000;
    await assert.rejects(verifier.verify(token), withCode('token_expired'));
  });
});

it('refuses options that cannot be meant', async () => {
  const wrong = /** @type {any} */ (createTestIssuer);
  await assert.rejects(wrong({ lifetime: 0 }), /createTestIssuer: lifetime: expected a number of seconds over 0/);
  await assert.rejects(wrong({ url: '/' }), /createTestIssuer: url: expected a known option/);
});
