// @ts-check

/**
 * What the Worker can be asked. `bearer`: with the token of this page, if there is one; else the browser sends its cookie, and the
 * Worker makes a token of it.
 * @typedef {{ id: string, path: string, what: string, bearer: boolean }} Call
 * @type {Call[]}
 */
export const CALLS = [
  { id: 'call-api', path: '/api/me', what: 'what your token says', bearer: true },
  { id: 'call-admin', path: '/api/admin', what: 'for administrators', bearer: true },
  { id: 'call-public', path: '/api/public', what: 'for everybody', bearer: true },
  {
    id: 'call-upstream',
    path: '/api/upstream/profile',
    what: 'a service behind, by your cookie',
    bearer: false,
  },
];

/**
 * Also without a token, so that the API can be seen to refuse.
 * @param {Call} call
 * @param {import('bixarena-auth-client').AuthClient} client
 */
export async function ask({ path, bearer }, client) {
  const isSignedIn = client.state.status === 'authenticated';
  const response = await (bearer && isSignedIn ? client.fetch(path) : fetch(path));
  return { path, status: response.status, body: pretty(await response.text()) };
}

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
