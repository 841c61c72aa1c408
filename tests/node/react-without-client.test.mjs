// @ts-check
// The React adapter where the client cannot be had: the page stays, and says why.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, it, mock } from 'node:test';
import { createAuthError, createTestIssuer } from 'bixarena-auth-client/testing';
import { openPage, until } from './support/react-page.mjs';

const page = openPage('http://localhost/');
const { act, createElement: h } = await import('react');
const { createRoot } = await import('react-dom/client');
const { AuthProvider, useAuth } = await import('bixarena-auth-client/react');

const { Module } = WebAssembly;
/** @type {import('bixarena-auth-client/react').Auth} */
let auth;
/** @type {import('react-dom/client').Root} */
let root;
const errors = mock.method(console, 'error', () => {});

function Probe() {
  auth = useAuth();
  return auth.state.status;
}

/** @param {import('bixarena-auth-client/react').AuthProviderProps} props */
async function render(props) {
  root = createRoot(document.createElement('div'));
  await act(() => root.render(h(AuthProvider, props, h(Probe))));
  await until(() => auth.error !== null);
}

/** What compiling is under a content security policy that does not allow it. */
class BlockedModule {
  constructor() {
    throw new WebAssembly.CompileError(
      "violates the Content Security Policy directive because 'unsafe-eval' is not allowed",
    );
  }
}

/** The newer routes, on a page where wasm is blocked. */
async function issuerWithoutWasm() {
  Object.assign(WebAssembly, { Module: BlockedModule });
  const issuer = await createTestIssuer({ baseUrl: 'http://localhost', profile: { name: 'Maya' } });
  /** @type {import('bixarena-auth-client').AuthClientOptions} */
  const options = { ...issuer.clientOptions, routes: 'oauth2', profile: 'eager' };
  return { issuer, options };
}

beforeEach(() => {
  page.goTo('/');
  sessionStorage.clear();
  errors.mock.resetCalls();
});
afterEach(async () => {
  await act(() => root.unmount());
  Object.assign(WebAssembly, { Module });
});
after(() => page.close());

it('is unknown, with the reason', async () => {
  const { options } = await issuerWithoutWasm();
  await render({ options });
  assert.deepEqual([auth.state.status, auth.error?.code, auth.client], ['unknown', 'wasm_blocked', null]);
  assert.equal(auth.hasRole('user'), false);
});

it('still leads to the sign-in, shows the profile and signs out', async () => {
  const { issuer, options } = await issuerWithoutWasm();
  issuer.signIn('maya');
  await render({ options });
  await until(() => auth.profile !== null);
  assert.deepEqual([auth.profile?.name, auth.user, auth.isAuthenticated], ['Maya', null, false]);
  auth.login({ returnTo: '/votes' }).catch(() => {});
  await until(() => issuer.logins.length > 0);
  assert.deepEqual(issuer.logins, ['http://localhost/auth/login?return_to=%2Fvotes']);
  await act(() => auth.logout());
  assert.equal(auth.profile, null);
  assert.ok(issuer.requests.some(({ method, url }) => `${method} ${url}` === 'POST http://localhost/auth/logout'));
});

it('still completes a sign-in', async () => {
  const { issuer, options } = await issuerWithoutWasm();
  page.goTo(issuer.callbackUrl('maya').slice('http://localhost'.length));
  const onReturn = mock.fn();
  await render({ options, onReturn });
  await until(() => onReturn.mock.callCount() > 0 && auth.profile !== null);
  assert.deepEqual(onReturn.mock.calls[0].arguments, ['/']);
  assert.equal(auth.profile?.sub, 'maya');
});

it('tries again at the next call', async () => {
  const { issuer, options } = await issuerWithoutWasm();
  issuer.signIn('maya');
  await render({ options });
  Object.assign(WebAssembly, { Module });
  auth.login().catch(() => {});
  await until(() => auth.client !== null);
  await act(() => auth.client?.start());
  assert.equal(auth.isAuthenticated, true);
});

it('tells a configuration that cannot be had, and one that is wrong', async () => {
  const cause = new Error('no configuration');
  await render({ options: () => Promise.reject(cause) });
  assert.deepEqual([auth.error?.code, auth.error?.cause], ['not_initialized', cause]);
  await assert.rejects(auth.login(), { code: 'not_initialized' });
  await act(() => root.unmount());
  await render({ options: /** @type {any} */ ({ baseURL: '/v1' }) });
  assert.match(String(auth.error?.cause), /baseURL: expected a known option/);
  // A caller's mistake is not only a state: it is on the console.
  assert.equal(errors.mock.calls.length, 2);
});

it('tells why a client that was promised is not there', async () => {
  const error = createAuthError('wasm_blocked');
  const client = Promise.reject(error);
  client.catch(() => {});
  await render({ client });
  assert.equal(auth.error, error);
  await assert.rejects(auth.login(), error);
  assert.equal(errors.mock.calls.length, 0);
});
