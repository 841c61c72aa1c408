// @ts-check
import { inRoot } from '../../../../scripts/lib/paths.mjs';
import { tellStory } from './story.mjs';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'React (Vite)',
  kind: 'framework',
  tool: 'react',
  project: inRoot('examples', 'react'),
  uses: {
    'production build': async (context) => {
      await context.run('vite', ['build']);
      await tellStory(context, { dir: context.path('dist') });
    },
    'development server': async (context) => {
      const { match } = await context.start(
        'vite',
        ['--host=127.0.0.1', '--port=0', '--force'],
        /Local: +(http:\S+?)\/?\s/,
      );
      await tellStory(context, { url: match[1] });
    },
  },
};
