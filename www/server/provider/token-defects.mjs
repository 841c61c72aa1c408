// @ts-check
import { setTimeout } from 'node:timers/promises';
import { decodeJwt, SignJWT } from 'jose';
import { flipSignature } from '../flip-signature.mjs';

/**
 * What can be wrong with the provider's answer to the code exchange, each of which makes the service give another reason:
 * `refused`: `invalid_grant`; `no-id-token`; `no-sub`; `wrong-nonce`; `bad-signature`. `late` is right, half a second later.
 *
 * @typedef {'refused' | 'no-id-token' | 'no-sub' | 'wrong-nonce' | 'bad-signature' | 'late'} TokenDefect
 */

/**
 * @param {import('jose').CryptoKey} key the provider's signing key, to sign altered claims as the provider would
 * @param {string} kid
 */
export function tokenDefects(key, kid) {
  /** @param {Record<string, unknown>} claims */
  const sign = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(key);

  /** @type {Record<TokenDefect, (idToken: string) => string | undefined | Promise<string | undefined>>} */
  const alter = {
    refused: (idToken) => idToken,
    'no-id-token': () => undefined,
    'no-sub': (idToken) => sign({ ...decodeJwt(idToken), sub: undefined }),
    'wrong-nonce': (idToken) => sign({ ...decodeJwt(idToken), nonce: 'of-another-login' }),
    'bad-signature': (idToken) => flipSignature(idToken),
    late: (idToken) => setTimeout(500, idToken),
  };
  /** @type {TokenDefect[]} */
  const queue = [];

  return {
    /** @param {TokenDefect} defect */
    spoil(defect) {
      if (!Object.hasOwn(alter, defect)) {
        throw new TypeError(`defect: one of ${Object.keys(alter).join(', ')}, not ${JSON.stringify(defect)}`);
      }
      queue.push(defect);
    },
    /**
     * @param {import('oidc-provider').KoaContextWithOIDC} ctx
     * @param {() => Promise<void>} next
     */
    async middleware(ctx, next) {
      await next();
      if (ctx.oidc?.route !== 'token') return;
      const body = /** @type {Record<string, unknown>} */ (ctx.body);
      if (typeof body.id_token !== 'string') return;
      const defect = queue.shift();
      if (!defect) return;
      if (defect === 'refused') {
        ctx.status = 400;
        ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
        return;
      }
      ctx.body = { ...body, id_token: await alter[defect](body.id_token) };
    },
  };
}
