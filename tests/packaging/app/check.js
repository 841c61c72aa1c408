// @ts-check
// What every consumer does with the package. It is copied into the projects, and is plain JavaScript for all of them.

import { AuthClient, AuthError, JwtVerifier, isAuthError } from 'bixarena-auth-client';
import { JwtVerifier as VerifierAlone } from 'bixarena-auth-client/verifier';

/** @typedef {{ token: string, tampered: string, jwks: any, issuer: string, audience: string }} Fixture */

/**
 * Loads both wasm files; verifies a good token and refuses a tampered one with each.
 * @param {Fixture} fixture
 */
export async function check(fixture) {
  const { jwks, issuer, audience } = fixture;
  const client = await AuthClient.create({ baseUrl: 'https://auth.example/v1' });
  const outcome = {
    main: await judge(await JwtVerifier.create({ jwks, issuer, audience }), fixture),
    verifier: await judge(await VerifierAlone.create({ jwks, issuer, audience }), fixture),
    client: client.state.status,
  };
  client.dispose();
  return outcome;
}

/**
 * @param {JwtVerifier} verifier
 * @param {Fixture} fixture
 */
async function judge(verifier, { token, tampered }) {
  const { claims } = await verifier.verify(token);
  const refusal = await verifier.verify(tampered).catch((error) => error);
  const isOurs = isAuthError(refusal) && refusal instanceof AuthError;
  return { subject: claims.sub, tampered: isOurs ? refusal.code : `not refused: ${refusal}` };
}

/**
 * The outcome, or why there is none, as a value that crosses any border.
 * @param {Fixture} fixture
 */
export const outcomeOf = (fixture) =>
  check(fixture).catch((error) => ({
    failed: `${error?.code ?? error?.name}: ${error?.message}${error?.cause ? ` (${error.cause})` : ''}`,
  }));
