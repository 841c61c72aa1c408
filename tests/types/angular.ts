// What has to compile of `./angular`, and what must not; and that what is declared is what is written. Checked by `tsc --noEmit`, never run.
import type { HttpInterceptorFn } from '@angular/common/http';
import { inject, type EnvironmentProviders, type Signal } from '@angular/core';
import { Router, type CanActivateChildFn, type CanActivateFn, type Routes } from '@angular/router';
import type { AuthClient, AuthClientOptions, AuthError, Claims, UserInfo } from 'bixarena-auth-client';
import {
  Auth,
  authCallbackGuard,
  authGuard,
  authInterceptor,
  injectAuth,
  isAuthError,
  provideAuth,
  provideAuthTesting,
  type Auth as AuthOf,
  type Denial,
} from 'bixarena-auth-client/angular';
import { createTestAuthClient } from 'bixarena-auth-client/testing';
import type { BrowserAuth } from '../../pkg/lib/angular/browser-auth.js';
import type { createInertAuth } from '../../pkg/lib/angular/inert-auth.js';

/** Whether `B` can stand wherever `A` is declared. */
const stands = <A, _B extends A>() => {};
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => {};

stands<AuthOf, BrowserAuth>();
stands<AuthOf, ReturnType<typeof createInertAuth>>();
// Whoever has a client can be given the session instead.
stands<
  Pick<AuthClient, 'login' | 'logout' | 'getToken' | 'fetch' | 'hasRole' | 'getUserInfo' | 'takeReturnTo'>,
  AuthOf
>();

interface MyClaims extends Claims {
  plan: 'free' | 'paid';
}

export async function use(): Promise<EnvironmentProviders[]> {
  same<AuthOf, ReturnType<typeof injectAuth>>(true);
  const any: AuthOf = inject(Auth);
  const auth = injectAuth<MyClaims>();
  same<Signal<MyClaims | null>, typeof auth.user>(true);
  same<Signal<UserInfo | null>, typeof auth.profile>(true);
  same<Signal<boolean>, typeof auth.isAuthenticated>(true);
  same<Signal<AuthError | null>, typeof auth.callbackError>(true);
  const state = auth.state();
  if (state.status === 'authenticated') same<'free' | 'paid', typeof state.claims.plan>(true);
  if (state.status === 'unknown') same<AuthError | undefined, typeof state.error>(true);
  const { returnTo, claims } = await auth.handleCallback();
  same<MyClaims | null, typeof claims>(true);
  await any.login({ returnTo });
  const options: AuthClientOptions = { routes: 'oauth2', profile: 'eager' };
  return [
    provideAuth(),
    provideAuth(options),
    provideAuth(() => options),
    provideAuth(async () => options),
    provideAuthTesting(),
    provideAuthTesting({ user: 'maya', roles: ['admin'], state: { status: 'anonymous' } }),
    provideAuthTesting(createTestAuthClient(), { allowedOrigins: ['https://api.example'] }),
  ];
}

export const routes: Routes = [
  {
    path: 'a',
    canActivate: [authGuard()],
    canActivateChild: [authGuard({ roles: ['user'], server: 'deny' })],
    children: [],
  },
  {
    path: 'b',
    canActivate: [
      authGuard({
        roles: 'admin',
        onDenied: ({ reason, state }: Denial, route, { url }) => {
          same<'anonymous' | 'roles' | 'unknown', typeof reason>(true);
          if (route.data['quiet'] || state.status === 'unknown') return false;
          return inject(Router).createUrlTree(['/'], { queryParams: { next: url } });
        },
      }),
    ],
    children: [],
  },
  {
    path: 'callback',
    canActivate: [authCallbackGuard({ onError: async (error) => (isAuthError(error) ? undefined : true) })],
    children: [],
  },
];

export const guard: CanActivateFn & CanActivateChildFn = authGuard();
export const interceptor: HttpInterceptorFn = authInterceptor({
  bearer: [
    { match: '/api', optional: true },
    { match: /\/votes$/, audience: 'urn:bixarena:api' },
    { match: ({ method, url }) => method !== 'GET' && url.length > 1 },
  ],
});

export function misuse(auth: AuthOf<MyClaims>): void {
  // @ts-expect-error a misspelt option
  provideAuth({ baseURL: 'https://bixarena.example' });
  // @ts-expect-error a promise is given by a function
  provideAuth(Promise.resolve({}));
  // @ts-expect-error a misspelt option
  authGuard({ role: 'admin' });
  // @ts-expect-error there are two ways
  authGuard({ server: 'skip' });
  // @ts-expect-error a guard answers with what a router knows
  authGuard({ onDenied: () => '/' });
  // @ts-expect-error a rule says what it matches
  authInterceptor({ bearer: [{ audience: 'urn:a' }] });
  // @ts-expect-error rules are a list
  authInterceptor({ bearer: { match: '/api' } });
  // @ts-expect-error claims are claims
  injectAuth<string>();
  // @ts-expect-error signals of the session are changed by nobody else
  auth.user.set(null);
  // @ts-expect-error there may be nobody
  void auth.user().plan;
  // @ts-expect-error there may be no claims: nothing was verified
  void auth.handleCallback().then(({ claims }) => claims.plan);
}
