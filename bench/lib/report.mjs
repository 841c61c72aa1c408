// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Keeps all numbers of a run, with the time and the machine.
 * @param {object} report
 * @param {string} kind
 * @returns {string} the file
 */
export function writeReport(report, kind) {
  const date = new Date().toISOString();
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`;
  const folder = new URL('../results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${date.slice(0, 16).replaceAll(':', '-')}-${kind}.json`, folder);
  writeFileSync(file, `${JSON.stringify({ date, machine, ...report }, null, 2)}\n`);
  return fileURLToPath(file);
}
