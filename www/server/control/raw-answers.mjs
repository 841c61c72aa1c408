// @ts-check

/** @typedef {import('hono').Context<import('../service/service.mjs').Env>} Context */

/**
 * Puts another body under the answer's status and headers.
 *
 * @param {Context} c
 * @param {string} body
 * @param {Record<string, string>} [headers]
 */
export function replaceAnswer(c, body, headers = {}) {
  const { status, headers: kept } = c.res;
  const answer = new Response(status === 204 ? null : body, { status, headers: kept });
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  // Hono merges the headers of the old answer into a new one unless the old one is taken away first.
  c.res = undefined;
  c.res = answer;
}

/**
 * Writes the headers, which promise the whole body, and the first half of it. An answer that was empty is promised a body, so
 * that the client notices; a 204, which can have none (RFC 9110 §15.3.5), is not begun at all.
 *
 * @param {Context} c
 */
export async function sendHalf(c) {
  const body = Buffer.from(await c.res.arrayBuffer());
  if (c.res.status === 204) return;
  const headers = new Map([...c.res.headers.keys()].map((name) => [name, headerValue(c.res.headers, name)]));
  const { outgoing } = c.env;
  outgoing.writeHead(c.res.status, { ...Object.fromEntries(headers), 'Content-Length': body.length || 64 });
  const half = body.length ? body.subarray(0, body.length / 2) : '{';
  await new Promise((resolve) => outgoing.write(half, resolve));
}

/**
 * Waits for the end of the connection.
 *
 * @param {Context} c
 */
export async function whenClosed({ env: { outgoing } }) {
  if (!outgoing.closed) await new Promise((resolve) => outgoing.once('close', resolve));
}

/**
 * Leaves the connection to itself, and once it has ended tells the HTTP layer that nothing is left to send.
 *
 * @param {Context} c
 * @returns {Promise<Response>}
 */
export async function nothingMore(c) {
  await whenClosed(c);
  const sent = new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
  // What a middleware returns counts only while there is no answer yet; afterwards the answer must be replaced.
  if (c.finalized) {
    c.res = undefined;
    c.res = sent;
  }
  return sent;
}

/**
 * @param {Headers} headers
 * @param {string} name
 */
function headerValue(headers, name) {
  return name === 'set-cookie' ? headers.getSetCookie() : (headers.get(name) ?? '');
}
