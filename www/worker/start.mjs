// @ts-check
import { fileURLToPath } from 'node:url';
import { startWorkerd } from '../../scripts/lib/workerd.mjs';
import { startUpstream } from './upstream.mjs';

/**
 * Runs the Worker in workerd, before a local stack and an upstream of its own.
 * @param {{ jwksUrl: string, serviceUrl: string, issuer: string, appUrl: string | null }} stack
 * @param {Partial<import('../../scripts/lib/workerd.mjs').WorkerdOptions>} [options] of workerd, besides those
 */
export async function startWorker(stack, { bindings, ...options } = {}) {
  const { serviceUrl, issuer, appUrl } = stack;
  const upstream = await startUpstream(stack);
  try {
    const worker = await startWorkerd({
      entry: fileURLToPath(new URL('./index.mjs', import.meta.url)),
      bindings: {
        SERVICE_URL: serviceUrl,
        UPSTREAM_URL: upstream.url,
        ISSUER: issuer,
        ALLOWED_ORIGINS: appUrl === null ? '' : new URL(appUrl).origin,
        ...bindings,
      },
      ...options,
    });
    return { ...worker, stop: async () => void (await Promise.all([worker.stop(), upstream.close()])) };
  } catch (error) {
    await upstream.close();
    throw error;
  }
}
