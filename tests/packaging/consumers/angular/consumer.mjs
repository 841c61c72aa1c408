// @ts-check
import { inRoot } from '../../../../scripts/lib/paths.mjs';
import { tellStory } from './story.mjs';

/** @typedef {import('../../support/context.mjs').Context} Context */

const LISTENS = /Listening on (http:\S+)/;

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Angular CLI',
  kind: 'framework',
  tool: '@angular/cli',
  node: '22.23.3',
  project: inRoot('examples', 'angular'),
  uses: {
    'production, rendered on the server': built('production'),
    'development, rendered on the server': built('development'),
    'production with zone.js, rendered on the server': built('zone'),
    'development server': served,
    'tests of the application, with the double': async ({ run }) => void (await run('ng', ['test', '--no-watch'])),
  },
};

/** @param {string} configuration */
function built(configuration) {
  return async (/** @type {Context} */ context) => {
    await context.run('ng', ['build', `--configuration=${configuration}`]);
    await tellStory(context, async (env) => {
      const { match } = await context.start('node', ['dist/sample/server/server.mjs'], LISTENS, {
        env: { ...env, PORT: '0' },
      });
      return match[1];
    });
  };
}

/** @param {Context} context */
async function served(context) {
  const args = ['serve', '--host=127.0.0.1', '--port=0', '--no-hmr', '--no-live-reload'];
  await tellStory(context, async (env) => {
    const { match } = await context.start('ng', args, /Local: +(http:\S+?)\/?\s/, { env });
    return match[1];
  });
}
