// @ts-check
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';

/** @typedef {{ kid: string, privateKey: import('jose').CryptoKey, jwk: import('jose').JWK }} SigningKey */

/** The signing keys of one replica of the service. They live in memory only, so a restart makes new ones. */
export class KeyRing {
  /** @param {SigningKey} current */
  constructor(current) {
    this.current = current;
    /** @type {SigningKey | null} */
    this.previous = null;
  }

  static async create() {
    return new KeyRing(await newKey());
  }

  /** A new key signs from now on; the newest previous one stays published, so that its tokens live out their time. */
  async rotate() {
    const next = await newKey();
    this.previous = this.current;
    this.current = next;
  }

  /** A new key, and every older one is gone at once: what a restart of the process does. */
  async restart() {
    this.current = await newKey();
    this.previous = null;
  }

  jwks() {
    return { keys: [this.current, this.previous].flatMap((key) => (key ? [key.jwk] : [])) };
  }
}

/** @returns {Promise<SigningKey>} */
async function newKey() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const { e, n } = /** @type {import('jose').JWK_RSA_Public} */ (await exportJWK(publicKey));
  const kid = randomUUID();
  return { kid, privateKey, jwk: { kty: 'RSA', e, kid, alg: 'RS256', n } };
}
