// @ts-check
// `AuthClient.fetch`, against real servers: what arrives there is what counts.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { AuthClient, isAuthError } from 'bixarena-auth-client';
import { authFetch, isStream, placeOf } from '../../pkg/lib/auth-fetch.js';
import { startStack } from '../../www/server/stack.mjs';

/** @typedef {{ path: string, method: string, authorization: string | undefined, body: string, headers: import('node:http').IncomingHttpHeaders }} Received */
/** @typedef {{ origin: string, received: Received[], answer: (request: Received) => { status?: number, headers?: Record<string, string>, hang?: boolean }, close: () => Promise<unknown> }} Api */

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {Api} */
let api;
/** @type {Api} */
let elsewhere;
/** @type {AuthClient[]} */
const clients = [];

/** A server that notes what it receives. @returns {Promise<Api>} */
async function startApi() {
  /** @type {Received[]} */
  const received = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { url: path = '', method = '', headers } = request;
    const note = { path, method, authorization: headers.authorization, body, headers };
    received.push(note);
    const { status = 200, headers: more = {}, hang = false } = self.answer(note);
    if (!hang) response.writeHead(status, more).end('done');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  /** @type {Api} */
  const self = {
    origin: `http://127.0.0.1:${port}`,
    received,
    answer: () => ({}),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

before(async () => {
  [stack, api, elsewhere] = await Promise.all([
    startStack({ app: null, worker: null, control: true }),
    startApi(),
    startApi(),
  ]);
});

beforeEach(async () => {
  await stack.control.clearFaults();
  await stack.control.setClockOffset(0);
  await stack.control.resetCounts();
  for (const one of [api, elsewhere]) {
    one.received.length = 0;
    one.answer = () => ({});
  }
});

after(async () => {
  for (const client of clients) client.dispose();
  await Promise.all([api.close(), elsewhere.close(), stack.close()]);
});

/**
 * A client that may send its token to `api`, and whose requests to the service carry a session of this account.
 * @param {string | null} username
 * @param {import('bixarena-auth-client').AuthClientOptions} [options]
 */
async function clientOf(username, options) {
  const session = { cookie: username === null ? '' : (await stack.control.createSession(username)).cookie };
  /** @type {typeof fetch} */
  const send = (input, init) => {
    const request = new Request(input, init);
    const isService = request.url.startsWith(stack.baseUrl.oauth2);
    if (isService) request.headers.set('cookie', session.cookie);
    return fetch(request);
  };
  const client = await AuthClient.create({
    baseUrl: stack.baseUrl.v1,
    fetch: send,
    allowedOrigins: [api.origin],
    ...options,
  });
  clients.push(client);
  return { client, session };
}

/** @param {string} code */
const withCode = (code) => (/** @type {unknown} */ error) => isAuthError(error) && error.code === code;

/**
 * Refuses the token at hand and accepts every other. Within a second the service gives the same token again: so time passes.
 * @param {AuthClient} client
 */
async function refuseTheFirst(client) {
  await client.getToken();
  await stack.control.setClockOffset(2);
  /** @type {string | undefined} */
  let first;
  api.answer = ({ authorization }) => ({ status: authorization === (first ??= authorization) ? 401 : 200 });
}

describe('where a token may go', () => {
  const places = [{ origin: 'https://api.example' }, { origin: 'https://ai.example', audience: 'urn:ai' }];
  for (const [address, expected] of /** @type {[string, any][]} */ ([
    ['https://app.example/x', { origin: 'https://app.example' }],
    ['https://api.example/x', { origin: 'https://api.example' }],
    ['https://ai.example:443/x', { origin: 'https://ai.example', audience: 'urn:ai' }],
    ['http://api.example/x', undefined],
    ['https://api.example:8443/x', undefined],
    ['https://api.example.evil/x', undefined],
    ['https://api.example@evil.example/', undefined],
    ['https://evil.example/https://api.example', undefined],
    ['blob:https://app.example/7', undefined],
    ['data:text/plain,x', undefined],
  ])) {
    it(`${address} is ${expected ? 'a place' : 'none'}`, () => {
      assert.deepEqual(placeOf(address, places, 'https://app.example'), expected);
    });
  }

  it('is no place of its own where there is no origin', () => {
    assert.equal(placeOf('data:,x', [], 'null'), undefined);
    assert.equal(placeOf('https://app.example/', [], undefined), undefined);
  });

  it('a body that can be sent once is told from others', () => {
    const once = [
      new ReadableStream(),
      (async function* () {
        yield 1;
      })(),
    ];
    const often = [
      'text',
      null,
      undefined,
      new FormData(),
      new Blob(['x']),
      new Uint8Array(1),
      new URLSearchParams('a'),
    ];
    assert.deepEqual([once.map(isStream), often.map(isStream)], [[true, true], often.map(() => false)]);
  });
});

describe('a request', () => {
  it('to a listed origin has the token, and everything else as it was given', async () => {
    const { client } = await clientOf('maya');
    const response = await client.fetch(`${api.origin}/vote?a=1`, {
      method: 'POST',
      body: JSON.stringify({ vote: 1 }),
      headers: [['content-type', 'application/json']],
    });
    assert.deepEqual([response.status, await response.text()], [200, 'done']);
    const [{ path, method, body, headers, authorization }] = api.received;
    assert.deepEqual([path, method, body], ['/vote?a=1', 'POST', '{"vote":1}']);
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(authorization, `Bearer ${await client.getToken()}`);
  });

  it('to any other origin passes without it, and asks for none', async () => {
    const { client } = await clientOf('maya');
    const response = await client.fetch(new URL(`${elsewhere.origin}/x`), { method: 'PUT', body: 'x' });
    assert.equal(response.status, 200);
    assert.deepEqual(
      elsewhere.received.map(({ authorization, method, body }) => [authorization, method, body]),
      [[undefined, 'PUT', 'x']],
    );
    assert.equal((await stack.control.counts()).token ?? 0, 0);
  });

  it('without a session is not sent', async () => {
    const { client } = await clientOf(null);
    await assert.rejects(client.fetch(`${api.origin}/x`), withCode('login_required'));
    assert.equal(api.received.length, 0);
    assert.equal((await client.fetch(`${elsewhere.origin}/x`)).status, 200);
  });

  for (const [kind, input, init] of /** @type {[string, (url: string) => any, any][]} */ ([
    ['an object', (url) => url, { headers: { AUTHORIZATION: 'Basic eA==' } }],
    ['an array', (url) => url, { headers: [['Authorization', 'Basic eA==']] }],
    ['Headers', (url) => url, { headers: new Headers({ authorization: 'Basic eA==' }) }],
    ['a Request', (url) => new Request(url, { headers: { authorization: 'Basic eA==' } }), undefined],
  ])) {
    it(`keeps an Authorization of its own, given in ${kind}`, async () => {
      api.answer = () => ({ status: 401 });
      const { client } = await clientOf(null);
      assert.equal((await client.fetch(input(`${api.origin}/x`), init)).status, 401);
      assert.deepEqual(
        api.received.map(({ authorization }) => authorization),
        ['Basic eA=='],
      );
    });
  }

  it('has the headers of init in place of those of the Request', async () => {
    const { client } = await clientOf('maya');
    const request = new Request(`${api.origin}/x`, { headers: { authorization: 'Basic eA==', 'x-a': '1' } });
    await client.fetch(request, { headers: { 'x-b': '2' } });
    const [{ headers, authorization }] = api.received;
    assert.deepEqual([headers['x-a'], headers['x-b']], [undefined, '2']);
    assert.match(authorization ?? '', /^Bearer /);
  });

  it('is read when it is made: what is done to it later changes nothing', async () => {
    const { client } = await clientOf('maya');
    const init = { method: 'POST', body: 'first', headers: { 'x-a': '1' } };
    const answer = client.fetch(`${api.origin}/x`, init);
    init.body = 'second';
    init.headers['x-a'] = '2';
    await answer;
    assert.deepEqual([api.received[0].body, api.received[0].headers['x-a']], ['first', '1']);
  });

  it('with a stream is sent as it is', async () => {
    const { client } = await clientOf('maya');
    const body = new Blob(['streamed']).stream();
    await client.fetch(`${api.origin}/x`, /** @type {any} */ ({ method: 'POST', body, duplex: 'half' }));
    assert.equal(api.received[0].body, 'streamed');
    assert.equal(api.received[0].headers['transfer-encoding'], 'chunked');
  });

  it('that cannot be meant is a TypeError', async () => {
    const { client } = await clientOf('maya');
    await assert.rejects(client.fetch('/relative'), TypeError);
    await assert.rejects(client.fetch(`${api.origin}/x`, { audience: 'urn:bixarena:ai' }), TypeError);
    assert.equal(api.received.length, 0);
  });
});

describe('a redirect', () => {
  it('to another origin is followed without the token', async () => {
    const { client } = await clientOf('maya');
    api.answer = () => ({ status: 307, headers: { location: `${elsewhere.origin}/there` } });
    assert.equal((await client.fetch(`${api.origin}/x`)).status, 200);
    assert.match(api.received[0].authorization ?? '', /^Bearer /);
    assert.deepEqual(
      elsewhere.received.map(({ path, authorization }) => [path, authorization]),
      [['/there', undefined]],
    );
  });

  it('and back again is followed without it too', async () => {
    const { client } = await clientOf('maya');
    api.answer = ({ path }) =>
      path === '/x' ? { status: 307, headers: { location: `${elsewhere.origin}/there` } } : {};
    elsewhere.answer = () => ({ status: 307, headers: { location: `${api.origin}/back` } });
    await client.fetch(`${api.origin}/x`);
    assert.deepEqual(
      [...api.received, ...elsewhere.received].map(({ path, authorization }) => [path, authorization !== undefined]),
      [
        ['/x', true],
        ['/back', false],
        ['/there', false],
      ],
    );
  });

  it('within the origin keeps it', async () => {
    const { client } = await clientOf('maya');
    api.answer = ({ path }) => (path === '/x' ? { status: 302, headers: { location: '/y' } } : {});
    assert.equal((await client.fetch(`${api.origin}/x`)).status, 200);
    assert.equal(api.received[1].authorization, api.received[0].authorization);
  });

  it('is not followed where the host would take the token along', async () => {
    api.answer = () => ({ status: 302, headers: { location: `${elsewhere.origin}/there` } });
    const tools = {
      places: [{ origin: api.origin }],
      forwardsBearer: true,
      getToken: async () => 'a.b.c',
      user: () => 'maya',
      send: (/** @type {Request} */ request) => fetch(request),
      refused: new Map(),
    };
    const answer = await authFetch(tools, `${api.origin}/x`, { method: 'POST', body: 'kept' });
    assert.deepEqual([answer.status, answer.headers.get('location')], [302, `${elsewhere.origin}/there`]);
    assert.deepEqual([api.received[0].body, api.received[0].authorization], ['kept', 'Bearer a.b.c']);
    assert.equal(elsewhere.received.length, 0);
    // What the caller wants about redirects stays.
    await assert.rejects(authFetch(tools, `${api.origin}/x`, { redirect: 'error' }), TypeError);
  });
});

describe('an answer of 401', () => {
  for (const [kind, input, init] of /** @type {[string, (url: string) => any, any][]} */ ([
    ['a string as body', (url) => url, { method: 'POST', body: 'again' }],
    ['a Blob as body', (url) => url, { method: 'POST', body: new Blob(['again']) }],
    ['a Request with a body', (url) => new Request(url, { method: 'POST', body: 'again' }), undefined],
    ['a body for a Request without one', (url) => new Request(url), { method: 'POST', body: 'again' }],
  ])) {
    it(`leads to one more try with another token (${kind})`, async () => {
      const { client } = await clientOf('maya');
      await refuseTheFirst(client);
      const response = await client.fetch(input(`${api.origin}/x`), init);
      assert.equal(response.status, 200);
      assert.deepEqual(
        api.received.map(({ method, body }) => [method, body]),
        [
          ['POST', 'again'],
          ['POST', 'again'],
        ],
      );
      assert.notEqual(api.received[0].authorization, api.received[1].authorization);
      assert.equal(api.received[1].authorization, `Bearer ${await client.getToken()}`);
    });
  }

  it('to a buffer that was emptied meanwhile sends again what was sent first', async () => {
    const { client } = await clientOf('maya');
    const body = new TextEncoder().encode('again');
    await refuseTheFirst(client);
    const answer = client.fetch(`${api.origin}/x`, { method: 'POST', body });
    body.fill(0);
    assert.equal((await answer).status, 200);
    assert.deepEqual(
      api.received.map((one) => one.body),
      ['again', 'again'],
    );
  });

  it('to a stream is the answer', async () => {
    const { client } = await clientOf('maya');
    api.answer = () => ({ status: 401 });
    const body = new Blob(['once']).stream();
    const init = /** @type {any} */ ({ method: 'POST', body, duplex: 'half' });
    assert.equal((await client.fetch(`${api.origin}/x`, init)).status, 401);
    assert.equal(api.received.length, 1);
    assert.equal((await stack.control.counts()).token, 1);
  });

  it('is the answer if the service gives no other token, or none', async () => {
    const { client, session } = await clientOf('maya');
    api.answer = () => ({ status: 401 });
    const token = await client.getToken();
    await stack.control.addFault({ operation: 'token', kind: 'respond', status: 503 });
    assert.equal((await client.fetch(`${api.origin}/x`)).status, 401);
    await stack.control.addFault({ operation: 'token', kind: 'json', set: { access_token: token } });
    assert.equal((await client.fetch(`${api.origin}/x`)).status, 401);
    session.cookie = '';
    assert.equal((await client.fetch(`${api.origin}/x`)).status, 401);
    assert.equal(api.received.length, 3);
    assert.equal(client.state.status, 'anonymous');
  });

  it('to one user is not asked again as another', async () => {
    const { client, session } = await clientOf('maya');
    await refuseTheFirst(client);
    session.cookie = (await stack.control.createSession('jonas')).cookie;
    assert.equal((await client.fetch(`${api.origin}/x`)).status, 401);
    assert.equal(api.received.length, 1);
    assert.ok(client.hasRole('admin'), 'the other user is signed in by now');
    await client.getToken({ forceRefresh: true });
  });

  it('costs one new token, however many requests met it', async () => {
    const { client } = await clientOf('maya');
    await refuseTheFirst(client);
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.fetch(`${api.origin}/x`)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      answers.map(() => 200),
    );
    assert.equal((await stack.control.counts()).token, 2);
  });

  it('whatever the token is costs no token a call', async () => {
    const { client } = await clientOf('maya');
    await client.getToken();
    await stack.control.setClockOffset(2);
    api.answer = () => ({ status: 401 });
    for (let call = 0; call < 5; call += 1) assert.equal((await client.fetch(`${api.origin}/x`)).status, 401);
    assert.equal((await stack.control.counts()).token, 2);
    assert.equal(api.received.length, 6);
  });
});

describe('a signal', () => {
  it('ends the wait for the token, with its own reason', async () => {
    const { client } = await clientOf('maya');
    const reason = new Error('enough');
    await stack.control.addFault({ operation: 'token', kind: 'hold' });
    const controller = new AbortController();
    const answer = client.fetch(`${api.origin}/x`, { signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(answer, (error) => error === reason);
    await stack.control.release();
    assert.equal(typeof (await client.getToken()), 'string');
    assert.equal(api.received.length, 0);
  });

  it('of a Request ends the request itself', async () => {
    const { client } = await clientOf('maya');
    api.answer = () => ({ hang: true });
    const controller = new AbortController();
    const answer = client.fetch(new Request(`${api.origin}/x`, { signal: controller.signal }));
    const ended = assert.rejects(answer, { name: 'AbortError' });
    while (api.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    await ended;
  });

  it('that has ended before sends nothing', async () => {
    const { client } = await clientOf('maya');
    await assert.rejects(client.fetch(`${api.origin}/x`, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    assert.equal(api.received.length, 0);
  });
});

describe('the option allowedOrigins', () => {
  for (const value of [
    'https://api.example',
    ['https://api.example/'],
    ['https://API.example'],
    ['https://api.example:443'],
    ['api.example'],
    ['*'],
    ['null'],
    ['https://*.example'],
    ['ftp://api.example'],
    [{ origin: 'https://api.example', audience: 'urn:a' }],
  ]) {
    it(`is not ${JSON.stringify(value)} on the v1 routes`, () => {
      assert.throws(() => new AuthClient(/** @type {any} */ ({ allowedOrigins: value })), {
        name: 'TypeError',
        message: /^AuthClient: allowedOrigins: expected an array of origins such as/,
      });
    });
  }

  it('may name an audience on the oauth2 routes', () => {
    const place = { origin: 'https://api.example', audience: 'urn:a' };
    clients.push(new AuthClient({ routes: 'oauth2', allowedOrigins: [place, 'http://127.0.0.1:8080'] }));
    for (const wrong of [{ origin: 'https://api.example' }, { ...place, audience: '' }, { ...place, aud: 'urn:b' }]) {
      const options = /** @type {any} */ ({ routes: 'oauth2', allowedOrigins: [wrong] });
      assert.throws(() => new AuthClient(options), /^TypeError: AuthClient: allowedOrigins: /);
    }
  });
});

describe('an audience', () => {
  it('is that of the request, else that of the origin', async () => {
    /** @type {unknown[]} */
    const asked = [];
    const tools = {
      places: [{ origin: api.origin, audience: 'urn:bixarena:api' }],
      forwardsBearer: false,
      getToken: async (/** @type {string | undefined} */ audience) => (asked.push(audience), `token-for-${audience}`),
      user: () => 'maya',
      send: (/** @type {Request} */ request) => fetch(request),
      refused: new Map(),
    };
    await authFetch(tools, `${api.origin}/x`);
    await authFetch(tools, `${api.origin}/x`, { audience: 'urn:bixarena:ai' });
    assert.deepEqual(asked, ['urn:bixarena:api', 'urn:bixarena:ai']);
    assert.deepEqual(
      api.received.map(({ authorization }) => authorization),
      ['Bearer token-for-urn:bixarena:api', 'Bearer token-for-urn:bixarena:ai'],
    );
  });
});
