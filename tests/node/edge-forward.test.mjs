// @ts-check
// `forwardRequest`, and what a real upstream gets of it.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { forwardRequest } from 'bixarena-auth-client/edge';

/** @param {string} url @param {Record<string, string>} [headers] */
const requestTo = (url, headers) => new Request(url, { headers });
const headersOf = (/** @type {Request} */ request) => Object.fromEntries(request.headers);

describe('the address', () => {
  for (const [from, upstream, to] of [
    ['https://edge.example/a/b?c=d&c=%20', 'http://api.internal:81', 'http://api.internal:81/a/b?c=d&c=%20'],
    ['https://edge.example/a', 'https://api.example/base/', 'https://api.example/base/a'],
    ['https://edge.example/', 'https://api.example/base', 'https://api.example/base/'],
    ['https://edge.example//evil.example/x', 'https://api.example', 'https://api.example//evil.example/x'],
    ['https://edge.example/a/%2e%2e/%2e%2e/b', 'https://api.example/base', 'https://api.example/base/b'],
  ]) {
    it(`${from} at ${upstream}`, () => {
      assert.equal(forwardRequest(requestTo(from), upstream).url, to);
      assert.equal(forwardRequest(requestTo(from), new URL(upstream)).url, to);
    });
  }

  for (const upstream of [
    'api.example',
    '/api',
    'ftp://a',
    'https://a/?b',
    'https://a/#b',
    'https://u:p@a/',
    'http://',
  ]) {
    it(`is refused if it is ${upstream}`, () => {
      const message = /^forwardRequest: upstream: expected/;
      assert.throws(() => forwardRequest(requestTo('https://a.example/'), upstream), { name: 'TypeError', message });
    });
  }
});

describe('headers', () => {
  const ordinary = { accept: 'a/b', 'content-language': 'de', origin: 'https://app.example', 'x-request-id': '7' };

  it('that claim an identity are taken off, in any spelling', () => {
    const forged = [
      ...['authorization', 'remote-user', 'x-remote-user', 'x-user', 'x-user-id', 'x-username', 'x-email', 'x-role'],
      ...['x-roles', 'x-groups', 'x-auth-request-email', 'x-authenticated-user', 'x-forwarded-user', 'x_user_id'],
      ...['x-forwarded-email', 'x-forwarded-groups', 'x-forwarded-access-token', 'x-access-token', 'X-Id-Token'],
      ...['x-jwt-assertion', 'x-client-cert', 'x-ssl-client-verify', 'x-ms-client-principal-id', 'x-amzn-oidc-data'],
      ...['x-goog-iap-jwt-assertion', 'cf-access-jwt-assertion', 'Remote_User', 'cookie'],
    ];
    const headers = { ...ordinary, ...Object.fromEntries(forged.map((name) => [name, 'admin'])) };
    assert.deepEqual(
      headersOf(forwardRequest(requestTo('https://a.example/', headers), 'https://b.example')),
      ordinary,
    );
  });

  it('of the connection are taken off, with those that it lists', () => {
    const headers = {
      ...ordinary,
      connection: 'close, X-Hop',
      'x-hop': '1',
      te: 'trailers',
      upgrade: 'x',
      host: 'evil',
    };
    assert.deepEqual(
      headersOf(forwardRequest(requestTo('https://a.example/', headers), 'https://b.example')),
      ordinary,
    );
  });

  it('that the caller lists are taken off, and can be set then', () => {
    const request = requestTo('https://a.example/', {
      ...ordinary,
      'X-Verified-Sub': 'forged',
      x_verified_sub: 'forged',
    });
    const forwarded = forwardRequest(request, 'https://b.example', { stripHeaders: ['x-verified-sub'] });
    forwarded.headers.set('x-verified-sub', 'maya');
    assert.deepEqual(headersOf(forwarded), { ...ordinary, 'x-verified-sub': 'maya' });
  });

  it('carry the token instead of whatever came', () => {
    const request = requestTo('https://a.example/', { authorization: 'Bearer stolen', cookie: 'a=b' });
    const forwarded = forwardRequest(request, 'https://b.example', { token: 'a.b.c', cookies: 'keep' });
    assert.deepEqual(headersOf(forwarded), { authorization: 'Bearer a.b.c', cookie: 'a=b' });
    assert.equal(request.headers.get('authorization'), 'Bearer stolen', 'the request that came in was changed');
  });

  it("name the client's address where the upstream looks for it, in the place of what came", () => {
    const forged = { 'x-forwarded-for': '198.51.100.1, 198.51.100.2', x_forwarded_for: '198.51.100.3' };
    const clientAddressHeader = 'X-Forwarded-For';
    for (const [address, expected] of /** @type {[Record<string, string>, string | null][]} */ ([
      [{ 'cf-connecting-ip': '203.0.113.7' }, '203.0.113.7'],
      [{}, null],
    ])) {
      const request = requestTo('https://a.example/', { ...forged, ...address });
      const { headers } = forwardRequest(request, 'https://b.example', { clientAddressHeader });
      assert.deepEqual([headers.get('x-forwarded-for'), headers.get('x_forwarded_for')], [expected, null]);
      const untouched = forwardRequest(request, 'https://b.example').headers;
      assert.equal(untouched.get('x-forwarded-for'), forged['x-forwarded-for']);
    }
  });

  for (const [options, message] of /** @type {[any, RegExp][]} */ ([
    [{ token: 'a\r\nb' }, /token/],
    [{ token: 'Bearer a' }, /token/],
    [{ cookies: true }, /cookies/],
    [{ stripHeaders: ['a b'] }, /stripHeaders/],
    [{ clientAddressHeader: '' }, /clientAddressHeader/],
    [{ headers: {} }, /headers: expected a known option/],
  ])) {
    it(`are not made of ${JSON.stringify(options)}`, () => {
      const request = requestTo('https://a.example/');
      assert.throws(() => forwardRequest(request, 'https://b.example', options), { name: 'TypeError', message });
    });
  }
});

describe('at a real upstream', () => {
  /** @type {import('node:http').Server} */
  let server;
  let url = '';

  before(async () => {
    server = createServer(async (request, response) => {
      if (request.url === '/away') return void response.writeHead(302, { location: '/elsewhere' }).end();
      if (request.url === '/silent') return;
      let body = '';
      for await (const chunk of request) body += chunk;
      const { authorization, cookie } = request.headers;
      response.end(JSON.stringify({ method: request.method, url: request.url, body, authorization, cookie }));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  });
  after(() => (server.closeAllConnections(), server.close()));

  it('arrive method, streamed body, path and bearer', async () => {
    const body = new Blob(['one ', 'two']).stream();
    const init = /** @type {RequestInit} */ ({ method: 'PATCH', body, duplex: 'half', headers: { cookie: 'a=b' } });
    const request = new Request('https://edge.example/x?y=z', init);
    const response = await fetch(forwardRequest(request, url, { token: 'a.b.c' }));
    const expected = { method: 'PATCH', url: '/x?y=z', body: 'one two', authorization: 'Bearer a.b.c' };
    assert.deepEqual(await response.json(), expected);
  });

  it('a redirect is handed on, not followed', async () => {
    const response = await fetch(forwardRequest(requestTo('https://edge.example/away'), url, { token: 'a.b.c' }));
    assert.deepEqual([response.status, response.headers.get('location')], [302, '/elsewhere']);
  });

  it('the signal of the request ends it', async () => {
    const controller = new AbortController();
    const request = new Request('https://edge.example/silent', { signal: controller.signal });
    const answer = fetch(forwardRequest(request, url));
    server.once('request', () => controller.abort());
    await assert.rejects(answer, { name: 'AbortError' });
  });
});
