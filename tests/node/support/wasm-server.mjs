// @ts-check
import { listen } from '../../../www/server/listen.mjs';

/**
 * A server that has a wasm file, and everything else that may be found where one is looked for.
 * @param {Uint8Array} wasm
 */
export async function serveWasm(wasm) {
  /** @type {string[]} */
  const asked = [];
  /** @type {Record<string, [status: number, type: string, body: string | Uint8Array]>} */
  const answers = {
    '/': [200, 'application/wasm', wasm],
    '/octets': [200, 'application/octet-stream', wasm],
    '/page': [200, 'text/html; charset=utf-8', '<!doctype html>'],
    '/lie': [200, 'application/wasm', '<!doctype html>'],
  };
  const { url, handle, close } = await listen({ name: 'server of the wasm', option: 'port' });
  handle(({ url: wanted = '/' }, response) => {
    asked.push(wanted);
    const [status, type, body] = answers[wanted] ?? [404, 'text/plain', 'not found'];
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  return { url, asked, close };
}
