// @ts-check
import { Client } from '../../../src/web/client.js';
import { START } from '../../../src/web/page.js';
import { safeReturnTo } from '../../../src/web/sign-in.js';

/**
 * An auth service and a verifier for the tests: they answer as they were told to and keep what they were asked.
 */
export class Stub {
  /** @type {Request[]} */
  requests = [];
  /** What the service will do, in this order; the last is repeated. @type {((request: Request) => unknown)[]} */
  #answers = [];
  /** What the verifier refuses tokens with. @type {unknown} */
  refusal = undefined;
  /** @type {string[]} */
  verified = [];
  /** @type {string[]} */
  jwksUrls = [];
  isDisposed = false;
  /** @type {string[]} */
  navigated = [];
  /** @type {string[]} */
  logged = [];
  /** @type {string[]} */
  heard = [];

  /**
   * @param {number} status
   * @param {string} type
   * @param {string} body
   */
  answer(status, type, body) {
    // A fresh one each time: a body is read once. A status without a body takes none.
    this.#answers.push(
      async () => new Response(body === '' ? null : body, { status, headers: { 'content-type': type } }),
    );
  }

  /** @param {string} seconds */
  limit(seconds) {
    this.#answers.push(async () => new Response('{}', { status: 429, headers: { 'retry-after': seconds } }));
  }

  /** @param {unknown} reason */
  fail(reason) {
    this.#answers.push(() => Promise.reject(reason));
  }

  /** @param {unknown} reason */
  throwAtOnce(reason) {
    this.#answers.push(() => {
      throw reason;
    });
  }

  /** @param {boolean} heedsAbort whether it ends when it is aborted, as the real `fetch` does */
  hang(heedsAbort) {
    this.#answers.push(
      (request) =>
        new Promise((_, reject) => {
          // The client's timer does not keep Node running; this one does.
          const alive = setTimeout(() => {}, 5e3);
          request.signal.addEventListener('abort', () => {
            clearTimeout(alive);
            if (heedsAbort) reject(request.signal.reason);
          });
        }),
    );
  }

  /** @param {any} extra */
  options(extra) {
    return {
      baseUrl: 'https://auth.test/v1',
      audience: 'urn:bixarena:auth',
      fetch: (/** @type {Request} */ request) => {
        this.requests.push(request);
        const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
        return answer?.(request);
      },
      navigate: (/** @type {string} */ address) => void this.navigated.push(address),
      logger: (/** @type {{ level: string, message: string }} */ { level, message }) => {
        if (level !== 'debug') this.logged.push(`${level}: ${message}`);
      },
      // The programs share a page, its storage and its channels.
      crossTab: false,
      ...extra,
    };
  }

  get makeVerifier() {
    return (/** @type {string} */ jwksUrl) => {
      this.jwksUrls.push(jwksUrl);
      return {
        verifyIssued: async (/** @type {string} */ token) => {
          this.verified.push(token);
          if (this.refusal !== undefined) throw this.refusal;
          const iat = Math.floor(Date.now() / 1e3);
          return { header: {}, claims: { sub: 'user-1', roles: ['User', 'ADMIN', 7], iat, exp: iat + 600 } };
        },
        dispose: () => {
          this.isDisposed = true;
        },
      };
    };
  }

  get listener() {
    return (/** @type {{ status: string }} */ { status }, /** @type {{ type: string }} */ { type }) =>
      void this.heard.push(`${type} ${status}`);
  }

  get throwingListener() {
    return () => {
      throw new Error('of a listener');
    };
  }
}

/**
 * A client whose other half is the Rust of the test program.
 * @param {any} glue
 * @param {string} texts
 * @param {any} options
 * @param {any} makeVerifier
 */
export function newClient(glue, texts, options, makeVerifier) {
  return new Client(glue, texts.split('\n'), options, makeVerifier);
}

/** @param {Client} client */
export const start = (client) => client.ask(START);

/** @param {Client} client @param {unknown} returnTo */
export const login = (client, returnTo) => client.signIn.login(returnTo);

/** @param {Client} client @param {string} [url] */
export const handleCallback = (client, url) => client.signIn.handleCallback(url);

/** @param {Client} client */
export const takeReturnTo = (client) => client.signIn.takeReturnTo() ?? undefined;

/** @param {any} glue @param {unknown} value @param {string} [callbackPath] */
export const judgeReturnTo = (glue, value, callbackPath) =>
  safeReturnTo(glue, value, 'https://app.example', callbackPath) ?? undefined;

/** @param {Request} request */
export const headersOf = ({ headers }) => JSON.stringify([...headers]);

/** For a promise that is not waited for. @param {Promise<unknown>} promise */
export function disregard(promise) {
  promise.catch(() => {});
}

/** Waits until everything that waits for nothing outside has run. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
