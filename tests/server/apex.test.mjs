// @ts-check
import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startStack } from '../../www/server/stack.mjs';
import { until } from './support/until.mjs';

const CSP = "default-src 'self'";
/** @type {string} */
let dir;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bixarena-apex-'));
  await mkdir(join(dir, 'ui/assets'), { recursive: true });
  await writeFile(join(dir, 'secret.txt'), 'outside');
  await writeFile(join(dir, 'ui/index.html'), '<!doctype html><title>UI</title>');
  await writeFile(join(dir, 'ui/assets/app.js'), 'export {};');
  await writeFile(join(dir, 'ui/assets/app.css'), 'body {}');
  await writeFile(join(dir, 'ui/assets/core.wasm'), Buffer.from([0, 0x61, 0x73, 0x6d]));
  await writeFile(join(dir, 'ui/assets/data.unknown'), 'data');
});
after(() => rm(dir, { recursive: true }));

/** A worker that tells what it was asked; `/api/endless` is sent in part and never ends. */
async function startWorker() {
  /** @type {{ url?: string, cookie?: string, forwarded?: string, host?: string, body: string, closed: boolean }} */
  const seen = { body: '', closed: false };
  const server = createServer((request, response) => {
    const { cookie, host } = request.headers;
    const forwarded = request.headers['x-forwarded-for'];
    Object.assign(seen, { url: request.url, cookie, host, forwarded, body: '' });
    request.on('data', (chunk) => (seen.body += chunk));
    response.on('close', () => (seen.closed = true));
    if (request.url === '/api/endless') return void response.writeHead(200).write('begun');
    request.on('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"from":"worker"}'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, port, seen, close };
}

/**
 * The path exactly as given: fetch would resolve its dots.
 *
 * @param {string} base
 * @param {string} path
 * @returns {Promise<{ status: number | undefined, text: string }>}
 */
function raw(base, path) {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const request = httpRequest({ hostname, port, path }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk)).on('end', () => resolve({ status: answer.statusCode, text }));
    });
    request.on('error', reject).end();
  });
}

for (const mode of /** @type {const} */ (['same-origin', 'cross-origin'])) {
  describe(`the front, ${mode}`, () => {
    /** @type {import('../../www/server/stack.mjs').Stack} */
    let stack;
    before(async () => {
      stack = await startStack({ mode, app: { dir: join(dir, 'ui'), csp: CSP } });
    });
    after(() => stack.close());

    const files = /** @type {[string, string][]} */ ([
      ['/', 'text/html; charset=utf-8'],
      ['/index.html', 'text/html; charset=utf-8'],
      ['/assets/app.js', 'text/javascript; charset=utf-8'],
      ['/assets/app.css?v=1', 'text/css; charset=utf-8'],
      ['/assets/core.wasm', 'application/wasm'],
      ['/assets/data.unknown', 'application/octet-stream'],
      ['/callback?code=c&state=s', 'text/html; charset=utf-8'],
      ['/battle/7', 'text/html; charset=utf-8'],
    ]);
    for (const [path, type] of files) {
      test(`${path} is ${type}`, async () => {
        const answer = await fetch(stack.appUrl + path);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get('Content-Type'), type);
        assert.equal(answer.headers.get('X-Content-Type-Options'), 'nosniff');
        assert.equal(answer.headers.get('Content-Security-Policy'), type.startsWith('text/html') ? CSP : null);
        assert.equal((await answer.arrayBuffer()).byteLength, Number(answer.headers.get('Content-Length')));
      });
    }

    test('a file that is not there is 404, not the index page', async () => {
      assert.equal((await fetch(`${stack.appUrl}/assets/gone.js`)).status, 404);
    });

    test('HEAD has the headers; other methods are refused', async () => {
      const head = await fetch(stack.appUrl, { method: 'HEAD' });
      assert.deepEqual([head.status, await head.text()], [200, '']);
      assert.equal((await fetch(stack.appUrl, { method: 'DELETE' })).status, 405);
    });

    const escapes = [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/%00',
      '/%zz',
      '//',
    ];
    for (const path of escapes) {
      test(`nothing outside the folder: ${path}`, async () => {
        assert.doesNotMatch((await raw(stack.appUrl, path)).text, /outside/);
      });
    }

    test('the CSP and the folder can be changed', async (t) => {
      t.after(() => stack.setApp({ dir: join(dir, 'ui'), csp: CSP }));
      stack.setApp({ dir: join(dir, 'ui') });
      assert.equal((await fetch(stack.appUrl)).headers.get('Content-Security-Policy'), null);
      stack.setApp(null);
      assert.equal((await fetch(stack.appUrl)).status, 404);
    });

    test('/api goes to the worker, from the moment that it is known', async (t) => {
      const without = await fetch(`${stack.appUrl}/api/me`);
      assert.deepEqual([without.status, await without.text()], [503, '']);
      const worker = await startWorker();
      t.after(worker.close);
      stack.setWorker(worker.url);
      const answer = await fetch(`${stack.appUrl}/api/me?x=1`, {
        method: 'POST',
        body: 'hello',
        headers: { Cookie: 'a=b', 'X-Forwarded-For': '203.0.113.9' },
      });
      assert.deepEqual(await answer.json(), { from: 'worker' });
      assert.deepEqual(worker.seen, {
        url: '/api/me?x=1',
        cookie: 'a=b',
        host: `127.0.0.1:${worker.port}`,
        forwarded: '203.0.113.9, 127.0.0.1',
        body: 'hello',
        closed: true,
      });
    });

    test('a worker that cannot be reached is 503; a broken answer breaks; a client that leaves is noticed', async (t) => {
      const worker = await startWorker();
      t.after(worker.close);
      stack.setWorker(worker.url);
      const leaving = new AbortController();
      const left = await fetch(`${stack.appUrl}/api/endless`, { signal: leaving.signal });
      leaving.abort();
      await assert.rejects(left.text(), { name: 'AbortError' });
      await until(() => worker.seen.closed);
      const broken = await fetch(`${stack.appUrl}/api/endless`);
      worker.close();
      await assert.rejects(broken.text(), TypeError);
      assert.equal((await fetch(`${stack.appUrl}/api/me`)).status, 503);
    });

    test('the auth routes are here only in the same-origin set-up', async () => {
      const paths = ['/v1/.well-known/jwks.json', '/.well-known/jwks.json'];
      const statuses = await Promise.all(paths.map(async (path) => (await fetch(stack.appUrl + path)).status));
      assert.deepEqual(statuses, mode === 'same-origin' ? [200, 200] : [404, 404]);
      const userinfo = await fetch(`${stack.appUrl}/userinfo`);
      assert.equal(userinfo.status, mode === 'same-origin' ? 401 : 200);
      assert.equal(
        (await fetch(`${stack.appUrl}/v1/auth/oidc/start`, { redirect: 'manual' })).status,
        mode === 'same-origin' ? 302 : 200,
      );
      assert.equal((await fetch(`${stack.appUrl}/v1x`)).headers.get('Content-Type'), 'text/html; charset=utf-8');
    });
  });
}
