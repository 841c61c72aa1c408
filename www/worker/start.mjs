// @ts-check
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';

/**
 * Runs the Worker in workerd, with the key set of a local stack.
 * @param {{ jwksUrl: string, issuer: string, audiences?: string[], appUrl: string | null }} stack
 */
export function startWorker({ jwksUrl, issuer, appUrl }) {
  return startWorkerd({
    entry: fileURLToPath(new URL('./index.mjs', import.meta.url)),
    bindings: { JWKS_URL: jwksUrl, ISSUER: issuer, ALLOWED_ORIGINS: appUrl === null ? '' : new URL(appUrl).origin },
  });
}
