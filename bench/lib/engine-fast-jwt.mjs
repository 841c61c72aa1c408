// @ts-check
// fast-jwt runs in Node only. It knows no key sets: it is given the one key.

import { createVerifier } from 'fast-jwt';

/** @type {import('./engines.mjs').Engine} */
export function fastJwt({ alg, issuer, audience, tokens }) {
  const verify = createVerifier({
    key: tokens.pem,
    algorithms: [alg],
    allowedIss: issuer,
    allowedAud: audience,
    cache: false,
  });
  return { verify, claims: (payload) => payload };
}
