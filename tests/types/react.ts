// What has to compile of `./react`, and what must not; and that what is declared is what is written. Checked by `tsc --noEmit`, never run.
import { AuthClient, type Claims } from 'bixarena-auth-client';
import { AuthProvider, RequireRole, useAuth, type Auth, type AuthProviderProps } from 'bixarena-auth-client/react';
import { createTestAuthClient } from 'bixarena-auth-client/testing';
import { createElement, type ReactNode } from 'react';
import type * as written from '../../pkg/lib/react/components.js';

const stands = <A, _B extends A>() => {};
stands<typeof AuthProvider, typeof written.AuthProvider>();
stands<typeof RequireRole, typeof written.RequireRole>();
stands<typeof useAuth<Claims>, typeof written.useAuth>();

interface Plan extends Claims {
  plan: string;
}

export function App(): ReactNode {
  const { state, user, profile, isAuthenticated, error, client, hasRole, login, logout } = useAuth<Plan>();
  const plan: string | undefined = user?.plan;
  const typed: AuthClient<Plan> | null = client;
  if (state.status === 'authenticated') console.log(state.claims.plan, plan, typed, profile?.name, isAuthenticated);
  const onClick = () => void (hasRole('admin') ? logout({ redirectTo: '/' }) : login({ returnTo: '/votes' }));
  const only = { role: ['admin', 'owner'], autoLogin: true, fallback: 'Only for admins.' } as const;
  const told = (reason: string, auth: Auth) => `${reason} ${auth.error?.code ?? ''}`;
  return createElement(
    'main',
    { onClick },
    error?.message,
    createElement(RequireRole, only, 'reports'),
    createElement(RequireRole, { role: 'admin', fallback: told }, 'more'),
    createElement(RequireRole, null, 'whoever is signed in'),
  );
}

export const providers: AuthProviderProps[] = [
  {},
  { client: createTestAuthClient() },
  { client: AuthClient.create<Plan>(), onReturn: (path: string) => location.replace(path) },
  { options: { baseUrl: 'https://bixarena.example/v1' } },
  { options: async () => ({ profile: 'eager', routes: 'oauth2' }) },
];

// @ts-expect-error a misspelt option
createElement(AuthProvider, { options: { baseURL: '/v1' } });
// @ts-expect-error a client is one, or the promise of one
createElement(AuthProvider, { client: () => AuthClient.create() });
// @ts-expect-error a role is named
createElement(RequireRole, { role: 7 });

export function wrong(): void {
  const auth = useAuth();
  // @ts-expect-error nobody may be signed in
  void auth.user.sub;
  // @ts-expect-error the client may not be there yet
  void auth.client.getToken();
  // @ts-expect-error the state is changed by the client only
  auth.isAuthenticated = true;
}
