// @ts-check
/** @import { Host } from './verifier-core.js' */
import { once } from '../dist/web/errors.js';
import { defineAuthClient, defineSafeReturnTo } from './auth-client.js';
import { defineJwtVerifier } from './jwt-verifier.js';
import { pick } from './pick.js';

/**
 * What the main entry exports on one kind of host. It is taken whole from the copy of the package that was loaded first: the
 * glue, the host functions and the classes of one copy belong together.
 * @param {string} kind of the host
 * @param {() => Host} newHost
 */
export const defineClient = (kind, newHost) =>
  pick(
    once(`client, ${kind}`, () => {
      const host = newHost();
      const JwtVerifier = defineJwtVerifier(host);
      const AuthClient = defineAuthClient(host, JwtVerifier);
      return {
        JwtVerifier,
        AuthClient,
        safeReturnTo: defineSafeReturnTo(host),
        init: host.init ?? (async () => host.load()),
      };
    }),
  );
