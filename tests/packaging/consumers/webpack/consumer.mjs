// @ts-check
/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'webpack',
  kind: 'bundler',
  tool: 'webpack',
  uses: {
    'production build': async ({ run, serve, visit }) => {
      await run('webpack', ['--mode=production', '--entry=./page.js']);
      await visit((await serve('.')).url);
    },
    'development build': async ({ run, serve, visit }) => {
      // Without a tool for it, webpack's development builds evaluate strings.
      await run('webpack', ['--mode=development', '--devtool=source-map', '--entry=./page.js']);
      await visit((await serve('.')).url);
    },
    'required by a bundled CommonJS module': async ({ run, serve, visit }) => {
      await run('webpack', ['--mode=production', '--entry=./page.cjs']);
      await visit((await serve('.')).url);
    },
  },
};
