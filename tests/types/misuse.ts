// What must not compile. Checked by `tsc --noEmit`, never run: an error that does not come is an error of its own.
import { AuthClient, AuthError, JwtVerifier, isAuthError, type AuthErrorCode } from 'bixarena-auth-client';
// @ts-expect-error the verifier's entry has no client
import { AuthClient as Absent } from 'bixarena-auth-client/verifier';

const jwksUrl = 'https://bixarena.example/v1/.well-known/jwks.json';

// @ts-expect-error issuer and audience are never unchecked by omission
new JwtVerifier({ jwksUrl });
// @ts-expect-error undefined is not null: deliberately unchecked is written down
new JwtVerifier({ jwksUrl, issuer: undefined, audience: null });
// @ts-expect-error there is no symmetric algorithm
new JwtVerifier({ jwksUrl, issuer: null, audience: null, algorithms: ['HS256'] });
// @ts-expect-error and no token without a signature
new JwtVerifier({ jwksUrl, issuer: null, audience: null, algorithms: ['none'] });
// @ts-expect-error a misspelt option
new JwtVerifier({ jwksUrl, isuer: 'urn:bixarena:auth', issuer: null, audience: null });
// @ts-expect-error seconds are numbers
new JwtVerifier({ jwksUrl, issuer: null, audience: null, clockTolerance: '5' });
// @ts-expect-error there is no other store
new JwtVerifier({ jwksUrl, issuer: null, audience: null, jwksCache: { store: 'disk' } });
// @ts-expect-error a misspelt option
await AuthClient.create({ baseURL: 'https://bixarena.example/v1' });
// @ts-expect-error there are two sets of routes by name
await AuthClient.create({ routes: 'v2' });
// @ts-expect-error an operation that there is not
await AuthClient.create({ routes: { userinfo: '/userinfo' } });
// @ts-expect-error an audience belongs to an origin
await AuthClient.create({ allowedOrigins: [{ audience: 'urn:bixarena:api' }] });
// @ts-expect-error one origin is a list of one
await AuthClient.create({ allowedOrigins: 'https://api.example' });
// @ts-expect-error there are two ways
await AuthClient.create({ profile: 'lazy' });
// @ts-expect-error what is remembered is chosen by a function
await AuthClient.create({ hint: true });
// @ts-expect-error errors are made by the package only
new AuthError('timeout', 'too slow');

export function use(client: AuthClient, verifier: JwtVerifier, error: unknown): void {
  // @ts-expect-error claims are there in one state only
  void client.state.claims;
  // @ts-expect-error the state is changed by the client only
  client.state = { status: 'anonymous' };
  // @ts-expect-error the profile is changed by the client only
  client.profile = null;
  // @ts-expect-error there may be none
  void client.profile.name;
  // @ts-expect-error what was remembered may be anything
  void client.hint.name;
  // @ts-expect-error audiences are asked for one at a time
  void client.fetch('/api/me', { audience: ['urn:a', 'urn:b'] });
  // @ts-expect-error a role is named
  client.hasRole();
  // @ts-expect-error a promise is no token
  const token: string = client.getToken();
  // @ts-expect-error a token is a string
  void verifier.verify(undefined);
  // @ts-expect-error what is caught may be anything
  void error.code;
  // @ts-expect-error the list of codes is closed
  if (isAuthError(error) && error.code === 'expired') void token;
}

// @ts-expect-error the list of codes is closed
export const code: AuthErrorCode = 'no_such_code';
export type { Absent };
