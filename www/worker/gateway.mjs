// @ts-check
// What stands behind the Worker: the auth service, and upstreams that get a token where the browser sent its cookie.

import { forwardRequest } from 'bixarena-auth-client/edge';
import { note } from './log.mjs';
import { problem } from './answers.mjs';
import { CLIENT_ADDRESS_HEADER as clientAddressHeader, serviceFetch, sessionsOf } from './settings.mjs';

/** @typedef {import('./settings.mjs').Env} Env */

/** Who the request is of, for upstreams that do not look into the token: base64url of JSON. A client's own is taken off. */
const CLAIMS_HEADER = 'X-Verified-Claims';

/**
 * @param {Request} request
 * @param {Env} env
 * @param {import('bixarena-auth-client/edge').ExecutionContext} ctx
 * @param {import('./routes.mjs').Route} route
 */
export async function toUpstream(request, env, ctx, { upstream, audience, roles, anonymous }) {
  const session = await sessionsOf(env).exchange(request, { audience, roles, anonymous, ctx });
  if (session.kind === 'refused') {
    note(request, { code: session.error.code });
    return session.response;
  }
  const token = session.kind === 'authenticated' ? session.token : undefined;
  const address = /** @type {Record<string, any>} */ (env)[String(upstream)];
  const forwarded = forwardRequest(request, address, { token, stripHeaders: [CLAIMS_HEADER], clientAddressHeader });
  if (session.kind === 'authenticated') {
    const { sub, roles } = session.claims;
    note(request, { sub });
    forwarded.headers.set(CLAIMS_HEADER, base64url(JSON.stringify({ sub, roles })));
  }
  const response = await reach(request, () => fetch(forwarded));
  // What the upstream no longer believes is not handed to it again.
  if (response.status === 401) sessionsOf(env).forget(request);
  return response;
}

/**
 * The auth service, with its cookie both ways.
 * @param {Request} request
 * @param {Env} env
 */
export async function toService(request, env) {
  const forwarded = forwardRequest(request, env.SERVICE_URL, { cookies: 'keep', clientAddressHeader });
  const response = await reach(request, () => serviceFetch(env)(forwarded));
  // A sign-in or a logout changes what the cookie stands for.
  sessionsOf(env).forget(request);
  return response;
}

/**
 * @param {Request} request
 * @param {() => Promise<Response>} send
 */
async function reach(request, send) {
  try {
    return await send();
  } catch (error) {
    note(request, { error: String(error) });
    return problem(502, 'Bad Gateway');
  }
}

/** A header holds ASCII only. @param {string} text */
function base64url(text) {
  const octets = Array.from(new TextEncoder().encode(text), (octet) => String.fromCharCode(octet)).join('');
  return btoa(octets).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
