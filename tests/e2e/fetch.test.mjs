// @ts-check
// `AuthClient.fetch` and what a UI is told, in a real browser: what arrives at the servers is what counts.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { build } from 'esbuild';
import { launchBrowser } from '../support/browser.mjs';
import { startStack } from '../../www/server/stack.mjs';

const LIMIT = 15_000;
/** @typedef {{ path: string, method: string, authorization: string | undefined, body: string, referer: string | undefined }} Received */
/** @typedef {Awaited<ReturnType<typeof startApi>>} Api */

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** Behind the page's own origin, at `/api/`. @type {Api} */
let own;
/** @type {Api} */
let listed;
/** @type {Api} */
let elsewhere;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
/** @type {string} */
let folder;

/** A server that allows every page everything, and notes what it receives: the worst that a redirect can lead to. */
async function startApi() {
  /** @type {Received[]} */
  const received = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { url: path = '', method = '', headers } = request;
    const cors = {
      'access-control-allow-origin': headers.origin ?? '*',
      'access-control-allow-headers': 'authorization, content-type',
      'access-control-allow-methods': 'PUT',
      vary: 'origin',
    };
    const isPreflight = method === 'OPTIONS';
    const note = { path, method, authorization: headers.authorization, body, referer: headers.referer };
    received.push(note);
    const { status = 200, location } = isPreflight ? { status: 204 } : self.answer(note);
    response.writeHead(status, { ...cors, ...(location ? { location } : {}) }).end(status === 204 ? undefined : 'done');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const self = {
    origin: `http://127.0.0.1:${port}`,
    received,
    /** @type {(request: Received) => { status?: number, location?: string }} */
    answer: () => ({}),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

before(async () => {
  [stack, own, listed, elsewhere, browser] = await Promise.all([
    startStack({ app: null, worker: null, control: true }),
    startApi(),
    startApi(),
    startApi(),
    launchBrowser(),
  ]);
  stack.setWorker(own.origin);
  folder = await mkdtemp(join(tmpdir(), 'auth-fetch-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><meta charset="utf-8"><title>Page</title>');
  await build({
    stdin: { contents: "export * from 'bixarena-auth-client'", resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    outfile: join(folder, 'client.js'),
    conditions: ['browser'],
    platform: 'browser',
  });
  stack.setApp({ dir: folder });
});

beforeEach(async () => {
  await stack.control.clearFaults();
  await stack.control.setClockOffset(0);
  await stack.control.resetCounts();
  for (const api of [own, listed, elsewhere]) {
    api.received.length = 0;
    api.answer = () => ({});
  }
  const context = await browser.newContext();
  const [name, value] = (await stack.control.createSession('maya')).cookie.split('=');
  await context.addCookies([{ name, value, url: stack.appUrl }]);
  page = await context.newPage();
  page.setDefaultTimeout(LIMIT);
  await open();
});

afterEach(() => page.context().close());

after(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
  await Promise.all([own.close(), listed.close(), elsewhere.close(), stack.close()]);
});

/** A page with a client, as the test's only script. @param {Record<string, unknown>} [options] */
async function open(options = {}) {
  await page.goto(`${stack.appUrl}/`);
  await page.evaluate(
    async ([url, options]) => {
      const { AuthClient } = await import(/** @type {string} */ (url));
      Object.assign(globalThis, { client: await AuthClient.create(options) });
    },
    [`${stack.appUrl}/client.js`, { allowedOrigins: [listed.origin], ...options }],
  );
}

/** What the page gets. @param {string} url @param {RequestInit} [init] */
const get = (url, init) =>
  page.evaluate(async ([url, init]) => {
    const { client } = /** @type {any} */ (globalThis);
    return client.fetch(url, init).then(
      (/** @type {Response} */ answer) => answer.status,
      (/** @type {any} */ error) => error.code ?? error.name,
    );
  }, /** @type {const} */ ([url, init]));

/** @param {Api} api */
const seen = ({ received }) =>
  received.map(({ method, path, authorization }) => [method, path, /^Bearer \S+$/.test(authorization ?? '')]);

describe('a request of a page', () => {
  it('to its own origin has the token, with a relative address too', async () => {
    assert.equal(await get('/api/a'), 200);
    assert.equal(await get('api/b', { method: 'POST', body: 'x' }), 200);
    assert.deepEqual(seen(own), [
      ['GET', '/api/a', true],
      ['POST', '/api/b', true],
    ]);
    assert.equal(own.received[1].body, 'x');
  });

  it('to a listed origin has it, to another one not', async () => {
    assert.equal(await get(`${listed.origin}/a`), 200);
    assert.equal(await get(`${elsewhere.origin}/b`), 200);
    assert.deepEqual(seen(listed), [
      ['OPTIONS', '/a', false],
      ['GET', '/a', true],
    ]);
    assert.deepEqual(seen(elsewhere), [['GET', '/b', false]], 'a simple request stays one: no preflight');
  });

  it('is judged by where it really goes: <base> moves a relative address', async () => {
    await page.evaluate((href) => {
      document.head.append(Object.assign(document.createElement('base'), { href }));
    }, `${elsewhere.origin}/base/`);
    assert.equal(await get('x'), 200);
    assert.deepEqual(seen(elsewhere), [['GET', '/base/x', false]]);
  });

  it('without a session is not sent', async () => {
    await page.context().clearCookies();
    assert.equal(await get('/api/a'), 'login_required');
    assert.deepEqual(seen(own), []);
  });

  it('keeps what else it has: keepalive, the referrer, the body of a Request', async () => {
    const status = await page.evaluate(async (origin) => {
      const { client } = /** @type {any} */ (globalThis);
      const request = new Request(`${origin}/a`, {
        method: 'PUT',
        body: new Blob(['kept']),
        keepalive: true,
        referrer: '/from-here',
        referrerPolicy: 'unsafe-url',
      });
      return (await client.fetch(request)).status;
    }, listed.origin);
    assert.equal(status, 200);
    const [{ method, body, referer }] = listed.received.slice(-1);
    assert.deepEqual([method, body, referer], ['PUT', 'kept', `${stack.appUrl}/from-here`]);
  });
});

describe('a redirect in a page', () => {
  it('from its own origin to another takes no token along, though that one would take it', async () => {
    own.answer = () => ({ status: 307, location: `${elsewhere.origin}/there` });
    assert.equal(await get('/api/a'), 200);
    assert.deepEqual(seen(own), [['GET', '/api/a', true]]);
    assert.ok(elsewhere.received.length > 0);
    assert.ok(elsewhere.received.every(({ authorization }) => authorization === undefined));
  });

  it('from a listed origin to another takes none along either, nor back', async () => {
    listed.answer = ({ path }) => (path === '/a' ? { status: 307, location: `${elsewhere.origin}/there` } : {});
    elsewhere.answer = () => ({ status: 307, location: `${listed.origin}/back` });
    assert.equal(await get(`${listed.origin}/a`, { method: 'POST', body: 'x' }), 200);
    assert.ok(elsewhere.received.every(({ authorization }) => authorization === undefined));
    assert.deepEqual(
      seen(listed).filter(([method]) => method !== 'OPTIONS'),
      [
        ['POST', '/a', true],
        ['POST', '/back', false],
      ],
    );
  });

  it('within its own origin keeps it', async () => {
    own.answer = ({ path }) => (path === '/api/a' ? { status: 302, location: '/api/b' } : {});
    assert.equal(await get('/api/a'), 200);
    assert.deepEqual(seen(own), [
      ['GET', '/api/a', true],
      ['GET', '/api/b', true],
    ]);
  });
});

describe('an answer of 401 in a page', () => {
  it('leads to one more try, with another token and the same body', async () => {
    await page.evaluate(() => /** @type {any} */ (globalThis).client.start());
    await stack.control.setClockOffset(2);
    /** @type {string | undefined} */
    let first;
    own.answer = ({ authorization }) => ({ status: authorization === (first ??= authorization) ? 401 : 200 });
    assert.equal(await get('/api/a', { method: 'POST', body: 'again' }), 200);
    assert.deepEqual(
      own.received.map(({ body }) => body),
      ['again', 'again'],
    );
    assert.notEqual(own.received[0].authorization, own.received[1].authorization);
    assert.equal((await stack.control.counts()).token, 2);
  });
});

describe('what a page may show early', () => {
  const options = { baseUrl: undefined, routes: 'oauth2', profile: 'eager' };

  /** A page whose client remembers the name. */
  async function openWithHint() {
    await open(options);
    await page.evaluate(async (url) => {
      const { AuthClient } = await import(url);
      /** @type {any} */ (globalThis).client.dispose();
      const hint = { pick: (/** @type {any} */ profile) => profile.name };
      const client = await AuthClient.create({ routes: 'oauth2', profile: 'eager', hint });
      Object.assign(globalThis, { client });
    }, `${stack.appUrl}/client.js`);
  }

  const told = () =>
    page.evaluate(() => {
      const { client } = /** @type {any} */ (globalThis);
      return [client.wasAuthenticated, client.hint, client.profile?.name ?? null];
    });

  it('outlives a reload, holds no token, and ends with the session', async () => {
    await openWithHint();
    assert.deepEqual(await told(), [false, null, null]);
    await page.evaluate(() => /** @type {any} */ (globalThis).client.start());
    await page.waitForFunction(() => /** @type {any} */ (globalThis).client.profile !== null);
    assert.deepEqual(await told(), [true, 'maya', 'maya']);

    await openWithHint();
    assert.deepEqual(await told(), [true, 'maya', null], 'before anything was asked');
    const stored = await page.evaluate(() => JSON.stringify({ ...localStorage }));
    assert.doesNotMatch(stored, /eyJ|\w+\.\w+\.\w+/);

    await page.context().clearCookies();
    await page.evaluate(() => /** @type {any} */ (globalThis).client.start());
    assert.deepEqual(await told(), [false, null, null]);
    assert.equal(await page.evaluate(() => localStorage.length), 0);
  });
});
