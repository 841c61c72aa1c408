// @ts-check
import { randomBytes } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import { defaultAccounts } from './accounts.mjs';
import { createApex } from './apex/apex.mjs';
import { controlHook, createControl } from './control/control.mjs';
import { Faults } from './control/faults.mjs';
import { controlRoutes } from './control/http.mjs';
import { Records } from './control/records.mjs';
import { listen } from './listen.mjs';
import { createProvider } from './provider/provider.mjs';
import { createService, redirectUris } from './service/service.mjs';

/** By default node-server puts its own Request and Response in the place of the whole process's. */
const WITHOUT_GLOBALS = { overrideGlobalObjects: false };

/** @typedef {import('./listen.mjs').Listener} Listener */

/**
 * The folder of the built UI, and the Content-Security-Policy of its pages; or where a server of its own listens, for one that is
 * rendered on the server.
 * @typedef {{ dir: string, csp?: string, url?: undefined } | { url: string, dir?: undefined, csp?: undefined }} App
 */

/**
 * @typedef {object} StackOptions
 * @property {App | null} [app] the UI; `setApp` sets it later
 * @property {{ url: string } | null} [worker] where `/api/**` goes; `setWorker` sets it later
 * @property {'same-origin' | 'cross-origin'} [mode] `same-origin` (default): the apex serves UI, auth routes and API.
 *   `cross-origin`: the UI (with `/api/**`) and the service have a port each, and browsers need CORS
 * @property {'page' | 'service'} [callback] `page` (default): the provider leads to the UI's callback page. `service`: to the service
 * @property {string} [callbackPath] the UI's callback page, default `/callback`
 * @property {boolean} [control] the test controls, and their HTTP port; default false
 * @property {{ apex?: number, ui?: number, service?: number, provider?: number, control?: number }} [ports] default 0: any free port
 * @property {string} [host] the host name in every address, `127.0.0.1` (default) or `localhost`; sockets are bound to 127.0.0.1
 * @property {string[]} [origins] further origins on the CORS list
 * @property {import('./service/limits.mjs').Limits} [limits] requests per minute and client; `Infinity`: no limit
 * @property {number} [tokenLifetime] seconds, default 600
 * @property {string} [issuer] `iss` of the tokens, default `urn:bixarena:auth`
 * @property {string[]} [audiences] that may be asked for, the first by default
 * @property {import('./accounts.mjs').Account[]} [accounts]
 * @property {(error: unknown) => void} [onError] is told why a login could not be started or finished; the answers say less
 * @property {() => number} [now] the service's clock, milliseconds
 */

/**
 * @typedef {object} Stack
 * @property {string} appUrl where a person begins: the apex, or the UI's own origin
 * @property {string | null} apexUrl null in the cross-origin set-up
 * @property {string} serviceUrl the service's own port
 * @property {string} providerUrl
 * @property {string | null} controlUrl with `/__control`; null without `control`
 * @property {{ v1: string, oauth2: string }} baseUrl the client's `baseUrl` for each route set
 * @property {string} jwksUrl at the service itself, for a Worker
 * @property {string} issuer
 * @property {import('./accounts.mjs').Account[]} accounts
 * @property {import('./control/control.mjs').Control} control throws on use unless the option `control` is set
 * @property {(url: string | null) => void} setWorker
 * @property {(app: App | null) => void} setApp
 * @property {() => Promise<void>} close ends every server and connection
 */

/**
 * Starts the auth service, the OpenID provider, the apex (or the UI's own server) and, if asked for, the controls.
 *
 * @example
 * const stack = await startStack({ app: { dir: 'www/app/dist' }, control: true });
 * await stack.control.addFault({ operation: 'token', kind: 'respond', status: 503 });
 * await stack.close();
 *
 * @param {StackOptions} [options]
 * @returns {Promise<Stack>}
 * @throws {Error} one sentence with the port and the option, if a port is taken
 */
export async function startStack(options = {}) {
  const { mode = 'same-origin', host = '127.0.0.1', control: controlled = false } = options;
  /** @type {Listener[]} */
  const opened = [];
  const close = async () => void (await Promise.all(opened.map((listener) => listener.close())));
  try {
    const listeners = await openPorts({ mode, host, controlled, ports: options.ports ?? {}, opened });
    return await assemble({ ...options, mode }, listeners, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** @typedef {{ front: Listener, service: Listener, provider: Listener, control: Listener | null }} Listeners */

/**
 * @param {object} options
 * @param {'same-origin' | 'cross-origin'} options.mode
 * @param {string} options.host
 * @param {boolean} options.controlled
 * @param {NonNullable<StackOptions['ports']>} options.ports
 * @param {Listener[]} options.opened is given every server that listens, even if a later port fails
 * @returns {Promise<Listeners>}
 */
async function openPorts({ mode, host, controlled, ports, opened }) {
  /**
   * @param {string} name
   * @param {keyof typeof ports} key
   */
  const open = async (name, key) => {
    const listener = await listen({ name, option: `ports.${key}`, port: ports[key] ?? 0, host });
    opened.push(listener);
    return listener;
  };
  return {
    front: mode === 'same-origin' ? await open('apex', 'apex') : await open('UI', 'ui'),
    service: await open('auth service', 'service'),
    provider: await open('OpenID provider', 'provider'),
    control: controlled ? await open('test controls', 'control') : null,
  };
}

/**
 * @param {StackOptions & { mode: 'same-origin' | 'cross-origin' }} options
 * @param {Listeners} listeners
 * @param {() => Promise<void>} close
 * @returns {Promise<Stack>}
 */
async function assemble(options, listeners, close) {
  const accounts = options.accounts ?? defaultAccounts();
  const urls = addresses(options, listeners);
  const { service, control, provider } = await connect(options, listeners, urls, accounts);
  const front = {
    serviceUrl: options.mode === 'same-origin' ? listeners.service.url : null,
    workerUrl: options.worker?.url ?? null,
    ...frontOf(options.app ?? null),
  };
  listeners.provider.handle(provider.handle);
  listeners.service.handle(getRequestListener(service.fetch, WITHOUT_GLOBALS));
  listeners.front.handle(createApex(front));
  listeners.control?.handle(getRequestListener(controlRoutes(control).fetch, WITHOUT_GLOBALS));
  return {
    appUrl: urls.uiUrl,
    apexUrl: options.mode === 'same-origin' ? listeners.front.url : null,
    serviceUrl: listeners.service.url,
    providerUrl: listeners.provider.url,
    controlUrl: listeners.control && `${listeners.control.url}/__control`,
    baseUrl: { v1: `${urls.publicUrl}/v1`, oauth2: urls.publicUrl },
    jwksUrl: `${listeners.service.url}/.well-known/jwks.json`,
    issuer: service.issuer,
    accounts,
    control: listeners.control ? control : refusedControl(),
    setWorker: (url) => void (front.workerUrl = url),
    setApp: (app) => void Object.assign(front, frontOf(app)),
    close,
  };
}

/** @param {App | null} app */
const frontOf = (app) => ({ folder: app?.dir ?? null, csp: app?.csp ?? null, uiUrl: app?.url ?? null });

/**
 * @param {StackOptions} options
 * @param {Listeners} listeners
 */
function addresses({ mode, callbackPath = '/callback' }, { front, service }) {
  return { uiUrl: front.url, publicUrl: mode === 'same-origin' ? front.url : service.url, callbackPath };
}

/**
 * The provider, the service as its client, and the controls of both.
 *
 * @param {StackOptions} options
 * @param {Listeners} listeners
 * @param {ReturnType<typeof addresses>} urls
 * @param {import('./accounts.mjs').Account[]} accounts
 */
async function connect(options, listeners, urls, accounts) {
  const relation = {
    issuer: listeners.provider.url,
    clientId: 'bixarena',
    clientSecret: randomBytes(24).toString('base64url'),
  };
  const provider = await createProvider({ ...relation, redirectUris: Object.values(redirectUris(urls)), accounts });
  const faults = new Faults();
  const records = new Records();
  const service = await createService({
    ...options,
    ...urls,
    callback: options.callback ?? 'page',
    provider: relation,
    accounts,
    corsOrigins: [urls.uiUrl, ...(options.origins ?? [])],
    ...(listeners.control ? { hook: controlHook(faults, records) } : {}),
  });
  const { spoilNextToken } = provider;
  const control = createControl({ service, servers: listeners, spoilNextToken, accounts, faults, records });
  return { provider, service, control };
}

/** @returns {import('./control/control.mjs').Control} */
function refusedControl() {
  const refuse = () => {
    throw new Error('this stack has no controls: start it with { control: true }');
  };
  return /** @type {import('./control/control.mjs').Control} */ (new Proxy({}, { get: refuse }));
}
