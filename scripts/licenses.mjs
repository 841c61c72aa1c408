#!/usr/bin/env node
// @ts-check
// `npm run licenses`: writes pkg/THIRD-PARTY-LICENSES.md; with `--check` it only looks whether that is up to date.

import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { inRoot } from './lib/paths.mjs';
import { Problem, runCommand } from './lib/problem.mjs';
import { setUpBuild } from './setup/index.mjs';

await runCommand(async () => {
  await setUpBuild();
  // Needs the npm packages.
  const { licenseList } = await import('./release/licenses.mjs');
  const file = inRoot('pkg', 'THIRD-PARTY-LICENSES.md');
  const text = await licenseList();
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text)
    throw new Problem(
      'pkg/THIRD-PARTY-LICENSES.md is out of date: run `npm run licenses`, and look at what has changed.',
    );
});
