// @ts-check
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { test } from 'node:test';
import { startProxy } from '../../scripts/test/few-connections.mjs';

test('ten requests at once reach the server over two connections, and are answered', async (t) => {
  const server = createServer((asked, answer) => void setTimeout(() => answer.end(asked.url), 10));
  let connections = 0;
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const proxy = await startProxy();
  t.after(() => {
    proxy.stop();
    server.close();
  });

  const ask = (/** @type {number} */ number) =>
    new Promise((resolve, reject) => {
      const path = `http://127.0.0.1:${port}/${number}`;
      const asked = request({ host: '127.0.0.1', port: proxy.port, path }, async (reply) => {
        const chunks = [];
        for await (const chunk of reply) chunks.push(chunk);
        resolve(Buffer.concat(chunks).toString());
      });
      asked.on('error', reject).end();
    });
  const numbers = Array.from({ length: 10 }, (_, number) => number);
  assert.deepEqual(
    await Promise.all(numbers.map(ask)),
    numbers.map((number) => `/${number}`),
  );
  assert.equal(connections, 2);

  server.closeAllConnections();
  server.close();
  await assert.rejects(ask(0), { code: 'ECONNRESET' }, 'a server that is gone is a failed connection');
});
