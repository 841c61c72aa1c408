// @ts-check
// The essentials in Workers old and new, with and without Node's API: every token of the corpus, and the Worker of www/worker.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { startStack } from '../../www/server/stack.mjs';
import { startWorker } from '../../www/worker/start.mjs';
import { corpus, corpusText, summary } from '../corpus/files.mjs';
import { COMPATIBILITY } from './support/compatibility.mjs';

/** @type {Awaited<ReturnType<typeof startStack>>} */
let stack;
before(async () => void (stack = await startStack({ app: null, worker: null, control: true })));
after(() => stack.close());

for (const { name, options } of COMPATIBILITY) {
  describe(`a Worker of ${name}`, { timeout: 300_000 }, () => {
    it('judges every token of the corpus as it should', async () => {
      const entry = fileURLToPath(new URL('../corpus/worker.mjs', import.meta.url));
      const worker = await startWorkerd({ entry, ...options });
      try {
        const response = await fetch(worker.url, { method: 'POST', body: corpusText });
        assert.equal(response.status, 200, worker.log());
        const report = await response.json();
        assert.deepEqual(report.failures, [], summary(report));
        assert.equal(report.passed, corpus.cases.length);
      } finally {
        await worker.stop();
      }
    });

    it('guards an API, passes a session on as token, and a sign-in as it is', async () => {
      const { cookie } = await stack.control.createSession('jonas');
      const minted = await fetch(`${stack.baseUrl.v1}/token`, { method: 'POST', headers: { cookie } });
      const authorization = `Bearer ${(await minted.json()).access_token}`;
      const worker = await startWorker(stack, options);
      const ask = (/** @type {string} */ path, headers = {}, method = 'GET') =>
        fetch(worker.url + path, { method, headers, redirect: 'manual', signal: AbortSignal.timeout(20_000) });
      try {
        const me = await ask('/api/me', { authorization });
        assert.deepEqual([me.status, (await me.json()).roles], [200, ['user', 'admin']], worker.log());
        assert.equal((await ask('/api/admin', { authorization })).status, 200);
        assert.equal((await ask('/api/me', { authorization: `${authorization}x` })).status, 401);
        const origin = new URL(stack.appUrl).origin;
        const passed = await ask('/api/upstream/x', { cookie, origin, 'x-verified-claims': 'forged' }, 'POST');
        const { audience, claims, method, cookie: hasCookie } = await passed.json();
        assert.deepEqual(
          [passed.status, audience, claims.roles, method, hasCookie],
          [200, 'urn:bixarena:api', ['user', 'admin'], 'POST', false],
        );
        const login = await ask('/auth/login');
        assert.deepEqual([login.status, login.headers.has('set-cookie')], [302, true]);
      } finally {
        await worker.stop();
      }
    });
  });
}
