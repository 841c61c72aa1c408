// @ts-check
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../../scripts/lib/exec.mjs';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { output } from './folders.mjs';

/**
 * @typedef {object} Packed
 * @property {string} tarball its path, which holds a digest of what is inside: npm takes one of the same path for the same
 * @property {{ path: string, size: number }[]} files what is inside
 * @property {number} size bytes
 * @property {number} unpackedSize bytes
 */

/** @type {Promise<Packed> | undefined} */
let packed;

/** Packs the built package as `npm publish` would, once in this process. */
export const pack = () => (packed ??= packNow());

/** @returns {Promise<Packed>} */
async function packNow() {
  mkdirSync(output, { recursive: true });
  // Another process may be at it as well.
  const folder = mkdtempSync(join(output, 'pack-'));
  try {
    const args = ['pack', '--json', '--ignore-scripts', '--loglevel=error', `--pack-destination=${folder}`];
    const text = await must('npm', args, { cwd: inRoot('pkg') });
    const { filename, files, size, unpackedSize } = firstOf(JSON.parse(text.slice(text.search(/^[[{]/m))));
    const file = join(folder, filename);
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
    const name = `bixarena-auth-client-${digest}.tgz`;
    for (const other of readdirSync(output)) {
      if (other.endsWith('.tgz') && other !== name) rmSync(join(output, other), { force: true });
    }
    renameSync(file, join(output, name));
    return { tarball: join(output, name), files, size, unpackedSize };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * npm answers with a list, newer ones with an object by package.
 * @param {any} answer
 */
const firstOf = (answer) => Object.values(answer)[0];
