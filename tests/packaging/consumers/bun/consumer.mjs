// @ts-check
/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Bun',
  kind: 'server',
  tool: 'bun',
  uses: {
    import: async ({ run, judge }) => judge(await run('bun', ['run', 'main.js'])),
    'require()': async ({ run, judge }) => judge(await run('bun', ['run', 'commonjs.cjs'])),
    'bundled for a browser': async ({ run, serve, visit }) => {
      await run('bun', ['build', 'page.js', '--target=browser', '--outdir=dist']);
      await visit((await serve('.')).url);
    },
  },
};
