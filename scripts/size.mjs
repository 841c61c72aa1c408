#!/usr/bin/env node
// @ts-check
// `npm run size`: what the package weighs, beside its peers. Over its budget, it fails. `npm run size -- <entry>`: what the
// bytes of one entry are for.

import process from 'node:process';
import { buildPackage } from './build/package.mjs';
import { Problem, runCommand } from './lib/problem.mjs';
import { say } from './lib/say.mjs';
import { setUpBuild } from './setup/index.mjs';

await runCommand(async () => {
  await setUpBuild();
  await buildPackage();
  // Needs the npm packages.
  const { SUBJECTS, isOverBudget, measureAll, sizeTable } = await import('./size/measure.mjs');
  const [entry] = process.argv.slice(2);
  if (entry !== undefined) {
    const { measureParts, partsTable } = await import('./size/parts.mjs');
    const subject = SUBJECTS.find(({ name }) => name === entry);
    if (!subject)
      throw new Problem(`there is no ${entry}: choose from ${SUBJECTS.map(({ name }) => name).join(', ')}.`);
    say(partsTable(await measureParts(subject)));
    return 0;
  }
  const sizes = await measureAll();
  say(sizeTable(sizes));
  return sizes.some(isOverBudget) ? 1 : 0;
});
