// @ts-check
// A gateway of a few lines: sessions become tokens, and requests go on to an upstream with them.

import { JwtVerifier, authenticate, createSessionExchanger, forwardRequest } from 'bixarena-auth-client/edge';

const URN = 'urn:bixarena:auth';

/** @type {JwtVerifier | undefined} */
let verifier;
/** @type {import('bixarena-auth-client/edge').SessionExchanger | undefined} */
let sessions;

export default {
  /**
   * @param {Request} request
   * @param {{ SERVICE_URL: string, JWKS: any, WAIT: boolean }} env
   * @param {{ waitUntil(promise: Promise<unknown>): void }} ctx
   */
  async fetch(request, { SERVICE_URL, JWKS, WAIT }, ctx) {
    verifier ??= new JwtVerifier({ jwks: JWKS, issuer: URN, audience: URN });
    sessions ??= createSessionExchanger({ baseUrl: `${SERVICE_URL}/v1`, verifier });
    if (new URL(request.url).pathname === '/bearer') {
      const result = await authenticate(request, verifier, { ctx });
      return result.ok ? Response.json({ sub: result.claims.sub }) : result.response;
    }
    const session = await sessions.exchange(request, { anonymous: true, ctx: WAIT ? ctx : undefined });
    if (session.kind === 'refused') return session.response;
    if (session.kind === 'anonymous') return Response.json({ anonymous: session.reason });
    const forwarded = forwardRequest(request, SERVICE_URL, { token: session.token, stripHeaders: ['x-verified-sub'] });
    forwarded.headers.set('x-verified-sub', String(session.claims.sub));
    return fetch(forwarded);
  },
};
