// @ts-check
// jose as the second opinion: it accepts every good token of the corpus and refuses every bad one, but for a written
// list of differences, each with its reason.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { corpus } from '../corpus/files.mjs';
import { acceptedByJose, refusedByJose } from '../corpus/jose-differences.mjs';
import { expand } from '../fixtures/expand.mjs';

/** @param {import('../corpus/suite.mjs').Case} row */
async function joseAccepts({ token, jwks, options, now }) {
  const { issuer, audience, algorithms = ['RS256'], typ = 'JWT', clockTolerance = 5, maxTokenAge } = options;
  try {
    await jwtVerify(expand(token), createLocalJWKSet(corpus.keySets[jwks]), {
      issuer: issuer ?? undefined,
      audience: audience ?? undefined,
      algorithms,
      typ: typ ?? undefined,
      requiredClaims: ['exp', ...(options.requiredClaims ?? [])],
      clockTolerance,
      maxTokenAge,
      currentDate: new Date(now),
    });
    return true;
  } catch {
    return false;
  }
}

test('jose and the corpus differ exactly where the list says', async () => {
  /** @type {string[]} */
  const refused = [];
  /** @type {string[]} */
  const accepted = [];
  for (const row of corpus.cases) {
    const good = 'claims' in row.expect;
    if ((await joseAccepts(row)) !== good) (good ? refused : accepted).push(row.name);
  }
  assert.deepEqual(refused.sort(), [...refusedByJose.keys()].sort(), 'good tokens that jose refuses');
  assert.deepEqual(accepted.sort(), [...acceptedByJose.keys()].sort(), 'bad tokens that jose accepts');
});
