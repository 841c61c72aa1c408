// @ts-check
/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Web worker',
  kind: 'page',
  tool: 'vite',
  quick: true,
  uses: {
    'built by Vite': async ({ run, serve, visit }) => {
      await run('vite', ['build']);
      await visit((await serve('dist')).url);
    },
    "Vite's development server": async ({ start, visit }) => {
      const { match } = await start('vite', ['--host=127.0.0.1', '--port=0', '--force'], /Local: +(http:\S+)/);
      await visit(match[1]);
    },
  },
};
