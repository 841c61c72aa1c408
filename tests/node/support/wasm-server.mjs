// @ts-check
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A server that has a wasm file, and everything else that may be found where one is looked for.
 * @param {Uint8Array} wasm
 */
export async function listen(wasm) {
  /** @type {string[]} */
  const asked = [];
  /** @type {Record<string, [status: number, type: string, body: string | Uint8Array]>} */
  const answers = {
    '/': [200, 'application/wasm', wasm],
    '/octets': [200, 'application/octet-stream', wasm],
    '/page': [200, 'text/html; charset=utf-8', '<!doctype html>'],
    '/lie': [200, 'application/wasm', '<!doctype html>'],
  };
  const server = createServer(({ url = '/' }, response) => {
    asked.push(url);
    const [status, type, body] = answers[url] ?? [404, 'text/plain', 'not found'];
    response.writeHead(status, { 'content-type': type }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
}
