// @ts-check
/** @import { SubtleEngine } from '../dist/web/host.js' */
/** @import { JwtVerifierOptions, VerifiedJwt } from '../dist/types.js' */
/** @import { Context } from './remote-keys.js' */
/** @import { Host } from './verifier-core.js' */
import { withDispose } from './dispose.js';
import { checkVerifierOptions } from './options.js';
import { newVerification } from './verification.js';

/**
 * What the verifiers of a host have in common: the fallback engine, once it was needed; and the numbers of the algorithms
 * that were seen to be there.
 * @typedef {{ fallback: SubtleEngine | undefined, proven: Set<number> }} Engines
 */

/** @param {JwtVerifierOptions} options */
const checked = async (options) => checkVerifierOptions(options);

/**
 * The class `JwtVerifier` for one host. Types and documentation stand in src/web/types.d.ts.
 * @param {Host} host
 */
export function defineJwtVerifier(host) {
  /** @type {Engines} */
  const engines = { fallback: undefined, proven: new Set() };

  class JwtVerifier {
    /** All of it, as variables of a function: unlike the names of members, theirs are shortened when the package is bundled. */
    #own;

    /** @param {JwtVerifierOptions} options */
    static async create(options) {
      const loading = host.load();
      // In the meantime: another thread compiles.
      if (loading) await Promise.all([loading, checked(options)]);
      const verifier = new JwtVerifier(options);
      await verifier.#own.prove();
      return verifier;
    }

    /** @param {JwtVerifierOptions} options */
    constructor(options) {
      host.ready();
      this.#own = newVerification(host, options, engines);
    }

    /**
     * @param {string} token
     * @param {{ audience?: string, ctx?: Context }} [options]
     * @returns {Promise<VerifiedJwt>}
     */
    verify(token, options) {
      return this.#own.verify(token, options);
    }

    /**
     * Verifies a token that the issuer has handed out this moment: a key that is not known yet is looked for soon. Unless
     * told otherwise without a clock, since the token's `iat` is the best there is.
     * @param {string} token
     * @param {{ audience?: string, ctx?: Context, isTimeless?: boolean }} [options]
     * @returns {Promise<VerifiedJwt>}
     */
    async verifyIssued(token, options) {
      return this.#own.start(token, { isTimeless: true, ...options, isIssued: true });
    }

    /** Fetches the key set now, whatever is known. */
    async refresh() {
      await this.#own.refresh();
    }

    /** The key set in use; fetched first if there is none. */
    async jwks() {
      return this.#own.jwks();
    }

    dispose() {
      this.#own.dispose();
    }
  }
  return withDispose(JwtVerifier);
}
