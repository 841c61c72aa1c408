// @ts-check
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Vite, `./asset` and `./slim`',
  kind: 'bundler',
  tool: 'vite',
  quick: true,
  uses: {
    'production build': async ({ path, run, serve, visit }) => {
      await run('vite', ['build']);
      const files = readdirSync(path('dist', 'assets'));
      assert.equal(files.filter((name) => name.endsWith('.wasm')).length, 2, 'each wasm file is copied');
      // Gzip in base64 begins with this: what is inlined elsewhere is not here, but for the engine that old browsers load.
      const entry = files.find((name) => /^index-.*\.js$/.test(name)) ?? '';
      assert.ok(
        !readFileSync(path('dist', 'assets', entry), 'utf8').includes('H4sIA'),
        'no wasm lies inside the script',
      );
      await visit((await serve('dist')).url);
    },
    // Not bundled beforehand, the package's own files are served, the wasm beside them.
    'development server, with the package in optimizeDeps.exclude': async ({ start, visit }) => {
      const { match } = await start('vite', ['--host=127.0.0.1', '--port=0', '--force'], /Local: +(http:\S+)/);
      await visit(match[1]);
    },
  },
};
