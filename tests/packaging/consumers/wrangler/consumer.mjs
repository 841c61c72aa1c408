// @ts-check
import { startWorkerd } from '../../../../scripts/lib/workerd.mjs';

/** No look-ups of the machine's place on earth. */
const OFFLINE = { env: { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_HIDE_BANNER: 'true' } };

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'wrangler',
  kind: 'worker',
  tool: 'wrangler',
  node: '22.23.3',
  uses: {
    'deploy --dry-run, run in workerd': async ({ path, run, judge }) => {
      await run('wrangler', ['deploy', '--dry-run', '--outdir=dist'], OFFLINE);
      const worker = await startWorkerd({ entry: path('dist', 'worker.js') });
      try {
        judge(await (await fetch(worker.url)).json());
      } finally {
        await worker.stop();
      }
    },
    dev: async ({ start, judge }) => {
      const args = ['dev', '--ip=127.0.0.1', '--port=0', '--inspector-port=0', '--show-interactive-dev-session=false'];
      const { match } = await start('wrangler', args, /Ready on (http:\S+)/, OFFLINE);
      judge(await (await fetch(match[1])).json());
    },
  },
};
