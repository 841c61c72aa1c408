#!/usr/bin/env node
// @ts-check
// `npm run sbom`: what the package contains, as a CycloneDX document.

import { mkdirSync, writeFileSync } from 'node:fs';
import { buildPackage } from './build/package.mjs';
import { inRoot } from './lib/paths.mjs';
import { runCommand } from './lib/problem.mjs';
import { say } from './lib/say.mjs';
import { setUpBuild } from './setup/index.mjs';

await runCommand(async () => {
  await setUpBuild();
  await buildPackage();
  // Needs the npm packages.
  const { sbom } = await import('./release/sbom.mjs');
  mkdirSync(inRoot('target', 'sbom'), { recursive: true });
  writeFileSync(inRoot('target', 'sbom', 'bixarena-auth-client.cdx.json'), `${await sbom()}\n`);
  say('target/sbom/bixarena-auth-client.cdx.json');
});
