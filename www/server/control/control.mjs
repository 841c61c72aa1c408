// @ts-check
import { operationNames } from '../service/operations.mjs';
import { Faults } from './faults.mjs';
import { Records } from './records.mjs';

/** @typedef {import('../service/operations.mjs').OperationName} OperationName */
/** @typedef {import('./faults.mjs').FaultRequest} FaultRequest */
/** @typedef {ReturnType<typeof createControl>} Control */

/**
 * The middleware that records every request of an operation and plays the fault that waits for it.
 *
 * @param {Faults} faults
 * @param {Records} records
 * @returns {import('../service/service.mjs').Hook}
 */
export function controlHook(faults, records) {
  return (operation, routes) => async (c, next) => {
    const record = records.add(c, operation, routes);
    // A preflight is the browser's own affair: it is no attempt at the operation.
    const fault = c.req.method === 'OPTIONS' ? null : faults.take(operation);
    if (!fault) return next();
    record.fault = fault.kind;
    return faults.play(fault, c, next);
  };
}

/**
 * What a test may do to a running stack. Every method takes and gives plain JSON, and control/http.mjs offers each over HTTP.
 *
 * @typedef {object} Parts
 * @property {import('../service/service.mjs').Service} service
 * @property {Record<'service' | 'provider', import('../listen.mjs').Listener>} servers
 * @property {(defect: import('../provider/token-defects.mjs').TokenDefect) => void} spoilNextToken
 * @property {import('../accounts.mjs').Account[]} accounts
 * @property {Faults} faults
 * @property {Records} records
 */

/** @param {Parts} parts */
export function createControl(parts) {
  return { ...behaviour(parts), ...disturbance(parts), ...people(parts), ...observation(parts) };
}

/** @param {Parts} parts */
function behaviour({ service: { sessions, keys, limits, settings } }) {
  return {
    /** A new key signs; the newest previous one stays in the key set. */
    rotateKeys: () => keys.rotate(),
    /** A new key signs, and the old ones are gone at once: what a restart of the service does. Sessions live on. */
    restartKeys: () => keys.restart(),
    /** Ends every session, as seven idle days would. */
    expireSessions: async () => sessions.endAll(),
    /** @param {number} seconds of the tokens minted from now on */
    setTokenLifetime: async (seconds) => void (settings.tokenLifetime = whole('seconds', seconds)),
    /** @param {number} seconds by which the service's clock is ahead when it dates tokens; may be negative */
    setClockOffset: async (seconds) => void (settings.clockOffset = finite('seconds', seconds)),
    /** @param {302 | 204} status what a successful start answers */
    setStartStatus: async (status) => void (settings.startStatus = oneOf('status', status, [302, 204])),
    /** @param {'page' | 'service'} callback which redirect URI the next logins use */
    setCallback: async (callback) => void (settings.callback = oneOf('callback', callback, ['page', 'service'])),
    /** @param {Partial<Record<OperationName, number | null>>} perMinute null: no limit */
    setRateLimits: async (perMinute) => {
      limits.set(Object.fromEntries(Object.entries(perMinute).map(([name, limit]) => [name, limit ?? Infinity])));
    },
    /** Every client may start counting anew. */
    resetRateLimits: async () => limits.reset(),
  };
}

/** @param {Parts} parts */
function disturbance({ faults, servers, spoilNextToken }) {
  const serverNames = /** @type {const} */ (['service', 'provider']);
  return {
    /** @param {FaultRequest & Record<string, any>} fault see faults.mjs */
    addFault: async (fault) => faults.add(fault),
    /** @param {OperationName} [operation] default: all; what is held is let go */
    clearFaults: async (operation) => faults.clear(operation),
    /** @param {OperationName} [operation] lets the requests go that a `hold` fault keeps */
    release: async (operation) => faults.release(operation),
    /** @param {import('../provider/token-defects.mjs').TokenDefect} defect of the provider's next answer to a code */
    spoilNextIdToken: async (defect) => spoilNextToken(defect),
    /**
     * A server's port refuses connections, and open ones are cut. The service behind the apex: 503 with an empty body.
     *
     * @param {'service' | 'provider'} [server]
     */
    goOffline: async (server = 'service') => servers[oneOf('server', server, serverNames)].pause(),
    /** @param {'service' | 'provider'} [server] */
    goOnline: async (server = 'service') => servers[oneOf('server', server, serverNames)].resume(),
  };
}

/** @param {Parts} parts */
function people({ service: { sessions, users }, accounts }) {
  return {
    /**
     * A session without the way through the provider, for tests of what comes after.
     *
     * @param {string} username
     * @returns {Promise<{ cookie: string }>} the value of a Cookie header
     */
    createSession: async (username) => {
      const session = sessions.create();
      sessions.signIn(session, users.of(accountOf(accounts, username)));
      return { cookie: String(sessions.cookie(session).split(';')[0]) };
    },
    /**
     * @param {string} username
     * @param {string[]} roles in the tokens minted from now on, for live sessions too
     */
    setRoles: async (username, roles) => {
      const account = accountOf(accounts, username);
      account.roles = [...roles];
      for (const { user } of sessions.all()) if (user?.sub === account.sub) user.roles = account.roles;
    },
  };
}

/** @param {Parts} parts */
function observation({ records }) {
  return {
    /** How many requests of each operation came in; preflights are counted apart. */
    counts: async () => records.counts(),
    /** @param {OperationName} [operation] */
    requests: async (operation) => records.list(operation && oneOf('operation', operation, operationNames)),
    /** Forgets the counts and the requests. */
    resetCounts: async () => records.reset(),
  };
}

/**
 * @param {import('../accounts.mjs').Account[]} accounts
 * @param {string} username
 */
function accountOf(accounts, username) {
  const account = accounts.find((candidate) => candidate.username === username);
  if (!account) throw new TypeError(`username: one of ${accounts.map((a) => a.username).join(', ')}`);
  return account;
}

/**
 * @template T
 * @param {string} name
 * @param {T} value
 * @param {readonly T[]} allowed
 */
function oneOf(name, value, allowed) {
  if (!allowed.includes(value)) throw new TypeError(`${name}: one of ${allowed.join(', ')}`);
  return value;
}

/**
 * @param {string} name
 * @param {number} value
 */
function whole(name, value) {
  if (!Number.isInteger(value)) throw new TypeError(`${name}: a whole number`);
  return value;
}

/**
 * @param {string} name
 * @param {number} value
 */
function finite(name, value) {
  if (!Number.isFinite(value)) throw new TypeError(`${name}: a number`);
  return value;
}
