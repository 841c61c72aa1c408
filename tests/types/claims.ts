// The claims' type goes from the class to everything that shows claims. Checked by `tsc --noEmit`, never run.
import { AuthClient, JwtVerifier, type AuthState, type Claims, type JwtClaims } from 'bixarena-auth-client';
import { createTestAuthClient } from 'bixarena-auth-client/testing';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => {};

interface Plan extends Claims {
  plan: 'free' | 'paid';
}

interface Machine extends JwtClaims {
  scope: string;
}

export async function client(): Promise<void> {
  const auth = await AuthClient.create<Plan>();
  same<AuthClient<Plan>, typeof auth>(true);
  same<Plan, Awaited<ReturnType<typeof auth.handleCallback>>['claims']>(true);
  same<Plan, Awaited<ReturnType<typeof auth.verify>>['claims']>(true);
  const state: AuthState<Plan> = await auth.start();
  if (state.status === 'authenticated') same<'free' | 'paid', typeof state.claims.plan>(true);
  auth.subscribe((now) => {
    if (now.status === 'authenticated') same<Plan, typeof now.claims>(true);
    // @ts-expect-error an anonymous visitor has no claims
    if (now.status === 'anonymous') void now.claims;
    // @ts-expect-error nor is there an error once somebody is known
    if (now.status === 'authenticated') void now.error;
  });
  // Whoever needs less takes it as well.
  const any: AuthClient = auth;
  same<unknown, Claims['plan']>(true);
  const double: AuthClient<Plan> = createTestAuthClient<Plan>({ user: { plan: 'paid' } });
  console.log(new AuthClient<Plan>(), any, double);

  // @ts-expect-error the claims of a client are those of a person: there is a sub
  new AuthClient<Machine>();
  // @ts-expect-error there is no such plan
  createTestAuthClient<Plan>({ user: { plan: 'gold' } });
  // @ts-expect-error claims are an object
  await AuthClient.create<string>();
}

export async function verifier(token: string): Promise<void> {
  const jwt = await JwtVerifier.create<Machine>({ jwksUrl: '', issuer: null, audience: null });
  const machine = await jwt.verify(token);
  same<string, typeof machine.claims.scope>(true);
  const { claims } = await jwt.verify<Plan>(token);
  same<Plan, typeof claims>(true);
  const plain = new JwtVerifier({ jwks: { keys: [] }, issuer: null, audience: null });
  const verified = await plain.verify(token, { audience: 'urn:a' });
  same<JwtClaims, typeof verified.claims>(true);
  const typed = await plain.verify<{ exp: number; plan: string }>(token);
  same<string, typeof typed.claims.plan>(true);

  // @ts-expect-error nothing says that there is a plan
  const plan: string = verified.claims.plan;
  // @ts-expect-error exp is always there, and a number
  await plain.verify<{ exp: string }>(token);
  console.log(plan);
}
