// @ts-check

/**
 * @param {unknown} body
 * @param {ResponseInit & { headers?: Record<string, string> }} [init]
 */
export const json = (body, { headers, ...init } = {}) =>
  Response.json(body, { ...init, headers: { 'cache-control': 'no-store', ...headers } });

/**
 * Problem details (RFC 9457).
 * @param {number} status
 * @param {string} title
 * @param {Record<string, string>} [headers]
 */
export const problem = (status, title, headers) =>
  json({ title, status }, { status, headers: { 'content-type': 'application/problem+json', ...headers } });
