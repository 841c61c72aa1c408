// @ts-check
// The one suite that every host runs over the fixture corpus. It imports nothing of any host, so that Node, a browser
// and a Worker run the very same lines; the runners around it are a few lines each.

import { expand } from '../fixtures/expand.mjs';
import { deepEqual, leaks, withSignatureChanged } from './compare.mjs';

/**
 * @typedef {object} Case as README.md beside tokens.json describes it
 * @property {string} name
 * @property {string} group
 * @property {string | import('../fixtures/expand.mjs').Piece[]} token
 * @property {string} jwks
 * @property {Record<string, any>} options
 * @property {number} now
 * @property {{ claims?: Record<string, unknown>, code?: string, construct?: 'TypeError' | 'jwks_invalid' }} expect
 * @property {string[]} [engines]
 *
 * @typedef {object} Failure
 * @property {string} name the case
 * @property {string} what was wrong
 *
 * @typedef {object} Host what the suite needs of the package and the host
 * @property {any} JwtVerifier
 * @property {any} AuthError
 * @property {(error: unknown) => boolean} isAuthError
 * @property {Case[]} cases
 * @property {Record<string, any>} keySets
 * @property {string} [engine] `webcrypto` (the default) or `rust`
 * @property {Record<string, unknown>} [options] more options for every verifier
 *
 * @typedef {{ passed: number, failures: Failure[] }} Report
 */

/**
 * Runs every case. Nothing is thrown: what failed stands in the report.
 * @param {Host} host
 * @returns {Promise<Report>}
 */
export async function runCorpus(host) {
  /** @type {Report} */
  const report = { passed: 0, failures: [] };
  for (const row of host.cases) {
    const complaints = await new Run(host, row).complaints();
    if (complaints.length === 0) report.passed += 1;
    report.failures.push(...complaints.map((what) => ({ name: row.name, what })));
  }
  return report;
}

class Run {
  /** @type {string[]} */
  #complaints = [];
  #requests = 0;
  #now;

  /**
   * @param {Host} host
   * @param {Case} row
   */
  constructor(host, row) {
    this.host = host;
    this.row = row;
    this.token = expand(row.token);
    this.#now = row.now;
  }

  async complaints() {
    const { expect, engines } = this.row;
    const runnable = !engines || engines.includes(this.host.engine ?? 'webcrypto');
    try {
      if (!runnable) await this.unsupported();
      else if (expect.construct) await this.construction(expect.construct);
      else await this.verification();
    } catch (error) {
      this.complain(`unexpected: ${error}`);
    }
    // Neither a `jku` nor an unknown key ID makes a static key set send anything.
    if (this.#requests > 0) this.complain(`${this.#requests} requests were made`);
    return this.#complaints;
  }

  /** @param {string} what */
  complain(what) {
    this.#complaints.push(what);
  }

  options() {
    const { options, jwks } = this.row;
    const forbidden = () => {
      this.#requests += 1;
      return Promise.reject(new Error('the corpus makes no requests'));
    };
    return {
      ...options,
      ...this.host.options,
      jwks: structuredClone(this.host.keySets[jwks]),
      now: () => this.#now,
      fetch: forbidden,
    };
  }

  async unsupported() {
    const error = await caught(async () => {
      const verifier = await this.host.JwtVerifier.create(this.options());
      await verifier.verify(this.token);
    });
    this.check(error, 'environment_unsupported');
  }

  /** @param {'TypeError' | 'jwks_invalid'} wanted */
  async construction(wanted) {
    const { JwtVerifier } = this.host;
    const errors = [
      await caught(() => JwtVerifier.create(this.options())),
      // create() has loaded the wasm, if it had to be loaded.
      await caught(() => new JwtVerifier(this.options())),
    ];
    for (const error of errors) {
      if (wanted !== 'TypeError') this.check(error, wanted);
      else if (!(error instanceof TypeError)) this.complain(`expected a TypeError, got ${describe(error)}`);
      else if (!error.message.includes('algorithms')) this.complain(`the option is not named: ${error.message}`);
    }
  }

  async verification() {
    const { code, claims } = this.row.expect;
    const verifier = await this.host.JwtVerifier.create(this.options());
    try {
      if (code !== undefined) {
        // The second answer may not depend on the first.
        for (let round = 0; round < 2; round += 1) this.check(await caught(() => verifier.verify(this.token)), code);
      } else {
        await this.accepted(verifier, claims);
      }
    } finally {
      verifier.dispose();
    }
  }

  /**
   * @param {any} verifier
   * @param {unknown} claims
   */
  async accepted(verifier, claims) {
    /** @type {any[]} */
    const seen = [];
    // Three times: what is remembered of a token must answer as the first verification did.
    for (let round = 0; round < 3; round += 1) {
      const error = await caught(async () => seen.push(await verifier.verify(this.token)));
      if (error) return this.complain(`refused: ${describe(error)}`);
    }
    const header = JSON.parse(new TextDecoder().decode(fromBase64url(this.token.split('.')[0])));
    for (const [round, result] of seen.entries()) {
      if (!deepEqual(result.claims, claims))
        this.complain(`claims of round ${round}: ${JSON.stringify(result.claims)}`);
      if (!deepEqual(result.header, header))
        this.complain(`header of round ${round}: ${JSON.stringify(result.header)}`);
    }
    await this.unaffected(verifier, seen, claims);
    await this.remembered(verifier);
  }

  /**
   * What a caller does to its claims, nobody else sees.
   * @param {any} verifier
   * @param {any[]} seen
   * @param {unknown} claims
   */
  async unaffected(verifier, seen, claims) {
    for (const result of seen) {
      await caught(() => {
        result.claims.roles?.push?.('admin');
      });
      await caught(() => {
        result.claims.iss = 'changed';
      });
    }
    const again = await verifier.verify(this.token);
    if (!deepEqual(again.claims, claims)) this.complain('a caller changed the claims of a later one');
  }

  /**
   * A token that differs from a remembered one in one character, and a remembered one after its end.
   * @param {any} verifier
   */
  async remembered(verifier) {
    for (const changed of withSignatureChanged(this.token)) {
      this.check(await caught(() => verifier.verify(changed)), 'signature_invalid');
    }
    const { exp } = (await verifier.verify(this.token)).claims;
    if (exp > 1e12) return;
    this.#now = (exp + (this.row.options.clockTolerance ?? 5)) * 1000;
    this.check(await caught(() => verifier.verify(this.token)), 'token_expired');
    this.#now = this.row.now;
  }

  /**
   * @param {any} error
   * @param {string} code
   */
  check(error, code) {
    const { AuthError, isAuthError } = this.host;
    if (error === undefined) return this.complain(`accepted, expected ${code}`);
    if (!(error instanceof AuthError) || !isAuthError(error)) return this.complain(`no AuthError: ${describe(error)}`);
    if (error.code !== code) return this.complain(`expected ${code}, got ${describe(error)}`);
    if (!(error instanceof Error) || error.name !== 'AuthError' || !error.message)
      this.complain('an error without a message');
    const leak = leaks(error, this.token);
    if (leak) this.complain(`the error holds a part of the token: ${leak}`);
    for (const text of [error.kid, error.received]) {
      if (typeof text === 'string' && ([...text].length > 128 || /\p{Cc}/u.test(text)))
        this.complain('text from outside is not made safe');
    }
  }
}

/**
 * @param {() => unknown} action
 * @returns {Promise<any>} what it threw or rejected with; undefined if it did not
 */
async function caught(action) {
  try {
    await action();
  } catch (error) {
    return error ?? new Error(`threw ${error}`);
  }
}

/** @param {any} error */
function describe(error) {
  return error?.code ? `${error.code} (${error.message})` : String(error);
}

/** @param {string} text */
function fromBase64url(text) {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
}
