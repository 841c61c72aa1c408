#!/usr/bin/env node
// @ts-check
// `npm run size`: what the package weighs, beside its peers. Over its budget, it fails.

import { buildPackage } from './build/package.mjs';
import { runCommand } from './lib/problem.mjs';
import { say } from './lib/say.mjs';
import { setUpBuild } from './setup/index.mjs';

await runCommand(async () => {
  await setUpBuild();
  await buildPackage();
  // Needs the npm packages.
  const { isOverBudget, measureAll, sizeTable } = await import('./size/measure.mjs');
  const sizes = await measureAll();
  say(sizeTable(sizes));
  return sizes.some(isOverBudget) ? 1 : 0;
});
