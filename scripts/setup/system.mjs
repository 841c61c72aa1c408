// @ts-check
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process, { env } from 'node:process';
import { must } from '../lib/exec.mjs';
import { Problem } from '../lib/problem.mjs';
import { step } from '../lib/say.mjs';

/**
 * The first of these programs that is on the PATH.
 * @param {...string} names
 * @returns {string | undefined} its path
 */
export function onPath(...names) {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found) return found;
  }
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `debian`, `ubuntu`, … as /etc/os-release has it; else Node's name of the platform. */
function distribution() {
  if (!existsSync('/etc/os-release')) return process.platform;
  return /^ID="?([\w.-]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
}

/**
 * Installs packages of the system where that is allowed; else says which and how, and ends.
 * @param {object} wish
 * @param {string} wish.what e.g. `Chromium and its driver`
 * @param {string} wish.why e.g. `the browser tests need it`
 * @param {string} wish.estimate
 * @param {string[]} wish.debian names of the packages
 * @param {string[]} [wish.ubuntu] if they differ
 * @param {string} wish.elsewhere what to install on another system
 */
export async function installPackages({ what, why, estimate, debian, ubuntu = debian, elsewhere }) {
  const system = distribution();
  const apt = onPath('apt-get');
  if (!apt) throw new Problem(`${what} is missing, and ${why}: install ${elsewhere}.`);
  const packages = system === 'ubuntu' ? ubuntu : debian;
  if (process.getuid?.() !== 0) {
    throw new Problem(`${what} is missing, and ${why}: run \`sudo apt-get install ${packages.join(' ')}\`.`);
  }
  await step(`Installing ${what}: ${packages.join(' ')}`, estimate, async () => {
    const quiet = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } };
    // Waits for another apt-get instead of failing.
    const wait = ['-o', 'DPkg::Lock::Timeout=600', '-q', '-y'];
    await must(apt, [...wait, 'update'], quiet);
    await must(apt, [...wait, 'install', '--no-install-recommends', ...packages], quiet);
  });
}
