// @ts-check
// A Worker that reaches the auth service through a service binding, as its method is or bound to it.

import { createSessionExchanger, guard } from 'bixarena-auth-client/edge';

const identity = { issuer: 'urn:bixarena:auth', audience: 'urn:bixarena:auth' };

export default {
  /**
   * @param {Request} request
   * @param {{ AUTH: { fetch: typeof fetch } }} env
   * @param {{ waitUntil(promise: Promise<unknown>): void }} ctx
   */
  async fetch(request, { AUTH }, ctx) {
    const { pathname } = new URL(request.url);
    const fetch = pathname.startsWith('/bound') ? AUTH.fetch.bind(AUTH) : AUTH.fetch;
    /** @type {string | undefined} */
    let cause;
    const onRefused = (/** @type {any} */ error) => void (cause = String(error.cause));
    const verifier = { jwksUrl: 'http://auth.invalid/.well-known/jwks.json', ...identity, fetch };
    const answer = await guard((_request, _env, _ctx, { claims }) => Response.json(claims), { verifier, onRefused })(
      request,
      {},
      ctx,
    );
    if (pathname.endsWith('/bearer')) return Response.json({ status: answer.status, cause });
    const never = { verify: () => Promise.reject(new Error('no token came')) };
    const sessions = createSessionExchanger({ baseUrl: 'http://auth.invalid/v1', verifier: never, fetch });
    const session = await sessions.exchange(new Request(request.url, { headers: { cookie: 'JSESSIONID=x' } }));
    const error = session.kind === 'refused' ? session.error : undefined;
    return Response.json({ code: error?.code, cause: String(error?.cause) });
  },
};
