// @ts-check
// What runs in the pages of the session tests: the package, one client, and a record of what it says.
import { AuthClient } from 'bixarena-auth-client';

/** @typedef {{ type: string, cause?: string, status: string, sub?: string, code?: string, skew?: number, at: number }} Heard */

/** @type {AuthClient | undefined} */
let client;
/** @type {Heard[]} */
const heard = [];
/** @type {unknown[]} */
const logged = [];

/** @param {import('bixarena-auth-client').AuthClientOptions} options */
async function create(options) {
  client = await AuthClient.create({
    ...options,
    logger: (entry) => logged.push({ ...entry, error: String(entry.error) }),
  });
  client.subscribe((state, event) =>
    heard.push({
      type: event.type,
      cause: event.cause,
      status: state.status,
      sub: state.status === 'authenticated' ? state.claims.sub : undefined,
      code: event.error?.code,
      skew: /** @type {any} */ (event).skew,
      at: Date.now(),
    }),
  );
}

/**
 * What a promise came to, as plain data.
 * @param {Promise<any>} promise
 */
async function outcome(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    const { code, reason, retryAfter, message } = /** @type {any} */ (error);
    return { code: code ?? 'no code', reason, retryAfter, message };
  }
}

const page = {
  AuthClient,
  create,
  outcome,
  heard,
  logged,
  get client() {
    if (!client) throw new Error('create() first');
    return client;
  },
  status: () => page.client.state.status,
  sub: () => (page.client.state.status === 'authenticated' ? page.client.state.claims.sub : null),
};

/** @typedef {typeof page} TestPage */
Object.assign(globalThis, { page });
