#!/usr/bin/env node
// @ts-check
// `npm run docs`: the reference of the package, and that of the crate.

import process, { env } from 'node:process';
import { buildPackage } from './build/package.mjs';
import { must } from './lib/exec.mjs';
import { runCommand } from './lib/problem.mjs';
import { say, step } from './lib/say.mjs';
import { setUpBuild } from './setup/index.mjs';
import { typedoc } from './typedoc/command.mjs';

await runCommand(async () => {
  await setUpBuild();
  await buildPackage();
  await step('Documenting the package', 'about 5 s', () => must(process.execPath, typedoc()));
  const rust = ['doc', '--quiet', '--no-deps', '--features=rust-crypto'];
  await step('Documenting the crate', 'about 20 s', () =>
    must('cargo', rust, { env: { ...env, RUSTDOCFLAGS: '-D warnings' } }),
  );
  say('The package: target/docs/index.html\nThe crate:   target/doc/bixarena_auth_client/index.html');
});
