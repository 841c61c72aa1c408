// @ts-check
// A Worker with one `JwtVerifier` for all requests, which says what becomes of the token that it is sent.

import { JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';

/** @type {JwtVerifier | undefined} */
let verifier;

export default {
  /**
   * @param {Request} request
   * @param {{ JWKS_URL: string, TIMEOUT: number }} env
   */
  async fetch(request, { JWKS_URL, TIMEOUT }) {
    verifier ??= new JwtVerifier({
      jwksUrl: JWKS_URL,
      issuer: 'urn:bixarena:auth',
      audience: 'urn:bixarena:auth',
      jwksCache: { timeout: TIMEOUT },
    });
    try {
      const { claims } = await verifier.verify(await request.text());
      return Response.json({ sub: claims.sub });
    } catch (error) {
      return Response.json(isAuthError(error) ? { code: error.code, status: error.status } : { thrown: String(error) });
    }
  },
};
