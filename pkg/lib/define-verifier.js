// @ts-check
/** @import { Host } from './verifier-core.js' */
import { once } from '../dist/web/errors.js';
import { defineJwtVerifier } from './jwt-verifier.js';
import { pick } from './pick.js';

/**
 * What the verifier's entry exports on one kind of host; see define-client.js.
 * @param {string} kind of the host
 * @param {() => Host} newHost
 */
export const defineVerifier = (kind, newHost) =>
  pick(
    once(`verifier, ${kind}`, () => {
      const host = newHost();
      return { JwtVerifier: defineJwtVerifier(host), init: host.init ?? (async () => host.load()) };
    }),
  );
