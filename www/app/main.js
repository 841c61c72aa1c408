// @ts-check
import { AuthClient, isAuthError } from 'bixarena-auth-client';
import { ask } from './api.js';
import { render, tick } from './view.js';

/** @type {import('./view.js').Model} */
const model = {
  state: { status: 'unknown' },
  busy: 'starting',
  error: null,
  api: null,
  asked: null,
  name: null,
  usable: false,
};

/** @type {AuthClient | undefined} */
let client;

const draw = () => render(model, actions);

/** @param {unknown} error */
function show(error) {
  const { code, message, description } = isAuthError(error)
    ? error
    : { code: 'unexpected', message: error instanceof Error ? error.message : String(error), description: undefined };
  model.error = { code, message, description };
}

/**
 * @param {NonNullable<typeof model.busy>} busy
 * @param {(client: AuthClient) => Promise<unknown>} action
 */
async function run(busy, action) {
  if (client === undefined) return;
  Object.assign(model, { busy, error: null });
  draw();
  try {
    await action(client);
    if (client.state.status === 'unknown' && client.state.error) show(client.state.error);
  } catch (error) {
    // The page was left for the sign-in and came back from the back/forward cache: nothing went wrong.
    if (!isAuthError(error) || error.code !== 'aborted') show(error);
  }
  Object.assign(model, { state: client.state, busy: null });
  draw();
}

const actions = {
  login: () => run('signing-in', (client) => client.login()),
  logout: () => run('signing-out', (client) => client.logout().then(() => void (model.api = null))),
  renew: () => run('renewing', (client) => client.getToken({ forceRefresh: true })),
  retry: () => run('starting', (client) => client.start()),
  call: (/** @type {import('./api.js').Call} */ call) => void callApi(call),
};

/** @param {import('./api.js').Call} call */
async function callApi(call) {
  if (client === undefined) return;
  const asked = (model.asked = call.id);
  try {
    const api = await ask(call, client);
    // The answer to what was asked last is the one that is looked for.
    if (asked === model.asked) model.api = api;
  } catch (error) {
    show(error);
  }
  draw();
}

async function begin() {
  draw();
  try {
    /** In the cross-origin set-up, `baseUrl` of the service. @type {import('bixarena-auth-client').AuthClientOptions} */
    const options = await (await fetch('/config.json')).json();
    // The newer routes alone know the user's name.
    client = await AuthClient.create(options.routes === 'oauth2' ? { profile: 'eager', ...options } : options);
  } catch (error) {
    show(error);
    model.busy = null;
    return draw();
  }
  model.usable = true;
  client.subscribe((state) => {
    // An answer of the API belongs to whom it was given to, and an error is over once there is a verified answer.
    if (state.status !== model.state.status) model.api = null;
    if (state.status === 'authenticated') model.error = null;
    model.state = state;
    model.name = client?.profile?.name ?? null;
    draw();
  });
  if (location.pathname === '/callback') await run('signing-in', finishLogin);
  else await run('starting', (client) => client.start());
}

/** @param {AuthClient} client */
async function finishLogin(client) {
  try {
    const { returnTo } = await client.handleCallback();
    history.replaceState(null, '', returnTo);
  } catch (error) {
    history.replaceState(null, '', '/');
    // The refused login says nothing about a session that was there before.
    await client.start();
    throw error;
  }
}

setInterval(() => tick(model.state), 1000);
void begin().catch((error) => {
  show(error);
  model.busy = null;
  draw();
});
