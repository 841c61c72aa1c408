/// <reference lib="esnext.disposable" />

/**
 * Everything for a page: {@link AuthClient} signs people in and keeps a verified token at hand. {@link JwtVerifier} is here too.
 * @module bixarena-auth-client
 */

export * from './dist/types.js';
