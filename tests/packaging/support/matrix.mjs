// @ts-check
// The table of docs/compatibility.md, made from what came of the consumers.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { resultsFolder } from './results.mjs';

/** @typedef {import('./consumer.mjs').Found} Found */
/** @typedef {import('./results.mjs').Result} Result */

export const document = inRoot('docs', 'compatibility.md');

const BEGIN = '<!-- The table is written by `npm run test:packaging`. -->';
const END = '<!-- The end of the table. -->';

/** Where the package runs, by kind of consumer. @type {Record<import('./consumer.mjs').Kind, string>} */
const PLACES = {
  page: 'Chromium',
  bundler: 'Chromium',
  framework: 'Node, Chromium',
  server: 'itself',
  worker: 'workerd',
  'test runner': 'Node',
};

const KINDS = Object.keys(PLACES);

/** The consumers in the order of the table. @param {Found[]} consumers */
export const listed = (consumers) =>
  consumers
    .filter(({ isUnlisted }) => !isUnlisted)
    .sort(
      (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.name.localeCompare(b.name, 'en', { numeric: true }),
    );

/**
 * @param {Found[]} consumers
 * @param {(consumer: Found, use: string) => boolean} works
 */
export function matrix(consumers, works) {
  const rows = listed(consumers).map((consumer) => {
    const uses = Object.keys(consumer.uses).map((use) => (works(consumer, use) ? use : `**${use} fails**`));
    const version = consumer.kind === 'page' ? '' : consumer.version;
    return `| ${[consumer.title, version, uses.join('; '), PLACES[consumer.kind]].join(' | ')} |`;
  });
  return ['| tool | version | used as | runs in |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** The table that is in the document now, and the text around it. */
export function readDocument() {
  const text = readFileSync(document, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [table, after] = rest.split(END);
  return { before, table: table.trim(), after };
}

/**
 * A table as it stands in the document.
 * @param {string} table
 */
export const formatted = async (table) => (await format(table, { parser: 'markdown' })).trim();

/**
 * Writes the table, if all consumers have been run as they are now.
 * @param {Found[]} consumers
 * @returns {Promise<boolean>} whether it was written
 */
export async function writeMatrix(consumers) {
  const results = new Map(listed(consumers).map((consumer) => [consumer.name, resultOf(consumer)]));
  if ([...results.values()].includes(undefined)) return false;
  const works = (/** @type {Found} */ { name }, /** @type {string} */ use) =>
    results.get(name)?.uses.find((one) => one.use === use)?.ok === true;
  const { before, after } = readDocument();
  const table = await formatted(matrix(consumers, works));
  writeFileSync(document, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
  return true;
}

/**
 * What came of the last run, unless that was another version or had other uses.
 * @param {Found} consumer
 * @returns {Result | undefined}
 */
function resultOf({ name, version, uses }) {
  const file = join(resultsFolder, `${name}.json`);
  if (!existsSync(file)) return undefined;
  /** @type {Result} */
  const result = JSON.parse(readFileSync(file, 'utf8'));
  const isCurrent = result.version === version && result.uses.map(({ use }) => use).join() === Object.keys(uses).join();
  return isCurrent ? result : undefined;
}
