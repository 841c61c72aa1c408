// @ts-check
import { startWorkerd } from '../../../../scripts/lib/workerd.mjs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'workerd, `./slim`',
  kind: 'worker',
  tool: 'workerd',
  quick: true,
  uses: {
    'bundled by esbuild': async ({ path, judge }) => {
      const worker = await startWorkerd({ entry: path('worker.js') });
      try {
        judge(await (await fetch(worker.url)).json());
      } finally {
        await worker.stop();
      }
    },
  },
};
