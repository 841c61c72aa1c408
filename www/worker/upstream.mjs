// @ts-check
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { listen } from '../server/listen.mjs';

/**
 * A service behind the Worker, in the place of BixArena's API: it answers what it was sent, and checks the token itself.
 * @param {{ jwksUrl: string, issuer: string }} stack
 */
export async function startUpstream({ jwksUrl, issuer }) {
  const listener = await listen({ name: 'upstream', option: 'port' });
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cooldownDuration: 0, cacheMaxAge: 0 });
  listener.handle(async ({ method, url, headers }, response) => {
    const { authorization, cookie } = headers;
    const claims = headers['x-verified-claims'];
    const answer = {
      method,
      path: url,
      claims: claims === undefined ? null : JSON.parse(Buffer.from(String(claims), 'base64url').toString()),
      audience: null,
      cookie: cookie !== undefined,
      client: headers['x-forwarded-for'] ?? null,
    };
    let status = 200;
    if (authorization !== undefined) {
      try {
        const { payload } = await jwtVerify(authorization.replace(/^Bearer /, ''), keys, { issuer });
        Object.assign(answer, { audience: payload.aud });
      } catch {
        status = 401;
      }
    }
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(answer));
  });
  return listener;
}
