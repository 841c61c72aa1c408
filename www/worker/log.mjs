// @ts-check

/** What is to be logged of a request besides what is logged of all. @type {WeakMap<Request, Record<string, unknown>>} */
const notes = new WeakMap();

/**
 * @param {Request} request
 * @param {{ sub?: unknown, code?: string, error?: string }} facts never a token or a cookie
 */
export const note = (request, facts) => void notes.set(request, { ...notes.get(request), ...facts });

/**
 * One line of JSON for each request, which Workers Logs makes searchable. Without the query, which holds `code` and `state` at a
 * callback. Time stands still in a Worker while it computes: `ms` is what it waited for.
 * @param {Request} request
 * @param {() => Promise<Response>} answer
 */
export async function logged(request, answer) {
  const began = Date.now();
  const response = await answer();
  const { method, url } = request;
  const { status } = response;
  const line = { method, path: new URL(url).pathname, status, ms: Date.now() - began, ...notes.get(request) };
  console.log(JSON.stringify(line));
  return response;
}
