/// <reference lib="esnext.disposable" />

/**
 * The verifier alone, in a WebAssembly file of its own: {@link JwtVerifier}.
 * @module bixarena-auth-client/verifier
 */

export { AuthError, JwtVerifier, init, isAuthError } from './dist/types.js';
export type {
  Algorithm,
  AuthErrorCode,
  JsonWebKeySet,
  JwksCacheOptions,
  JwtClaims,
  JwtHeader,
  JwtVerifierOptions,
  LogEntry,
  Problem,
  PublicJwk,
  VerifiedJwt,
} from './dist/types.js';
