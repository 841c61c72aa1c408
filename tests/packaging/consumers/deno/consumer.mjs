// @ts-check
/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Deno',
  kind: 'server',
  tool: 'deno',
  uses: {
    // No permission is asked for: the package reads no file and no variable.
    'import, without permissions': async ({ run, judge }) =>
      judge(await run('deno', ['run', '--no-prompt', '--node-modules-dir=manual', 'main.js'])),
  },
};
