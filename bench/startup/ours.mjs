// @ts-check
import { JwtVerifier } from 'bixarena-auth-client/verifier';

/** @type {import('./measure.mjs').FirstToken} */
export async function firstToken({ token, jwks, jwksUrl, issuer, audience }) {
  const keys = jwksUrl ? { jwksUrl } : { jwks };
  const verifier = await JwtVerifier.create({ ...keys, issuer, audience });
  return (await verifier.verify(token)).claims;
}
