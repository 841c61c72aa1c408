// @ts-check
// A Worker that guards a route, and whose clock can be set forward: hours pass in seconds.

import { JwtVerifier, authenticate } from 'bixarena-auth-client/edge';

const URN = 'urn:bixarena:auth';

/** @type {JwtVerifier | undefined} */
let verifier;
let ahead = 0;

export default {
  /**
   * @param {Request} request
   * @param {{ JWKS_URL: string, JWKS_CACHE: import('bixarena-auth-client/edge').JwksCacheOptions }} env
   * @param {import('bixarena-auth-client/edge').ExecutionContext} ctx
   */
  async fetch(request, { JWKS_URL, JWKS_CACHE }, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/advance') {
      ahead += Number(searchParams.get('seconds')) * 1000;
      return new Response();
    }
    verifier ??= new JwtVerifier({
      jwksUrl: JWKS_URL,
      issuer: URN,
      audience: URN,
      now: () => Date.now() + ahead,
      jwksCache: JWKS_CACHE,
    });
    const result = await authenticate(request, verifier, { ctx });
    return result.ok ? Response.json({ sub: result.claims.sub }) : result.response;
  },
};
