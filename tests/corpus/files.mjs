// @ts-check
// The corpus as a text, for runners that hand it on to another host.

import { readFileSync } from 'node:fs';

export const corpusText = readFileSync(new URL('../fixtures/tokens.json', import.meta.url), 'utf8');

/** @type {{ keySets: Record<string, any>, cases: import('./suite.mjs').Case[] }} */
export const corpus = JSON.parse(corpusText);

/**
 * A report as one text, with an end: the first failures and how many there are.
 * @param {import('./suite.mjs').Report} report
 */
export function summary({ passed, failures }) {
  const shown = failures.slice(0, 40).map(({ name, what }) => `  ${name}: ${what}`);
  return [`${passed} passed, ${failures.length} complaints`, ...shown].join('\n');
}
