// @ts-check
import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { memoryAdapter } from './adapter.mjs';
import { avatarSvg } from './avatar.mjs';
import { interactions } from './interactions.mjs';
import { loadOidcProvider } from './runtime.mjs';
import { tokenDefects } from './token-defects.mjs';

/** @typedef {import('../accounts.mjs').Account} Account */

/**
 * The Synapse stand-in: an OpenID provider with a login page of its own.
 *
 * @param {object} options
 * @param {string} options.issuer its origin
 * @param {string} options.clientId
 * @param {string} options.clientSecret
 * @param {string[]} options.redirectUris
 * @param {Account[]} options.accounts
 */
export async function createProvider({ issuer, clientId, clientSecret, redirectUris, accounts }) {
  const { Provider } = await loadOidcProvider();
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'synapse-stand-in' };
  const defects = tokenDefects(privateKey, jwk.kid);
  const provider = new Provider(issuer, {
    ...configuration(issuer, accounts),
    jwks: { keys: [jwk] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        client_name: 'BixArena',
        redirect_uris: redirectUris,
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
  });
  provider.use(askEveryTime);
  provider.use(likeSynapse);
  provider.use(defects.middleware);

  const answer = provider.callback();
  const interact = interactions(provider, accounts);
  /** @type {import('../listen.mjs').Handler} */
  const handle = (request, response) => {
    const path = new URL(request.url ?? '/', issuer).pathname;
    if (path.startsWith('/interaction/')) return interact(request, response, path);
    if (path.startsWith('/avatars/')) return avatar(accounts, path, response);
    return answer(request, response);
  };
  return { handle, spoilNextToken: defects.spoil };
}

/**
 * @param {string} issuer
 * @param {Account[]} accounts
 * @returns {import('oidc-provider').Configuration}
 */
function configuration(issuer, accounts) {
  return {
    adapter: memoryAdapter(),
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'picture'], email: ['email', 'email_verified'] },
    // The claims come in the ID token, so that the service needs no second request.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 3600, Session: 3600, Grant: 3600 },
    async findAccount(_ctx, id) {
      const account = accounts.find(({ synapseId }) => synapseId === id);
      return account && { accountId: id, claims: async () => claimsOf(account, issuer) };
    },
    // BixArena is a first party: signing in is the consent, and the login page says what is passed on.
    async loadExistingGrant(ctx) {
      const { client, session, provider } = ctx.oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  };
}

/**
 * @param {Account} account
 * @param {string} issuer
 */
function claimsOf({ synapseId, name, username, email }, issuer) {
  const picture = `${issuer}/avatars/${username}.svg`;
  return { sub: synapseId, name, preferred_username: username, picture, email, email_verified: true };
}

/**
 * The login page at every sign-in: the provider does not see its own session cookie, so it remembers nobody, and whoever signs
 * out of the arena can come back as somebody else.
 *
 * @param {import('oidc-provider').KoaContextWithOIDC} ctx
 * @param {() => Promise<void>} next
 */
function askEveryTime(ctx, next) {
  const cookies = (ctx.req.headers.cookie ?? '').split(';').filter((pair) => !pair.trim().startsWith('_session'));
  ctx.req.headers.cookie = cookies.join(';');
  return next();
}

/**
 * Synapse does not name itself in its answer; oidc-provider does (RFC 9207), and a page callback passes on `code` and
 * `state` only, so that openid-client would miss the announced parameter.
 *
 * @param {import('oidc-provider').KoaContextWithOIDC} ctx
 * @param {() => Promise<void>} next
 */
async function likeSynapse(ctx, next) {
  await next();
  if (ctx.oidc?.route === 'discovery') {
    delete (/** @type {Record<string, unknown>} */ (ctx.body).authorization_response_iss_parameter_supported);
  }
  const location = String(ctx.response.get('Location') ?? '');
  if (!location.includes('iss=')) return;
  const url = new URL(location);
  url.searchParams.delete('iss');
  ctx.set('Location', url.href);
}

/**
 * @param {Account[]} accounts
 * @param {string} path
 * @param {import('node:http').ServerResponse} response
 */
function avatar(accounts, path, response) {
  const account = accounts.find(({ username }) => path === `/avatars/${username}.svg`);
  if (!account) return response.writeHead(404).end();
  const headers = { 'Content-Type': 'image/svg+xml', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  return response.writeHead(200, headers).end(avatarSvg(account));
}
