// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';

/**
 * A digest over the contents of files and folders, their names included. What does not exist counts as absent.
 * @param {string[]} paths relative to the folder
 * @param {{ folder?: string, extra?: unknown }} [options] anything else that the outcome depends on
 */
export function digest(paths, { folder = root, extra } = {}) {
  const hash = createHash('sha256').update(JSON.stringify(extra) ?? '');
  for (const path of paths.flatMap((entry) => filesIn(folder, entry)).sort()) {
    hash.update(`\0${path}\0`).update(readFileSync(join(folder, path)));
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @param {string} path
 * @returns {string[]} relative to the folder
 */
function filesIn(folder, path) {
  const full = join(folder, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist' && name !== 'target')
    .flatMap(({ name }) => filesIn(folder, join(path, name)));
}

/**
 * Does some work unless it was done before on the same inputs and its outputs are still as they were left.
 * @param {object} work
 * @param {string} work.stamp file that remembers
 * @param {string} work.inputs digest
 * @param {string} work.output folder
 * @param {() => Promise<void> | void} work.action
 * @returns {Promise<boolean>} whether there was anything to do
 */
export async function once({ stamp, inputs, output, action }) {
  const wanted = () => `${inputs} ${contentsOf(output)}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted()) return false;
  rmSync(stamp, { force: true });
  await action();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted());
  return true;
}

/** @param {string} folder */
function contentsOf(folder) {
  return existsSync(folder) ? digest(readdirSync(folder), { folder }) : 'absent';
}
