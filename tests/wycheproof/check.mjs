// @ts-check
import assert from 'node:assert/strict';
import { AT_LEAST } from './vectors.mjs';

/** @param {import('./run.mjs').Report} report */
export function checkReport({ counts, failures }) {
  assert.deepEqual(failures.slice(0, 40), [], `${failures.length} failures`);
  assert.deepEqual(Object.keys(counts).sort(), Object.keys(AT_LEAST).sort());
  for (const [alg, { accepted, refused }] of Object.entries(AT_LEAST)) {
    assert.ok(counts[alg].accepted >= accepted && counts[alg].refused >= refused, `${alg}: ${JSON.stringify(counts)}`);
  }
}
