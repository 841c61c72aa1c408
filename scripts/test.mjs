#!/usr/bin/env node
// @ts-check
// `npm test`, or `node scripts/test.mjs <suite>…` for some of the suites. `browsers` are those of `npm run test:browsers`.

import { argv } from 'node:process';
import { runCommand } from './lib/problem.mjs';
import { say } from './lib/say.mjs';
import { table } from './test/counts.mjs';
import { runSuites } from './test/runner.mjs';
import { choose } from './test/suites.mjs';

await runCommand(async () => {
  const rows = await runSuites(choose(argv.slice(2)));
  say(`\n${table(rows)}`);
  return rows.every(({ failed }) => failed === 0) ? 0 : 1;
});
