#!/usr/bin/env node
// @ts-check
// `npm run test:packaging`: installs the packed package in small projects and runs them; with names, in those only.

import { relative } from 'node:path';
import { argv, env } from 'node:process';
import { root } from './lib/paths.mjs';
import { Problem, runCommand } from './lib/problem.mjs';
import { say } from './lib/say.mjs';
import { setUpNpmPackages } from './setup/npm.mjs';
import { table } from './test/counts.mjs';
import { runSuites } from './test/runner.mjs';
import { choose } from './test/suites.mjs';

await runCommand(async () => {
  // What finds the consumers imports packages.
  await setUpNpmPackages();
  const { findConsumers } = await import('../tests/packaging/support/consumer.mjs');
  const consumers = await findConsumers();
  const wanted = consumers.filter(({ name }) => argv.slice(2).includes(name));
  const unknown = argv.slice(2).find((word) => !consumers.some(({ name }) => name === word));
  if (unknown !== undefined) {
    throw new Problem(
      `there is no consumer called ${unknown}; there are ${consumers.map(({ name }) => name).join(', ')}.`,
    );
  }
  if (wanted.length > 0) env.CONSUMERS = wanted.map(({ name }) => name).join(',');
  const suites = wanted.length === 0 ? ['packaging'] : wanted.map(({ quick }) => (quick ? 'package' : 'consumers'));
  const rows = await runSuites(choose(suites));
  const { document, writeMatrix } = await import('../tests/packaging/support/matrix.mjs');
  if (await writeMatrix(consumers)) say(`\nThe table in ${relative(root, document)} says what came of it.`);
  say(`\n${table(rows)}`);
  return rows.every(({ failed }) => failed === 0) ? 0 : 1;
});
