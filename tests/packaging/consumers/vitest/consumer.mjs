// @ts-check
import assert from 'node:assert/strict';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Vitest',
  kind: 'test runner',
  tool: 'vitest',
  node: '22.23.3',
  uses: {
    jsdom: async ({ run }) => assert.match(await run('vitest', ['run', '--environment=jsdom']), /Tests +1 passed/),
  },
};
