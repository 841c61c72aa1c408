// @ts-check
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';

/**
 * A proxy that opens no more than two connections at a time to any server. The server of wasm-bindgen's test runner has four
 * threads, and gives a fifth connection now and then to one that serves another until that ends: a browser, which opens six and
 * keeps them, then waits for ever.
 */
export async function startProxy() {
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const proxy = createServer((asked, answer) => {
    const { method, headers, url } = asked;
    const forwarded = request(/** @type {string} */ (url), { agent, method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
      reply.on('error', () => answer.destroy());
    });
    // To the page it is a failed connection, as it would be without a proxy.
    forwarded.on('error', () => answer.destroy());
    answer.on('close', () => forwarded.destroy());
    asked.pipe(forwarded);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (proxy.address());
  const stop = () => {
    proxy.closeAllConnections();
    proxy.close();
    agent.destroy();
  };
  return { port, address: `127.0.0.1:${port}`, stop };
}
