// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { strictFor } from '../../support/serve.mjs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'A page without a bundler',
  kind: 'page',
  tool: 'playwright-core',
  quick: true,
  uses: {
    'import map': async ({ path, serve, visit }) => {
      // An import map is an inline script: a policy has to name it, as it would without this package.
      await visit((await serve('.', { headers: strictFor(readFileSync(path('index.html'), 'utf8')) })).url);
    },
    'path of the module': async ({ path, serve, visit }) => {
      const check = readFileSync(path('check.js'), 'utf8')
        .replace("'bixarena-auth-client'", "'./node_modules/bixarena-auth-client/index.js'")
        .replace("'bixarena-auth-client/verifier'", "'./node_modules/bixarena-auth-client/verifier.js'");
      writeFileSync(path('check.js'), check);
      await visit(`${(await serve('.')).url}/path.html`);
    },
  },
};
