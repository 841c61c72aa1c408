/// <reference lib="esnext.disposable" />
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
