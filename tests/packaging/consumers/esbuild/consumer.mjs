// @ts-check
/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'esbuild',
  kind: 'bundler',
  tool: 'esbuild',
  quick: true,
  uses: {
    'one file': async ({ run, serve, visit }) => {
      await run('esbuild', ['page.js', '--bundle', '--format=esm', '--outdir=dist']);
      await visit((await serve('.')).url);
    },
    'classic script': async ({ run, serve, visit }) => {
      await run('esbuild', ['page.js', '--bundle', '--minify', '--format=iife', '--target=es2020', '--outdir=dist']);
      await visit((await serve('.')).url);
    },
    splitting: async ({ run, serve, visit }) => {
      await run('esbuild', ['page.js', '--bundle', '--minify', '--format=esm', '--splitting', '--outdir=dist']);
      await visit((await serve('.')).url);
    },
  },
};
