// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { ask, must } from '../lib/exec.mjs';
import { withLock } from '../lib/lock.mjs';
import { inRoot, scratch } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';
import { step } from '../lib/say.mjs';

/** Installs the npm packages of package-lock.json, unless they are there. */
export async function setUpNpmPackages() {
  if (isInstalled()) return;
  if (!ask('npm', ['--version']))
    throw new Problem('npm is missing: install Node 20.19 or newer from https://nodejs.org');
  await withLock(`${scratch}/npm.lock`, async () => {
    if (isInstalled()) return;
    await step('Installing npm packages', 'about 30 s', () =>
      must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
    );
  });
}

function isInstalled() {
  // npm writes this file as the last act of an installation.
  const installed = inRoot('node_modules', '.package-lock.json');
  return existsSync(installed) && matches(read(inRoot('package-lock.json')), read(installed));
}

/** @param {string} path */
const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/**
 * Whether everything that the lock file names is installed, in its version. Optional packages may be absent: most are
 * for other systems.
 * @param {Record<string, any>} wanted `packages` of package-lock.json
 * @param {Record<string, any>} installed `packages` of node_modules/.package-lock.json
 */
export function matches(wanted, installed) {
  return Object.entries(wanted).every(([path, { version, integrity, link, optional }]) => {
    // The repository itself and its workspaces are no packages to be installed, but linked.
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const found = installed[path];
    if (found === undefined) return optional === true;
    return link ? found.link === true : found.version === version && found.integrity === integrity;
  });
}
