// @ts-check
// `AuthClient.fetch` in workerd, which with an old compatibility date takes the token along a redirect.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { startStack } from '../../www/server/stack.mjs';

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {{ origin: string, close: () => unknown }[]} */
let apis;
/** @type {[path: string, isBearer: boolean][]} */
const received = [];

/** @param {(path: string) => string | undefined} target */
async function startApi(target) {
  const server = createServer(({ url = '', headers }, response) => {
    received.push([url, /^Bearer \S+$/.test(headers.authorization ?? '')]);
    const location = target(url);
    response.writeHead(location ? 302 : 200, location ? { location } : {}).end('done');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close().closeAllConnections() };
}

before(async () => {
  stack = await startStack({ app: null, worker: null, control: true });
  const elsewhere = await startApi(() => undefined);
  const api = await startApi((path) => (path === '/away' ? `${elsewhere.origin}/there` : undefined));
  apis = [api, elsewhere];
});

after(async () => {
  for (const api of apis) api.close();
  await stack.close();
});

for (const compatibilityDate of ['2024-01-01', '2026-01-01']) {
  describe(`a Worker of ${compatibilityDate}`, () => {
    /** @type {Awaited<ReturnType<typeof startWorkerd>>} */
    let worker;

    before(async () => {
      const { cookie } = await stack.control.createSession('maya');
      worker = await startWorkerd({
        entry: fileURLToPath(new URL('./support/client.mjs', import.meta.url)),
        bindings: { BASE_URL: stack.baseUrl.v1, API: apis[0].origin, COOKIE: cookie },
        compatibilityDate,
      });
    });

    after(() => worker.stop());

    it('calls an API with the token', async () => {
      received.length = 0;
      assert.deepEqual(await (await fetch(`${worker.url}/api`)).json(), { status: 200, location: null });
      assert.deepEqual(received, [['/api', true]]);
    });

    it('gets a redirect as it is: the token goes nowhere else', async () => {
      received.length = 0;
      const answer = await (await fetch(`${worker.url}/away`)).json();
      assert.deepEqual(answer, { status: 302, location: `${apis[1].origin}/there` });
      assert.deepEqual(received, [['/away', true]]);
    });
  });
}
