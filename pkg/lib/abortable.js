// @ts-check
import { AuthError } from '../dist/web/errors.js';

/**
 * Lets one caller stop waiting; what others wait for goes on.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>}
 */
export function abortable(ask, signal) {
  if (signal === undefined) return ask();
  const aborted = () => new AuthError('aborted', 'the call was aborted', { cause: signal.reason });
  if (signal.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted());
    signal.addEventListener('abort', stop, { once: true });
    ask()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
