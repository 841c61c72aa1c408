// @ts-check
import { Hono } from 'hono';
import { problem } from './answers.mjs';
import { cors } from './cors.mjs';
import { handlers } from './handlers.mjs';
import { KeyRing } from './keys.mjs';
import { RateLimits, rateLimitHeaders, tooManyRequests } from './limits.mjs';
import { operationNames, operations } from './operations.mjs';
import { RelyingParty } from './relying-party.mjs';
import { Sessions } from './sessions.mjs';
import { createUsers } from './users.mjs';

/** @typedef {import('./operations.mjs').OperationName} OperationName */
/** @typedef {import('./handlers.mjs').RouteSet} RouteSet */

/**
 * What middleware tells the handlers. Without the test controls all of it is absent.
 *
 * @typedef {object} Variables
 * @property {() => Response} [instead] answers in the operation's place
 * @property {import('./tokens.mjs').TokenDefect} [tokenDefect]
 * @property {KeyRing} [keys] another replica's keys
 */
/** @typedef {{ Bindings: import('@hono/node-server').HttpBindings, Variables: Variables }} Env */

/** @typedef {(operation: OperationName, routes: RouteSet) => import('hono').MiddlewareHandler<Env>} Hook */

/**
 * @typedef {object} ServiceOptions
 * @property {string} publicUrl the origin at which browsers see the auth routes
 * @property {string} uiUrl the UI's origin: where a service callback leads, and the page callback lies
 * @property {string} callbackPath the UI's callback page
 * @property {'page' | 'service'} callback which of the two redirect URIs `start` names
 * @property {{ issuer: string, clientId: string, clientSecret: string }} provider
 * @property {import('../accounts.mjs').Account[]} accounts
 * @property {string[]} corsOrigins
 * @property {string} [issuer] default `urn:bixarena:auth`
 * @property {string[]} [audiences] that may be asked for; the first is the default
 * @property {import('./limits.mjs').Limits} [limits]
 * @property {number} [tokenLifetime] seconds, default 600
 * @property {() => number} [now] milliseconds
 * @property {(error: unknown) => void} [onError] is told why a login could not be started or finished
 * @property {Hook} [hook] the test controls, around everything else
 */

/** @typedef {Awaited<ReturnType<typeof assemble>>} Service the parts that the operations work with */

/**
 * The auth service. `fetch` answers requests; the rest is for the test controls.
 *
 * @param {ServiceOptions} options
 */
export async function createService(options) {
  const service = await assemble(options);
  return { ...service, fetch: route(service, options.hook).fetch };
}

/** @param {ServiceOptions} options */
async function assemble(options) {
  const { publicUrl, uiUrl, provider, accounts, now = Date.now } = options;
  const settings = {
    callback: options.callback,
    startStatus: /** @type {302 | 204} */ (302),
    tokenLifetime: options.tokenLifetime ?? 600,
    /** Seconds added to the clock by which tokens are dated. */
    clockOffset: 0,
  };
  const uris = redirectUris(options);
  return {
    settings,
    uiUrl,
    now,
    issuer: options.issuer ?? 'urn:bixarena:auth',
    audiences: options.audiences ?? ['urn:bixarena:auth', 'urn:bixarena:api', 'urn:bixarena:ai'],
    onError: options.onError ?? (() => {}),
    origins: new Set(options.corsOrigins),
    keys: await KeyRing.create(),
    sessions: new Sessions({ now, secure: !isLoopback(publicUrl) }),
    limits: new RateLimits({ now, limits: options.limits }),
    relyingParty: new RelyingParty(provider),
    users: createUsers(accounts, provider.issuer),
    /** @param {RouteSet} routes */
    redirectUri: (routes) => (settings.callback === 'page' ? uris.page : uris[routes]),
  };
}

/**
 * Every redirect URI that the service may name, for the provider's registration.
 *
 * @param {{ publicUrl: string, uiUrl: string, callbackPath: string }} urls
 */
export function redirectUris({ publicUrl, uiUrl, callbackPath }) {
  return {
    page: uiUrl + callbackPath,
    v1: publicUrl + operations.callback.v1,
    oauth2: publicUrl + operations.callback.oauth2,
  };
}

/**
 * @param {Service} service
 * @param {Hook | undefined} hook
 */
function route(service, hook) {
  /** @type {Hono<Env>} */
  const app = new Hono();
  for (const name of operationNames) {
    for (const routes of /** @type {RouteSet[]} */ (['v1', 'oauth2'])) {
      const path = operations[name][routes];
      if (path === null) continue;
      const { method } = operations[name];
      if (hook) app.use(path, hook(name, routes));
      app.use(path, cors(service.origins));
      app.on(method, path, limited(service, name), (c) => handlers[name](c, service, routes));
      app.all(path, () => problem(405, 'Method Not Allowed', `use ${method}`, { Allow: `${method}, OPTIONS` }));
    }
  }
  app.notFound(() => problem(404, 'Not Found', 'there is no such operation'));
  app.onError((error) => {
    service.onError(error);
    return problem(500, 'Internal Server Error', 'the request could not be handled');
  });
  return app;
}

/**
 * @param {Service} service
 * @param {OperationName} name
 * @returns {import('hono').MiddlewareHandler<Env>}
 */
function limited({ limits }, name) {
  return async (c, next) => {
    const instead = c.get('instead');
    if (instead) return instead();
    const allowance = limits.take(name, clientAddress(c));
    if (!allowance.allowed) return tooManyRequests(allowance);
    await next();
    const headers = { 'Cache-Control': 'no-store', ...rateLimitHeaders(allowance) };
    for (const [header, value] of Object.entries(headers)) c.res.headers.set(header, value);
  };
}

/**
 * The client as the gateway sees it: the first address of the forwarding chain, else the connection's.
 *
 * @param {import('hono').Context<Env>} c
 */
function clientAddress(c) {
  const forwarded = c.req.header('X-Forwarded-For')?.split(',')[0]?.trim();
  return forwarded || c.env.incoming.socket.remoteAddress || 'unknown';
}

/** @param {string} url */
function isLoopback(url) {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
