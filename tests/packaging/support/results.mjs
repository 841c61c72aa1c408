// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { output } from './folders.mjs';

/** @typedef {{ use: string, ok: boolean, milliseconds: number }} Use */
/** @typedef {{ name: string, title: string, kind: string, tool: string, version: string, node?: string, installation: number, uses: Use[] }} Result */

/** What came of the last run of each consumer; docs/compatibility.md is made from it. */
export const resultsFolder = join(output, 'results');

/**
 * @param {import('./consumer.mjs').Found} consumer
 * @param {Use[]} uses
 * @param {number} installation milliseconds
 */
export function writeResult({ name, title, kind, tool, version, node }, uses, installation) {
  mkdirSync(resultsFolder, { recursive: true });
  /** @type {Result} */
  const result = { name, title, kind, tool, version, node, installation, uses };
  writeFileSync(join(resultsFolder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
