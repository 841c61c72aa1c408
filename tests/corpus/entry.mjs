// @ts-check
// What the browser and the Worker load: the package by its name, and the suite.

import { AuthError, JwtVerifier, isAuthError } from 'bixarena-auth-client/verifier';
import { runCorpus } from './suite.mjs';

export { JwtVerifier, isAuthError };

/**
 * @param {string} text tokens.json
 * @param {Record<string, unknown>} [options] more options for every verifier
 * @param {string} [engine]
 * @returns {Promise<import('./suite.mjs').Report>}
 */
export function run(text, options, engine) {
  const { keySets, cases } = JSON.parse(text);
  return runCorpus({ JwtVerifier, AuthError, isAuthError, keySets, cases, options, engine });
}
