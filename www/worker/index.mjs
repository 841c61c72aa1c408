// @ts-check
/*
 * A Worker in front of an application: it guards an API of its own, turns the session's cookie into a token for the services
 * behind it, and passes the sign-in on. routes.mjs says what is where, wrangler.jsonc how it is deployed.
 */
import { problem } from './answers.mjs';
import { toService, toUpstream } from './gateway.mjs';
import { logged, note } from './log.mjs';
import { routeOf } from './routes.mjs';

/** @typedef {import('./settings.mjs').Env} Env */
/** @typedef {import('bixarena-auth-client/edge').ExecutionContext} Context */

export default {
  /**
   * @param {Request} request
   * @param {Env} env
   * @param {Context} ctx
   */
  fetch: (request, env, ctx) => logged(request, () => safely(request, env, ctx)),
};

/**
 * @param {Request} request
 * @param {Env} env
 * @param {Context} ctx
 */
async function safely(request, env, ctx) {
  try {
    return await answer(request, env, ctx);
  } catch (error) {
    note(request, { error: String(error) });
    return problem(500, 'Internal Server Error');
  }
}

/**
 * @param {Request} request
 * @param {Env} env
 * @param {Context} ctx
 */
function answer(request, env, ctx) {
  const route = routeOf(new URL(request.url).pathname);
  if (route === undefined) return problem(400, 'Bad Request');
  if (route === null) return problem(404, 'Not Found');
  if (route.service) return toService(request, env);
  if (route.answer === undefined) return toUpstream(request, env, ctx, route);
  if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method)) {
    return problem(405, 'Method Not Allowed', { allow: 'GET, HEAD, OPTIONS' });
  }
  return route.answer(request, env, ctx);
}
