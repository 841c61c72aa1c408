// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Service worker',
  kind: 'page',
  tool: 'playwright-core',
  quick: true,
  uses: {
    module: async ({ path, serve, visit }) => {
      const check = readFileSync(path('check.js'), 'utf8')
        .replace("'bixarena-auth-client'", "'./node_modules/bixarena-auth-client/index.js'")
        .replace("'bixarena-auth-client/verifier'", "'./node_modules/bixarena-auth-client/verifier.js'");
      writeFileSync(path('check.js'), check);
      writeFileSync(path('service-worker.js'), readFileSync(path('source.js')));
      await visit((await serve('.')).url);
    },
    'bundled by esbuild': async ({ run, serve, visit }) => {
      await run('esbuild', ['source.js', '--bundle', '--minify', '--format=esm', '--outfile=service-worker.js']);
      await visit((await serve('.')).url);
    },
  },
};
