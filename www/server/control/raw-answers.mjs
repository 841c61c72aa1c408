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
  const answer = new Response(body, { status: c.res.status, headers: c.res.headers });
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  // Hono merges the headers of the old answer into a new one unless the old one is taken away first.
  c.res = undefined;
  c.res = answer;
}

/**
 * Writes the headers, which promise the whole body, and the first half of it.
 *
 * @param {Context} c
 */
export async function sendHalf(c) {
  const body = Buffer.from(await c.res.arrayBuffer());
  const headers = new Map([...c.res.headers.keys()].map((name) => [name, headerValue(c.res.headers, name)]));
  const { outgoing } = c.env;
  // An empty body is promised to be longer than it is, so that the client notices.
  outgoing.writeHead(c.res.status, { ...Object.fromEntries(headers), 'Content-Length': body.length || 64 });
  const half = body.length ? body.subarray(0, body.length / 2) : '{';
  await new Promise((resolve) => outgoing.write(half, resolve));
}

/**
 * Waits for the end of the connection, and tells the HTTP layer that nothing is left to send.
 *
 * @param {Context} c
 * @returns {Promise<Response>}
 */
export async function whenClosed(c) {
  const { outgoing } = c.env;
  if (!outgoing.closed) await new Promise((resolve) => outgoing.once('close', resolve));
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
}

/**
 * @param {Headers} headers
 * @param {string} name
 */
function headerValue(headers, name) {
  return name === 'set-cookie' ? headers.getSetCookie() : (headers.get(name) ?? '');
}
