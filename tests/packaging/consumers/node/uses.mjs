// @ts-check
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';

/** What every version of Node has to do. @type {import('../../support/consumer.mjs').Consumer['uses']} */
export const uses = {
  import: async ({ path, run, judge }) => {
    copyFileSync(path('check.js'), path('check.mjs'));
    judge(await run('node', ['esm.mjs']));
  },
  'require()': async ({ run, judge }) => judge(await run('node', ['commonjs.cjs'])),
  'both in one process': async ({ run }) => assert.match(await run('node', ['both.mjs']), /^one identity$/m),
};
