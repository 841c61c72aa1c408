// @ts-check
/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Rollup',
  kind: 'bundler',
  tool: 'rollup',
  uses: {
    'production build': async ({ run, serve, visit }) => {
      await run('rollup', ['page.js', '--plugin=node-resolve={browser: true}', '--dir=dist', '--failAfterWarnings']);
      await visit((await serve('.')).url);
    },
    'without the condition "browser"': async ({ run, serve, visit }) => {
      await run('rollup', ['page.js', '--plugin=node-resolve', '--dir=dist', '--failAfterWarnings']);
      await visit((await serve('.')).url);
    },
  },
};
