// @ts-check
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';

const folder = mkdtempSync(join(tmpdir(), 'worker-'));

/** A module that exports `answer`, a function returning 42. */
const wasm = Buffer.from('AGFzbQEAAAABBQFgAAF/AwIBAAcKAQZhbnN3ZXIAAAoGAQQAQSoL', 'base64');

const source = `
  import module from './answer.wasm';
  const { answer } = new WebAssembly.Instance(module).exports;
  export default {
    async fetch(request, env) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === '/wasm') return Response.json(answer());
      if (pathname === '/env') return Response.json([env.TEXT, env.DATA, NAME]);
      if (pathname === '/service') return env.SERVICE.fetch('http://anything/path');
      try {
        return await fetch(searchParams.get('url'));
      } catch (error) {
        return new Response('refused', { status: 502 });
      }
    },
  };`;

const server = createServer((request, response) => response.end(`served ${request.url}`));
let serverUrl = '';
/** @type {import('../../scripts/lib/workerd.mjs').WorkerdOptions} */
let options;

before(async () => {
  writeFileSync(join(folder, 'answer.wasm'), wasm);
  writeFileSync(join(folder, 'index.mjs'), source);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  serverUrl = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  options = {
    entry: join(folder, 'index.mjs'),
    bindings: { TEXT: 'a "text" with \u0007 and ö\n', DATA: { list: [1, null, 'x'] } },
    services: { SERVICE: serverUrl },
    define: { NAME: '"defined"' },
  };
});

after(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/**
 * @param {Partial<import('../../scripts/lib/workerd.mjs').WorkerdOptions>} more
 * @param {(url: string) => Promise<void>} use
 */
async function withWorker(more, use) {
  const worker = await startWorkerd({ ...options, ...more });
  try {
    await use(worker.url);
  } finally {
    await worker.stop();
  }
  await assert.rejects(fetch(worker.url), TypeError, 'it still listens');
}

test('a Worker with wasm, bindings, a service and this machine to fetch from', { timeout: 60_000 }, () =>
  withWorker({}, async (url) => {
    assert.equal(await (await fetch(`${url}/wasm`)).json(), 42);
    const env = await (await fetch(`${url}/env`)).json();
    assert.deepEqual(env, [options.bindings?.TEXT, options.bindings?.DATA, 'defined']);
    assert.equal(await (await fetch(`${url}/service`)).text(), 'served /path');
    const outside = await fetch(`${url}/?url=${encodeURIComponent(`${serverUrl}/outside`)}`);
    assert.equal(await outside.text(), 'served /outside');
  }),
);

test('a Worker that may reach nothing', { timeout: 60_000 }, () =>
  withWorker({ network: ['public'] }, async (url) => {
    assert.equal((await fetch(`${url}/?url=${encodeURIComponent(serverUrl)}`)).status, 502);
  }),
);

test('a port that is taken is named', { timeout: 60_000 }, async () => {
  const port = Number(new URL(serverUrl).port);
  await assert.rejects(startWorkerd({ ...options, port }), {
    message: `port ${port} is taken: choose another one for the Worker.`,
  });
});

test('what workerd says about a Worker that cannot start is told', { timeout: 60_000 }, async () => {
  const entry = join(folder, 'broken.mjs');
  writeFileSync(entry, 'throw new Error("broken from the start"); export default {};');
  await assert.rejects(startWorkerd({ ...options, entry }), /workerd did not start: .*\n[^]*broken from the start/);
});
