// @ts-check
import { expiredPage, loginPage } from './login-page.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {import('../accounts.mjs').Account} Account */

const MAX_FORM_BYTES = 4096;

/**
 * The login page and its two buttons: `GET /interaction/<uid>`, `POST …/sign-in` and `POST …/cancel`.
 *
 * @param {import('oidc-provider').default} provider
 * @param {Account[]} accounts
 */
export function interactions(provider, accounts) {
  /**
   * @param {Request} request
   * @param {Response} response
   * @param {string} path
   */
  return async (request, response, path) => {
    try {
      // The cookie decides which interaction it is; its path is the one of this page.
      const { uid } = await provider.interactionDetails(request, response);
      const [, , , action] = path.split('/');
      if (request.method === 'GET' && !action) return send(response, 200, loginPage({ uid, accounts }));
      if (request.method !== 'POST') return send(response, 405, expiredPage());
      if (action === 'cancel') return await provider.interactionFinished(request, response, cancelled());
      const form = await readForm(request);
      const account = authenticate(accounts, form);
      if (!account) return send(response, 401, loginPage({ uid, accounts, refused: form.get('username') ?? '' }));
      const login = { accountId: account.synapseId, remember: false };
      return await provider.interactionFinished(request, response, { login });
    } catch {
      // The cookie is missing or the interaction is over: a reload, the back button, or an hour of waiting.
      return send(response, 410, expiredPage());
    }
  };
}

/** RFC 6749 §4.1.2.1 */
function cancelled() {
  return { error: 'access_denied', error_description: 'The sign-in was cancelled at Synapse' };
}

/**
 * A quick choice names the account; the form gives a user name or e-mail address and a password.
 *
 * @param {Account[]} accounts
 * @param {URLSearchParams} form
 */
function authenticate(accounts, form) {
  const choice = form.get('account');
  if (choice !== null) return accounts.find(({ username }) => username === choice);
  const name = (form.get('username') ?? '').trim().toLowerCase();
  return accounts.find(
    ({ username, email, password }) => (name === username || name === email) && form.get('password') === password,
  );
}

/** @param {Request} request */
async function readForm(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_FORM_BYTES) throw new RangeError('the form is too long');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/**
 * @param {Response} response
 * @param {number} status
 * @param {string} page
 */
function send(response, status, page) {
  if (response.headersSent) return response.end();
  return response
    .writeHead(status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      // No form-action: Chromium applies it to the redirect that follows the form, which leads to the application.
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'",
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    .end(page);
}
