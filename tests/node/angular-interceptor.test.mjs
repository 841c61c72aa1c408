// @ts-check
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  HttpBackend,
  HttpClient,
  HttpErrorResponse,
  HttpHeaders,
  HttpResponse,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http';
import { inject } from '@angular/core';
import { firstValueFrom, of, throwError } from 'rxjs';
import { Auth, authInterceptor, provideAuth, provideAuthTesting } from 'bixarena-auth-client/angular';
import { createAuthError, createTestAuthClient, createTestIssuer } from 'bixarena-auth-client/testing';
import { startApplication } from './support/angular.mjs';

/** @typedef {import('bixarena-auth-client/angular').BearerRule} BearerRule */

const OWN = 'http://localhost';
const LISTED = ['https://api.example', { origin: 'https://ai.example', audience: 'urn:ai' }];

before(() => Object.assign(globalThis, { location: new URL(`${OWN}/battle`) }));
after(() => Reflect.deleteProperty(globalThis, 'location'));

/**
 * An application whose requests end in this process.
 * @param {any} auth a client for tests
 * @param {readonly BearerRule[]} [bearer]
 * @param {{ platform?: 'browser' | 'server', answers?: (token: string | null) => number }} [more] the API's status
 */
function withApi(auth, bearer, { platform = 'browser', answers = () => 200 } = {}) {
  /** The token of each request that was sent. @type {(string | null)[]} */
  const tokens = [];
  const backend = {
    handle: (/** @type {import('@angular/common/http').HttpRequest<unknown>} */ { url, headers }) => {
      const token = headers.get('authorization');
      tokens.push(token);
      const status = answers(token);
      return status === 200
        ? of(new HttpResponse({ status, url, body: token }))
        : throwError(() => new HttpErrorResponse({ status, url }));
    },
  };
  const providers = [
    provideHttpClient(withInterceptors([authInterceptor(bearer && { bearer })])),
    { provide: HttpBackend, useValue: backend },
  ];
  const provided = platform === 'server' ? provideAuth() : provideAuthTesting(auth, { allowedOrigins: LISTED });
  const { get } = startApplication(provided, { platform, providers });
  return {
    tokens,
    http: get(HttpClient),
    ask: (/** @type {string} */ url) => firstValueFrom(get(HttpClient).get(url)),
  };
}

/** A client whose tokens are 1, 2 and so on. */
function counting(options = {}) {
  let count = 0;
  return createTestAuthClient({ user: 'maya', token: (audience) => `${(count += 1)}${audience ?? ''}`, ...options });
}

describe('which requests get a token', () => {
  for (const {
    rules,
    url,
    token = 'Bearer 1',
  } of /** @type {{ rules?: BearerRule[], url: string, token?: string | null }[]} */ ([
    { rules: undefined, url: '/api/me', token: null },
    { rules: [], url: '/api/me', token: null },
    { rules: [{ match: '/api' }], url: '/api' },
    { rules: [{ match: '/api' }], url: '/api/me?id=1' },
    { rules: [{ match: '/api' }], url: `${OWN}/api/me` },
    { rules: [{ match: '/api/' }], url: '/api/me' },
    { rules: [{ match: '/api' }], url: '/apiary', token: null },
    { rules: [{ match: '/api' }], url: '/api/../public', token: null },
    { rules: [{ match: '/api' }], url: 'https://api.example/api/me', token: null },
    { rules: [{ match: 'https://api.example/v2' }], url: 'https://api.example/v2/me' },
    { rules: [{ match: 'https://api.example/v2' }], url: 'https://api.example/v1/me', token: null },
    { rules: [{ match: 'https://api.example' }], url: 'https://api.example.evil/me', token: null },
    { rules: [{ match: /\/votes$/g }], url: '/votes' },
    { rules: [{ match: /\/votes$/g }], url: '/voters', token: null },
    { rules: [{ match: ({ method }) => method === 'GET' }], url: '/anything' },
    { rules: [{ match: ({ method }) => method === 'POST' }], url: '/anything', token: null },
    // Whatever a rule says, a token goes to this origin and to the listed ones only.
    { rules: [{ match: 'https://evil.example' }], url: 'https://evil.example/me', token: null },
    { rules: [{ match: /./ }], url: 'https://evil.example/me', token: null },
    { rules: [{ match: () => true }], url: '//evil.example/me', token: null },
    { rules: [{ match: 'https://ai.example' }], url: 'https://ai.example/vote', token: 'Bearer 1urn:ai' },
    {
      rules: [{ match: 'https://ai.example', audience: 'urn:b' }],
      url: 'https://ai.example/vote',
      token: 'Bearer 1urn:b',
    },
    { rules: [{ match: '/api/ai', audience: 'urn:ai' }, { match: '/api' }], url: '/api/ai', token: 'Bearer 1urn:ai' },
    { rules: [{ match: '/api' }, { match: '/api/ai', audience: 'urn:ai' }], url: '/api/ai' },
  ])) {
    const rule = JSON.stringify(rules, (_, value) =>
      value instanceof RegExp || typeof value === 'function' ? String(value) : value,
    );
    test(`${rule}: ${url}`, async () => {
      const { ask, tokens } = withApi(counting(), rules);
      await ask(url);
      assert.deepEqual(tokens, [token]);
    });
  }

  test('a pattern remembers nothing between requests', async () => {
    const { ask, tokens } = withApi(counting(), [{ match: /\/votes/g }]);
    for (let n = 0; n < 3; n += 1) await ask('/votes');
    assert.deepEqual(tokens, ['Bearer 1', 'Bearer 1', 'Bearer 1']);
  });

  test('one that has an Authorization keeps it', async () => {
    const { http, tokens } = withApi(counting(), [{ match: '/api' }]);
    await firstValueFrom(http.get('/api', { headers: new HttpHeaders({ Authorization: 'Basic bWF5YQ==' }) }));
    assert.deepEqual(tokens, ['Basic bWF5YQ==']);
  });

  test('none that the configuration is asked for with: the token would wait for it', async () => {
    const issuer = await createTestIssuer({ user: 'maya' });
    const tokens = /** @type {unknown[]} */ ([]);
    const handle = (/** @type {any} */ { headers }) => {
      tokens.push(headers.get('authorization'));
      return of(new HttpResponse({ status: 200, body: issuer.clientOptions }));
    };
    const configure = () => firstValueFrom(inject(HttpClient).get('/config.json'));
    const providers = [
      provideHttpClient(withInterceptors([authInterceptor({ bearer: [{ match: '/' }] })])),
      { provide: HttpBackend, useValue: { handle } },
    ];
    const { get } = startApplication(provideAuth(configure), { providers });
    assert.equal((await get(Auth).ready()).status, 'authenticated');
    await firstValueFrom(get(HttpClient).get('/api'));
    assert.deepEqual(tokens, [null, `Bearer ${await get(Auth).getToken()}`]);
  });

  test('none on the server', async () => {
    const { tokens, ask } = withApi(null, [{ match: () => true }], { platform: 'server' });
    await ask('http://api.internal/api/me');
    assert.deepEqual(tokens, [null]);
  });
});

describe('where no token can be had', () => {
  test('the request fails, and nothing is sent', async () => {
    const { ask, tokens } = withApi(createTestAuthClient(), [{ match: '/api' }]);
    await assert.rejects(ask('/api/me'), { code: 'login_required' });
    assert.deepEqual(tokens, []);
  });

  test('an optional one goes without', async () => {
    const { ask, tokens } = withApi(createTestAuthClient(), [{ match: '/api', optional: true }]);
    await ask('/api/me');
    assert.deepEqual(tokens, [null]);
  });

  test('what the caller did wrong is not taken for that', async () => {
    const client = createTestAuthClient({ user: 'maya' });
    client.failNext('getToken', new TypeError('AuthClient: getToken: audience: expected the routes oauth2'));
    const { ask, tokens } = withApi(client, [{ match: '/api', optional: true }]);
    await assert.rejects(ask('/api/me'), TypeError);
    assert.deepEqual(tokens, []);
  });
});

describe('after a 401', () => {
  test('it is sent once more, with another token', async () => {
    const { ask, tokens } = withApi(counting(), [{ match: '/api' }], {
      answers: (token) => (token === 'Bearer 1' ? 401 : 200),
    });
    assert.equal(await ask('/api/me'), 'Bearer 2');
    assert.deepEqual(tokens, ['Bearer 1', 'Bearer 2']);
  });

  test('a token is refused twice at most', async () => {
    const { ask, tokens } = withApi(counting(), [{ match: '/api' }], { answers: () => 401 });
    await assert.rejects(ask('/api/me'), { status: 401 });
    await assert.rejects(ask('/api/me'), { status: 401 });
    assert.deepEqual(tokens, ['Bearer 1', 'Bearer 2', 'Bearer 2']);
  });

  test('it fails as it did if no other can be had', async () => {
    const client = counting();
    const { ask, tokens } = withApi(client, [{ match: '/api' }], {
      answers: () => {
        client.failNext('getToken', createAuthError('network_error'));
        return 401;
      },
    });
    await assert.rejects(ask('/api/me'), { status: 401 });
    assert.deepEqual(tokens, ['Bearer 1']);
  });

  test('what was asked for as one user is not sent as another', async () => {
    const client = counting();
    const { ask, tokens } = withApi(client, [{ match: '/api' }], {
      answers: () => {
        client.signIn('jonas');
        return 401;
      },
    });
    await assert.rejects(ask('/api/me'), { status: 401 });
    assert.deepEqual(tokens, ['Bearer 1']);
  });

  test('another failure is none of its business', async () => {
    const { ask, tokens } = withApi(counting(), [{ match: '/api' }], { answers: () => 403 });
    await assert.rejects(ask('/api/me'), { status: 403 });
    assert.deepEqual(tokens, ['Bearer 1']);
  });
});

test('a wrong rule is told at once', () => {
  const make = (/** @type {any} */ options) => () => authInterceptor(options);
  assert.throws(make({ bearers: [] }), /authInterceptor: bearers: expected a known option/);
  assert.throws(make({ bearer: ['/api'] }), /authInterceptor: bearer: expected an array of/);
  assert.throws(make({ bearer: [{ match: 'api' }] }), /authInterceptor: bearer: match: expected a path that begins/);
  assert.throws(make({ bearer: [{ match: '//evil.example' }] }), /authInterceptor: bearer: match/);
  assert.throws(make({ bearer: [{}] }), /authInterceptor: bearer: match/);
  assert.throws(make({ bearer: [{ match: '/api', audiences: [] }] }), /audiences: expected a known option/);
});
