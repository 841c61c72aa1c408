// @ts-check
import * as client from 'openid-client';

/** @typedef {import('./sessions.mjs').PendingLogin} PendingLogin */
/** @typedef {Omit<PendingLogin, 'returnTo'> & { url: URL }} AuthorizationRequest */

/** The exchange failed; `reason` is the word that the service's answer carries. */
export class LoginFailed extends Error {
  /**
   * @param {import('./answers.mjs').CallbackReason} reason
   * @param {unknown} cause
   */
  constructor(reason, cause) {
    super(`the login failed: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** What the service does towards the OpenID provider, through openid-client. */
export class RelyingParty {
  /** @type {Promise<client.Configuration> | null} */
  #discovered = null;
  #registration;

  /** @param {{ issuer: string, clientId: string, clientSecret: string }} registration */
  constructor(registration) {
    this.#registration = registration;
  }

  /**
   * @param {string} redirectUri
   * @returns {Promise<AuthorizationRequest>}
   */
  async authorizationRequest(redirectUri) {
    const config = await this.#configuration();
    const codeVerifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const url = client.buildAuthorizationUrl(config, {
      response_type: 'code',
      scope: 'openid profile email',
      redirect_uri: redirectUri,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
    return { url, state, nonce, codeVerifier, redirectUri };
  }

  /**
   * @param {string} code
   * @param {PendingLogin} pending
   * @returns {Promise<client.IDToken>} the claims of the verified ID token
   */
  async exchange(code, { state, nonce, codeVerifier, redirectUri }) {
    const url = new URL(redirectUri);
    url.search = new URLSearchParams({ code, state }).toString();
    try {
      const answer = await client.authorizationCodeGrant(await this.#configuration(), url, {
        pkceCodeVerifier: codeVerifier,
        expectedState: state,
        expectedNonce: nonce,
      });
      const claims = answer.claims();
      if (!claims) throw new LoginFailed('missing-id-token', undefined);
      return claims;
    } catch (error) {
      throw error instanceof LoginFailed ? error : new LoginFailed(reasonOf(error), error);
    }
  }

  async #configuration() {
    const { issuer, clientId, clientSecret } = this.#registration;
    this.#discovered ??= client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      client.ClientSecretBasic(clientSecret),
      {
        // Plain http is for loopback; without TLS the ID token's signature must be checked, which
        // OpenID Connect Core §3.1.3.7, rule 6, otherwise leaves to the connection.
        execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
        timeout: 10,
      },
    );
    try {
      return await this.#discovered;
    } catch (error) {
      this.#discovered = null;
      throw error;
    }
  }
}

const EXCHANGE_CODES = new Set([
  'OAUTH_RESPONSE_BODY_ERROR',
  'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
  'OAUTH_TIMEOUT',
]);

/**
 * @param {unknown} error what openid-client threw
 * @returns {import('./answers.mjs').CallbackReason}
 */
function reasonOf(error) {
  if (!(error instanceof Error)) return 'exception';
  const code = 'code' in error ? String(error.code) : '';
  // `fetch failed`: the token endpoint could not be reached.
  if (EXCHANGE_CODES.has(code) || error instanceof TypeError) return 'token-exchange';
  const details = /** @type {any} */ (error.cause)?.cause;
  if (details?.body && details.body.id_token === undefined) return 'missing-id-token';
  if (details?.claims && details.claims.sub === undefined) return 'missing-sub';
  return 'exception';
}
