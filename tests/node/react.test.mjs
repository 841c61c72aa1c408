// @ts-check
// The React adapter, in React and with the real client where a client of its own is meant.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createAuthError, createTestAuthClient, createTestIssuer } from 'bixarena-auth-client/testing';
import { openPage, until } from './support/react-page.mjs';

const page = openPage('http://localhost/');
const { StrictMode, act, createElement: h } = await import('react');
const { createRoot, hydrateRoot } = await import('react-dom/client');
const { renderToString } = await import('react-dom/server');
const { AuthClient } = await import('bixarena-auth-client');
const { AuthProvider, RequireRole, useAuth } = await import('bixarena-auth-client/react');

/** @typedef {import('bixarena-auth-client/react').Auth} Auth */

/** @type {Auth[]} what the component below the provider saw */
let seen = [];
/** @type {import('react-dom/client').Root[]} */
let roots = [];
/** @type {HTMLElement} */
let container;
const errors = mock.method(console, 'error', () => {});

function Probe() {
  const auth = useAuth();
  seen.push(auth);
  return auth.state.status;
}

const latest = () => seen[seen.length - 1];
const text = () => container.textContent;

/** @param {import('react').ReactNode} tree */
async function render(tree) {
  const root = createRoot(container);
  roots.push(root);
  await act(() => root.render(tree));
  return root;
}

/** @param {import('bixarena-auth-client/react').AuthProviderProps} props @param {import('react').ReactNode} [child] */
const provide = (props, child = h(Probe)) => h(AuthProvider, props, child);

beforeEach(() => {
  seen = [];
  container = document.createElement('div');
  document.body.append(container);
  page.goTo('/');
  sessionStorage.clear();
  errors.mock.resetCalls();
});

afterEach(async () => {
  await act(async () => {
    for (const root of roots.splice(0)) root.unmount();
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
  container.remove();
});

after(() => page.close());

/** The calls of a method of the class, while a test runs. @param {'create' | 'dispose'} name @param {import('node:test').TestContext} t */
const spy = (name, t) =>
  t.mock.method(/** @type {any} */ (name === 'create' ? AuthClient : AuthClient.prototype), name).mock;

describe('useAuth', () => {
  it('shows who is signed in, and every change', async () => {
    const client = createTestAuthClient({ user: 'maya', roles: ['admin'], profile: { name: 'Maya' } });
    await render(provide({ client }));
    const first = latest();
    assert.deepEqual([first.user?.sub, first.profile?.name, first.isAuthenticated], ['maya', 'Maya', true]);
    assert.ok(first.hasRole('ADMIN') && !first.hasRole('owner'));
    assert.equal(first.client, client);
    assert.equal(first.state, client.state);
    await act(() => client.signOut());
    assert.deepEqual([latest().user, latest().profile, text()], [null, null, 'anonymous']);
    assert.equal(latest().hasRole('admin'), false);
    const error = createAuthError('network_error');
    await act(() => client.setState({ status: 'unknown', error }));
    assert.deepEqual([latest().error, text()], [error, 'unknown']);
    await act(() => client.signIn('jonas'));
    assert.deepEqual([latest().user?.sub, latest().error], ['jonas', null]);
  });

  it('renders again only if something has changed', async () => {
    const client = createTestAuthClient({ user: 'maya' });
    await render(provide({ client }));
    await client.getToken();
    const { length } = seen;
    await act(() => client.getToken({ forceRefresh: true }));
    assert.equal(seen.length, length);
    await act(() => client.getUserInfo());
    assert.equal(seen.length, length + 1);
  });

  it('signs in and out through the client', async () => {
    const client = createTestAuthClient({ user: 'maya' });
    await render(provide({ client }));
    await act(() => latest().logout({ redirectTo: '/bye' }));
    assert.equal(text(), 'anonymous');
    void latest().login({ returnTo: '/votes' });
    await until(() => client.logins.length > 0);
    assert.deepEqual([client.logins, client.logouts], [[{ returnTo: '/votes' }], [{ redirectTo: '/bye' }]]);
  });

  it('waits for a client that was only promised, and asks it', async () => {
    const client = createTestAuthClient({ state: { status: 'unknown' } });
    await render(provide({ client: Promise.resolve(client) }));
    assert.equal(text(), 'unknown');
    await act(() => client.signIn('maya'));
    assert.equal(text(), 'authenticated');
  });

  it('follows another client, and lets go of the first', async () => {
    const [one, two] = [createTestAuthClient({ user: 'maya' }), createTestAuthClient()];
    const root = await render(provide({ client: one }));
    await act(() => root.render(provide({ client: two })));
    assert.equal(text(), 'anonymous');
    await act(() => one.signIn('jonas'));
    assert.equal(text(), 'anonymous');
    await act(() => two.signIn('jonas'));
    assert.equal(latest().user?.sub, 'jonas');
    await act(() => root.unmount());
    await one.getToken();
    await two.getToken();
  });

  it('complains where there is no provider, and about two sources', async () => {
    await assert.rejects(render(h(Probe)), /there is no <AuthProvider> above/);
    await assert.rejects(
      render(provide({ client: createTestAuthClient(), options: {} })),
      /client or options, found both/,
    );
  });
});

describe('RequireRole', () => {
  /** @param {object} props */
  const guarded = (props) =>
    h(RequireRole, { role: 'admin', fallback: (/** @type {string} */ reason) => `no: ${reason}`, ...props }, 'yes');

  it('shows its children to whoever has the role, and the reason to others', async () => {
    const client = createTestAuthClient({ state: { status: 'unknown' } });
    await render(provide({ client }, guarded({})));
    assert.equal(text(), 'no: unknown');
    await act(() => client.signOut());
    assert.equal(text(), 'no: anonymous');
    await act(() => client.signIn('maya', { roles: ['user'] }));
    assert.equal(text(), 'no: denied');
    await act(() => client.signIn('maya', { roles: ['user', 'Admin'] }));
    assert.equal(text(), 'yes');
    assert.deepEqual(client.logins, []);
  });

  it('takes any of several roles; none: whoever is signed in', async () => {
    const client = createTestAuthClient({ roles: ['owner'] });
    await render(
      provide({ client }, [guarded({ key: 1, role: ['admin', 'owner'] }), guarded({ key: 2, role: undefined })]),
    );
    assert.equal(text(), 'yesyes');
  });

  it('sends a visitor to the sign-in once, StrictMode or not', async () => {
    const client = createTestAuthClient();
    await render(h(StrictMode, null, provide({ client }, guarded({ autoLogin: true, fallback: 'wait' }))));
    await until(() => client.logins.length > 0);
    assert.deepEqual([text(), client.logins.length], ['wait', 1]);
    await act(() => client.signIn('maya', { roles: ['admin'] }));
    assert.equal(text(), 'yes');
    await act(() => client.signOut());
    await until(() => client.logins.length > 1);
  });
});

describe('a client of the provider', () => {
  it('is made once in StrictMode, and disposed of when the provider is gone', async (t) => {
    const [created, disposed] = [spy('create', t), spy('dispose', t)];
    const issuer = await createTestIssuer({ user: 'maya' });
    const root = await render(h(StrictMode, null, provide({ options: issuer.clientOptions })));
    await until(() => text() === 'authenticated');
    assert.deepEqual([created.callCount(), disposed.callCount()], [1, 0]);
    assert.equal(issuer.requests.filter(({ url }) => url.endsWith('/token')).length, 1);
    await act(() => root.unmount());
    await until(() => disposed.callCount() > 0);
    assert.deepEqual([created.callCount(), disposed.callCount()], [1, 1]);
  });

  it('is not made if the provider is gone before', async (t) => {
    const [created, disposed] = [spy('create', t), spy('dispose', t)];
    const issuer = await createTestIssuer({ user: 'maya' });
    const slowly = () => new Promise((resolve) => setTimeout(resolve, 20, issuer.clientOptions));
    const root = await render(provide({ options: /** @type {any} */ (slowly) }));
    await act(() => root.unmount());
    await until(() => created.callCount() > 0 && disposed.callCount() > 0);
    assert.deepEqual(issuer.requests, []);
  });

  it('completes a sign-in once in StrictMode', async () => {
    const issuer = await createTestIssuer();
    const { pathname, search } = new URL(issuer.callbackUrl('maya'));
    page.goTo(pathname + search);
    /** @type {string[]} */
    const returned = [];
    const onReturn = (/** @type {string} */ path) => void returned.push(path);
    await render(h(StrictMode, null, provide({ options: async () => issuer.clientOptions, onReturn })));
    await until(() => returned.length > 0);
    assert.deepEqual([returned, text(), latest().error], [['/'], 'authenticated', null]);
    assert.equal(location.search, '');
    assert.equal(issuer.requests.filter(({ url }) => url.includes('/callback')).length, 1);
  });

  it('says why a sign-in failed, and that nobody is signed in', async () => {
    const issuer = await createTestIssuer();
    page.goTo('/callback?error=access_denied&state=s');
    await render(provide({ options: issuer.clientOptions, onReturn: () => assert.fail('nobody has signed in') }));
    await until(() => text() === 'anonymous');
    assert.deepEqual([latest().error?.code, latest().error?.reason], ['login_denied', 'access_denied']);
    issuer.signIn('maya');
    await act(() => latest().client?.getToken());
    assert.equal(latest().error, null);
  });

  it('returns to where the user was if the service has handled the callback', async () => {
    const issuer = await createTestIssuer();
    const options = issuer.clientOptions;
    await render(provide({ options }));
    await until(() => text() === 'anonymous');
    latest()
      .login({ returnTo: '/votes/7' })
      .catch(() => {});
    await until(() => issuer.logins.length > 0);
    issuer.signIn('maya');
    container.remove();
    container = document.createElement('div');
    /** @type {string[]} */
    const returned = [];
    await render(provide({ options, onReturn: (path) => void returned.push(path) }));
    await until(() => returned.length > 0);
    assert.deepEqual(returned, ['/votes/7']);
  });

  it('leaves a callback of somebody else alone', async () => {
    const issuer = await createTestIssuer();
    page.goTo('/other?code=c&state=s');
    await render(provide({ options: issuer.clientOptions }));
    await until(() => text() === 'anonymous');
    assert.equal(location.search, '?code=c&state=s');
  });
});

describe('on a server', () => {
  it('nothing is asked, and nothing is known', async (t) => {
    const created = spy('create', t);
    const issuer = await createTestIssuer({ user: 'maya' });
    assert.equal(renderToString(provide({ options: issuer.clientOptions })), 'unknown');
    assert.equal(renderToString(provide({ client: createTestAuthClient({ user: 'maya' }) })), 'unknown');
    await until(() => true);
    assert.deepEqual([created.callCount(), issuer.requests], [0, []]);
  });

  it('is rendered what the browser hydrates', async () => {
    const tree = provide({ client: createTestAuthClient({ user: 'maya' }) });
    container.innerHTML = renderToString(tree);
    roots.push(await act(() => hydrateRoot(container, tree)));
    assert.equal(text(), 'authenticated');
    assert.equal(seen[1].state.status, 'unknown');
    assert.deepEqual(errors.mock.calls, []);
  });
});
