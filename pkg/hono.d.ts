/**
 * The edge as a middleware for [Hono](https://hono.dev): {@link bearerAuth}.
 * @module bixarena-auth-client/hono
 */

import type { Context, MiddlewareHandler } from 'hono';
import type { JwtClaims } from './dist/types.js';
import type { AuthenticateOptions, TokenVerifier } from './edge.js';

/** What {@link bearerAuth} sets: `c.get('auth')`. */
export interface BearerAuthEnv {
  /** As Hono names them. */
  Variables: {
    /** Who asks. */
    auth: {
      /** Verified. */
      claims: JwtClaims;
      /** The token they were in. */
      token: string;
    };
  };
}

/**
 * Lets a request pass with a verified bearer, and answers any other as `authenticate` does.
 *
 * @param verifier or a function that gives it, for one that needs `c.env`: keep it, make no new one for each request
 * @param options those of `authenticate`
 *
 * @example
 * app.use('/api/*', bearerAuth(verifier, { roles: ['user'] }));
 * app.get('/api/me', (c) => c.json(c.get('auth').claims));
 */
export declare function bearerAuth(
  verifier: TokenVerifier | ((c: Context) => TokenVerifier | Promise<TokenVerifier>),
  options?: AuthenticateOptions,
): MiddlewareHandler<BearerAuthEnv>;
