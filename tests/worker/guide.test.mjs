// @ts-check
// The Workers in docs/workers.md run as they stand there, but for the addresses.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inRoot, scratch } from '../../scripts/lib/paths.mjs';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { startUpstream } from '../../www/worker/upstream.mjs';

/** Each by the heading that it stands under. */
const workers = new Map(
  readFileSync(inRoot('docs', 'workers.md'), 'utf8')
    .split(/^#+ /m)
    .flatMap((section) =>
      [...section.matchAll(/^```js\n([^]*?)^```$/gm)]
        .filter(([, code]) => code.includes('export default'))
        .map(([, code]) => [section.split('\n')[0], code]),
    ),
);

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
/** @type {Awaited<ReturnType<typeof startUpstream>>} */
let upstream;
before(async () => {
  stack = await startStack({ app: null, worker: null, control: true });
  upstream = await startUpstream(stack);
});
after(async () => {
  await upstream.close();
  await stack.close();
});

/**
 * @param {string} heading
 * @param {(ask: (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>, log: () => string) => Promise<void>} use
 */
async function run(heading, use) {
  const code = workers.get(heading) ?? assert.fail(`there is no Worker under ${heading}`);
  const entry = join(scratch, `guide-${heading.replaceAll(/\W/g, '')}.mjs`);
  mkdirSync(scratch, { recursive: true });
  writeFileSync(
    entry,
    code
      .replaceAll('https://auth.bixarena.example', stack.serviceUrl)
      .replaceAll(/https:\/\/(?:api|ai)\.internal/g, upstream.url),
  );
  const bindings = { JWKS_URL: stack.jwksUrl };
  const worker = await startWorkerd({ entry, bindings, services: { AUTH: stack.serviceUrl } });
  try {
    await use(
      (path, headers, method = 'GET') =>
        fetch(worker.url + path, { method, headers, redirect: 'manual', signal: AbortSignal.timeout(20_000) }),
      worker.log,
    );
  } finally {
    await worker.stop();
  }
}

/** @param {string} username */
const sessionOf = async (username) => (await stack.control.createSession(username)).cookie;

/** @param {string} username */
async function bearerOf(username) {
  const init = { method: 'POST', headers: { cookie: await sessionOf(username) } };
  const { access_token: token } = await (await fetch(`${stack.baseUrl.v1}/token`, init)).json();
  return { authorization: `Bearer ${token}` };
}

describe('in docs/workers.md', () => {
  for (const [heading, path, user] of [
    ['On Cloudflare Workers', '/', 'maya'],
    ['`authenticate`', '/', 'jonas'],
    ['Hono', '/api/me', 'maya'],
    ['Service bindings', '/', 'maya'],
    ['Logs', '/', 'maya'],
  ]) {
    it(`the Worker under ${heading} answers a good bearer alone`, { timeout: 60_000 }, () =>
      run(heading, async (ask, log) => {
        const good = await ask(path, await bearerOf(user));
        assert.equal(good.status, 200, log());
        assert.match(JSON.stringify(await good.json()), /[0-9a-f-]{36}/);
        assert.equal((await ask(path)).status, 401);
        assert.equal((await ask(path, { authorization: 'Bearer abc' })).status, 401);
        if (heading === 'Logs') assert.match(log(), /"status":401,"code":"token_malformed"/);
      }),
    );
  }

  it('the gateway passes sessions on by its map of routes', { timeout: 60_000 }, () =>
    run('A session cookie in, a token out', async (ask, log) => {
      const cookie = await sessionOf('maya');
      const api = await ask('/api/x?y=z', { cookie, 'cf-connecting-ip': '203.0.113.7' });
      assert.equal(api.status, 200, log());
      assert.deepEqual(await api.json(), {
        ...{ method: 'GET', path: '/api/x?y=z', claims: null, audience: 'urn:bixarena:api', cookie: false },
        client: '203.0.113.7',
      });
      assert.equal((await (await ask('/ai/x', { cookie })).json()).audience, 'urn:bixarena:ai');
      assert.equal((await (await ask('/api/leaderboard')).json()).audience, null);
      assert.equal((await ask('/auth/login')).status, 302);
      for (const [path, headers, status] of /** @type {[string, Record<string, string>, number][]} */ ([
        ['/api/x', {}, 401],
        ['/api/admin/x', { cookie }, 403],
        ['/api/%61dmin/x', { cookie }, 404],
        ['/api//admin/x', { cookie }, 404],
        ['/elsewhere', { cookie }, 404],
      ])) {
        assert.equal((await ask(path, headers)).status, status, path);
      }
      assert.equal((await ask('/auth/logout', { cookie }, 'POST')).status, 204);
      assert.equal((await ask('/api/x', { cookie })).status, 401);
    }),
  );

  it('there is no other Worker', () => assert.equal(workers.size, 6));
});
