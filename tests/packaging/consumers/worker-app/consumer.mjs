// @ts-check
import assert from 'node:assert/strict';
import { inRoot } from '../../../../scripts/lib/paths.mjs';
import { startWorkerd } from '../../../../scripts/lib/workerd.mjs';
import { startStack } from '../../../../www/server/stack.mjs';
import { startUpstream } from '../../../../www/worker/upstream.mjs';

/**
 * The example Worker, deployed as its own folder says.
 * @type {import('../../support/consumer.mjs').Consumer}
 */
export default {
  title: 'www/worker, deployed by wrangler',
  kind: 'worker',
  tool: 'wrangler',
  node: '22.23.3',
  isUnlisted: true,
  project: inRoot('www', 'worker'),
  uses: {
    'deploy --dry-run, run in workerd': async ({ path, run }) => {
      await run('wrangler', ['deploy', '--dry-run', '--outdir=dist'], { env: { WRANGLER_HIDE_BANNER: 'true' } });
      const stack = await startStack({ app: null, worker: null, control: true });
      const upstream = await startUpstream(stack);
      const bindings = { SERVICE_URL: stack.serviceUrl, UPSTREAM_URL: upstream.url };
      const worker = await startWorkerd({ entry: path('dist', 'index.js'), bindings });
      try {
        const { cookie } = await stack.control.createSession('jonas');
        const passed = await fetch(`${worker.url}/api/upstream/x`, { headers: { cookie } });
        const { audience, claims } = await passed.json();
        assert.deepEqual([passed.status, audience, claims.roles], [200, 'urn:bixarena:api', ['user', 'admin']]);
        assert.equal((await fetch(`${worker.url}/api/me`)).status, 401);
      } finally {
        await worker.stop();
        await upstream.close();
        await stack.close();
      }
    },
  },
};
