#!/usr/bin/env node
// @ts-check
// `npm run release`: looks whether a version can be released, and makes what is published, in target/release. Publishes nothing.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from './build/package.mjs';
import { must } from './lib/exec.mjs';
import { inRoot } from './lib/paths.mjs';
import { Problem, runCommand } from './lib/problem.mjs';
import { say, step } from './lib/say.mjs';
import { contentComplaints } from './release/contents.mjs';
import { notes, sources, versionComplaints } from './release/versions.mjs';
import { setUpBuild } from './setup/index.mjs';

const FOLDER = inRoot('target', 'release');

await runCommand(async () => {
  const { tag, repository } = parseArgs({
    options: { tag: { type: 'string' }, repository: { type: 'string' } },
    strict: true,
  }).values;
  // Before the set-up, which may take minutes.
  refuse(versionComplaints(sources(), tag));
  await setUpBuild();
  await buildPackage();
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const { version } = JSON.parse(sources().npm);
  const tarball = await step('Packing', 'about 2 s', () => pack(repository));
  writeFileSync(join(FOLDER, 'notes.md'), `${notes(sources().changelog, version)}\n`);
  await describe();
  say(`${version} can be released: ${tarball}`);
});

/** @param {string[]} complaints */
function refuse(complaints) {
  if (complaints.length > 0) throw new Problem(complaints.join('\n'));
}

/**
 * Packs a copy. npm accepts a proof of origin only if the package names the repository that it is built in, and the workflow knows it.
 * @param {string | undefined} repository
 */
async function pack(repository) {
  const copy = join(FOLDER, 'package');
  cpSync(inRoot('pkg'), copy, { recursive: true, filter: (path) => !path.includes('node_modules') });
  const manifest = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
  if (repository) manifest.repository = { type: 'git', url: `git+${repository}.git`, directory: 'pkg' };
  writeFileSync(join(copy, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', `--pack-destination=${FOLDER}`];
  const text = await must('npm', args, { cwd: copy });
  // npm answers with a list, newer ones with an object by package; warnings may stand before it.
  const [{ filename, files }] = Object.values(JSON.parse(text.slice(text.search(/^[[{]/m))));
  refuse(
    contentComplaints(
      files.map((/** @type {{ path: string }} */ { path }) => path),
      manifest,
    ),
  );
  rmSync(copy, { recursive: true });
  return join(FOLDER, filename);
}

/** What is attached to the release. These need the npm packages. */
async function describe() {
  const { licenseList } = await import('./release/licenses.mjs');
  if (readFileSync(inRoot('pkg', 'THIRD-PARTY-LICENSES.md'), 'utf8') !== (await licenseList()))
    throw new Problem('pkg/THIRD-PARTY-LICENSES.md is out of date: run `npm run licenses`.');
  const { sbom } = await import('./release/sbom.mjs');
  writeFileSync(join(FOLDER, 'sbom.cdx.json'), `${await sbom()}\n`);
  const { isOverBudget, measureAll, sizeTable } = await import('./size/measure.mjs');
  const sizes = await measureAll();
  refuse(sizes.filter(isOverBudget).map(({ name }) => `${name} is over its budget: see \`npm run size\`.`));
  writeFileSync(join(FOLDER, 'sizes.txt'), `${sizeTable(sizes)}\n`);
}
