// @ts-check
import { operationNames } from '../service/operations.mjs';

const KEPT = 1000;
const SHOWN_PARAMETERS = new Set(['audience', 'return_to']);
const SHOWN_HEADERS = [
  'accept',
  'content-type',
  'content-length',
  'origin',
  'referer',
  'x-forwarded-for',
  'sec-fetch-mode',
  'sec-fetch-site',
  'access-control-request-method',
  'access-control-request-headers',
];

/** @typedef {import('../service/operations.mjs').OperationName} OperationName */

/**
 * One request that the service saw. It holds no secret: of cookies only the names, of `Authorization` only the scheme, of the
 * query the values of `audience` and `return_to`, and `…` for every other.
 *
 * @typedef {object} RequestRecord
 * @property {number} id counts up from 1
 * @property {number} time milliseconds since the epoch
 * @property {OperationName} operation
 * @property {'v1' | 'oauth2'} routes
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string>} query
 * @property {Record<string, string>} headers
 * @property {string[]} cookies names
 * @property {string | null} authorization the scheme
 * @property {string | null} fault the kind of fault that was played on it
 * @property {number | null} status null until it is answered
 * @property {boolean} aborted whether the client, or a fault, ended the connection before the answer was complete
 */

/** @typedef {Record<OperationName | 'preflight', number>} Counts */

/** The last thousand requests, and how many there were of each operation. */
export class Records {
  #lastId = 0;
  /** @type {RequestRecord[]} */
  #records = [];
  /** @type {Counts} */
  #counts = noCounts();

  /**
   * @param {import('hono').Context<import('../service/service.mjs').Env>} c
   * @param {OperationName} operation
   * @param {'v1' | 'oauth2'} routes
   */
  add(c, operation, routes) {
    const { method } = c.req;
    this.#counts[method === 'OPTIONS' ? 'preflight' : operation] += 1;
    /** @type {RequestRecord} */
    const record = {
      id: ++this.#lastId,
      time: Date.now(),
      operation,
      routes,
      method,
      path: c.req.path,
      query: redact(c.req.query()),
      headers: pick(c.req.header()),
      cookies: (c.req.header('Cookie') ?? '').split(';').flatMap((pair) => pair.split('=')[0]?.trim() || []),
      authorization: c.req.header('Authorization')?.split(' ')[0] ?? null,
      fault: null,
      status: null,
      aborted: false,
    };
    this.#records.push(record);
    if (this.#records.length > KEPT) this.#records.shift();
    const { outgoing } = c.env;
    outgoing.once('close', () => {
      record.aborted = !outgoing.writableFinished;
      if (outgoing.headersSent) record.status = outgoing.statusCode;
    });
    return record;
  }

  counts() {
    return { ...this.#counts };
  }

  /** @param {OperationName} [operation] */
  list(operation) {
    return this.#records.filter((record) => !operation || record.operation === operation).map((r) => ({ ...r }));
  }

  reset() {
    this.#records = [];
    this.#counts = noCounts();
  }
}

/** @returns {Counts} */
function noCounts() {
  return /** @type {Counts} */ (Object.fromEntries([...operationNames, 'preflight'].map((name) => [name, 0])));
}

/** @param {Record<string, string>} query */
function redact(query) {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, SHOWN_PARAMETERS.has(name) ? value : '…']),
  );
}

/** @param {Record<string, string>} headers */
function pick(headers) {
  /** @type {Record<string, string>} */
  const picked = {};
  for (const name of SHOWN_HEADERS) {
    const value = headers[name];
    if (value !== undefined) picked[name] = name === 'referer' ? (value.split('?')[0] ?? '') : value;
  }
  return picked;
}
