#!/usr/bin/env node
// @ts-check
// `npm run build`: the package, ready to be imported and packed.

import { buildPackage } from './build/package.mjs';
import { runCommand } from './lib/problem.mjs';
import { say } from './lib/say.mjs';
import { setUpBuild } from './setup/index.mjs';

await runCommand(async () => {
  await setUpBuild();
  await buildPackage();
  say('The package is built: pkg/');
});
