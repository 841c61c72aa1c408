// What has to compile of `./testing`, and what must not; and that what is declared is what is written. Checked by `tsc --noEmit`, never run.
import type { AuthClient, AuthClientOptions, Claims, JwtVerifierOptions } from 'bixarena-auth-client';
import {
  createAuthError,
  createTestAuthClient,
  createTestIssuer,
  type TestAuthClient,
  type TestIssuer,
} from 'bixarena-auth-client/testing';
import type { createTestAuthClient as writtenClient } from '../../pkg/lib/testing/client.js';
import type { createTestIssuer as writtenIssuer } from '../../pkg/lib/testing/issuer.js';
import type { failure as writtenError } from '../../pkg/lib/testing/failure.js';

/** Whether `B` can stand wherever `A` is declared. */
const stands = <A, _B extends A>() => {};

// The double is a client in every place that wants one, as it is written and not only as it is declared.
stands<AuthClient, ReturnType<typeof writtenClient>>();
stands<typeof createTestAuthClient<Claims>, typeof writtenClient>();
stands<typeof createTestIssuer, typeof writtenIssuer>();
stands<typeof createAuthError, typeof writtenError>();

export async function use(): Promise<void> {
  using client: TestAuthClient = createTestAuthClient({
    user: { sub: 'maya', plan: 'free' },
    roles: ['admin'],
    profile: { name: 'Maya' },
    hint: { name: 'Maya' },
    wasAuthenticated: true,
    allowedOrigins: ['https://api.example'],
    token: (audience) => issuer.sign({ aud: audience }),
    fetch,
    logger: ({ message }) => console.log(message),
  });
  const real: AuthClient = client;
  client.setState({ status: 'unknown', error: createAuthError('timeout', { retryAfter: 1 }) });
  client.signIn('jonas', { roles: ['user'], profile: null, cause: 'other_tab' });
  client.signOut();
  client.failNext('getToken', createAuthError('rate_limited', { status: 429 }));
  console.log(real.state, client.logins[0]?.returnTo, client.logouts[0]?.redirectTo);

  const issuer: TestIssuer = await createTestIssuer({ user: null, roles: [], lifetime: 60, callbackPath: '/done' });
  const options: [AuthClientOptions, JwtVerifierOptions] = [issuer.clientOptions, issuer.verifierOptions];
  const token: string = await issuer.sign({ sub: undefined, exp: 0 }, { header: { kid: 'k' }, isPublished: false });
  await issuer.rotateKeys({ keepPrevious: true });
  issuer.answerNext('token', 503);
  issuer.answerNext('jwks', new Response('no JSON'));
  const { fetch: send, navigate } = issuer;
  navigate((await send(issuer.callbackUrl('maya'))).url);
  console.log(options, token, issuer.jwks.keys.length, issuer.requests.length, issuer.logins.length);

  // @ts-expect-error nobody is said with null
  createTestAuthClient({ user: false });
  // @ts-expect-error a misspelt option
  createTestAuthClient({ users: 'maya' });
  // @ts-expect-error claims come with one state only
  client.setState({ status: 'anonymous', claims: {} });
  // @ts-expect-error there is no such code
  createAuthError('forbidden');
  // @ts-expect-error what was asked is read, not written
  client.logins = [];
  // @ts-expect-error there is no such operation
  issuer.answerNext('profile', 404);
  // @ts-expect-error an issuer is made with a key: that takes a moment
  createTestIssuer().jwks;
}
