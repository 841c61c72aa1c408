// @ts-check
export { AuthError, isAuthError } from './dist/web/errors.js';
export { createTestAuthClient } from './lib/testing/client.js';
export { failure as createAuthError } from './lib/testing/failure.js';
export { createTestIssuer } from './lib/testing/issuer.js';
