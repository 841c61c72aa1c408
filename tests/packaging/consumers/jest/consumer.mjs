// @ts-check
import assert from 'node:assert/strict';

/** @type {import('../../support/consumer.mjs').Consumer} */
export default {
  title: 'Jest',
  kind: 'test runner',
  tool: 'jest',
  uses: {
    jsdom: async ({ run }) => assert.match(await run('jest', ['--env=jsdom']), /Tests: +1 passed, 1 total/),
    node: async ({ run }) => assert.match(await run('jest', ['--env=node']), /Tests: +1 passed, 1 total/),
  },
};
