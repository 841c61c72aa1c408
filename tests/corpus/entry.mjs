// @ts-check
// What the browser and the Worker load: the package by its name, and the suite.

import { AuthError, JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { runCorpus } from './suite.mjs';

/**
 * @param {string} text tokens.json
 * @param {Record<string, unknown>} [options] more options for every verifier
 * @returns {Promise<import('./suite.mjs').Report>}
 */
export function run(text, options) {
  const { keySets, cases } = JSON.parse(text);
  return runCorpus({ JwtVerifier, AuthError, isAuthError, keySets, cases, options });
}
