// @ts-check
import { readFileSync } from 'node:fs';
import { freePort } from '../../support/processes.mjs';
import { strictFor } from '../../support/serve.mjs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Parcel',
  kind: 'bundler',
  tool: 'parcel',
  uses: {
    'production build': async ({ path, run, serve, visit }) => {
      await run('parcel', ['build', 'index.html', '--no-cache', '--public-url=./']);
      // Parcel puts an import map of its own into the page.
      await visit((await serve('dist', { headers: strictFor(readFileSync(path('dist', 'index.html'), 'utf8')) })).url);
    },
    'development server': async ({ start, visit }) => {
      const args = ['serve', 'index.html', '--no-cache', '--host=127.0.0.1', `--port=${await freePort()}`];
      const { match } = await start('parcel', args, /Server running at (http:\S+)[^]*Built in/);
      await visit(match[1]);
    },
  },
};
