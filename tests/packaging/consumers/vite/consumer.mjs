// @ts-check
/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Vite',
  kind: 'bundler',
  tool: 'vite',
  quick: true,
  uses: {
    // Its dependencies are bundled at the first start: that is where others' wasm gets lost.
    'development server': async ({ start, visit }) => {
      const { match } = await start('vite', ['--host=127.0.0.1', '--port=0', '--force'], /Local: +(http:\S+)/);
      await visit(match[1]);
    },
    'production build': async ({ run, serve, visit }) => {
      await run('vite', ['build']);
      await visit((await serve('dist')).url);
    },
  },
};
