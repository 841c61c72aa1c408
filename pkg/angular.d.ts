/**
 * The client in an Angular application: providers, guards, an interceptor, and the session as signals.
 * @module bixarena-auth-client/angular
 */

import type { HttpInterceptorFn, HttpRequest } from '@angular/common/http';
import type { EnvironmentProviders, InjectionToken, Signal } from '@angular/core';
import type { ActivatedRouteSnapshot, CanActivateFn, GuardResult, RouterStateSnapshot } from '@angular/router';
import type { AuthClient, AuthClientOptions, AuthError, AuthState, Claims, UserInfo } from './dist/types.js';
import type { TestAuthClient, TestAuthClientOptions } from './testing.js';

export { AuthError, isAuthError } from './dist/types.js';
export type { AuthClientOptions, AuthErrorCode, AuthState, Claims, UserInfo } from './dist/types.js';

/**
 * The session, as an application sees it: the state of its `AuthClient` as signals, and its methods. On the server nobody is known: the
 * state is `unknown`, and what would ask the service rejects with `environment_unsupported`.
 *
 * `C` are the claims that the application expects; it is a promise of the application's, which nothing checks.
 */
export interface Auth<C extends Claims = Claims> {
  /** What is known about the session. An `unknown` with an `error` says why nothing is known. */
  readonly state: Signal<AuthState<C>>;
  /** The verified claims of who is signed in. */
  readonly user: Signal<C | null>;
  /** What the service says about the user; with `profile: 'eager'` it comes by itself. Where the wasm cannot be loaded it is there without a `user`. */
  readonly profile: Signal<UserInfo | null>;
  /** Whether somebody is signed in, and their token verified. */
  readonly isAuthenticated: Signal<boolean>;
  /** What `options.hint` chose to remember, also of an earlier visit. */
  readonly hint: Signal<unknown>;
  /** Why the sign-in that led to the callback page came to nothing. `null` after one that succeeded. */
  readonly callbackError: Signal<AuthError | null>;
  /** Whether somebody was signed in here last time, known before the service has answered. Decides nothing. */
  readonly wasAuthenticated: boolean;

  /** Resolves with the first answer. Never rejects. */
  ready(): Promise<AuthState<C>>;
  /** Asks again, also for a configuration or a wasm that could not be loaded. Never rejects: the state says what failed. */
  start(): Promise<AuthState<C>>;
  /** The client itself, once it is there. Rejects if it cannot be made. */
  client(): Promise<AuthClient<C>>;
  /** See `AuthClient.login`. Works where the wasm cannot be loaded. */
  login(options?: { returnTo?: string }): Promise<never>;
  /**
   * See `AuthClient.handleCallback`; {@link authCallbackGuard} calls it. Where the wasm cannot be loaded the sign-in is completed all the same, and
   * `claims` is `null`.
   */
  handleCallback(url?: string | URL): Promise<AuthCallbackResult<C>>;
  /** See `AuthClient.logout`. Works where the wasm cannot be loaded. */
  logout(options?: { redirectTo?: string }): Promise<void>;
  /** See `AuthClient.getUserInfo`. Works where the wasm cannot be loaded; nothing has verified then whose profile it is. */
  getUserInfo(): Promise<UserInfo>;
  /** See `AuthClient.getToken`. */
  getToken(options?: { audience?: string; forceRefresh?: boolean; signal?: AbortSignal }): Promise<string>;
  /** See `AuthClient.fetch`. */
  fetch(input: RequestInfo | URL, init?: RequestInit & { audience?: string }): Promise<Response>;
  /** Whether somebody is signed in who has this role, without regard to case. In a template it is asked again when the state changes. */
  hasRole(role: string): boolean;
  /** See `AuthClient.takeReturnTo`. `null` until the client is there: look after {@link Auth.ready}. */
  takeReturnTo(): string | null;
}

/** What came of a sign-in. */
export interface AuthCallbackResult<C extends Claims = Claims> {
  /** Where the user wanted to go: a path of this origin. `'/'` if nothing is known. */
  returnTo: string;
  /** `null` where nothing could be verified. */
  claims: C | null;
}

/** The token that `inject()` takes. {@link injectAuth} gives the same with claims of a type of your own. */
export declare const Auth: InjectionToken<Auth>;

/** `inject(Auth)`, with the claims that the application expects. */
export declare function injectAuth<C extends Claims = Claims>(): Auth<C>;

/**
 * Makes the session known to the application, and begins to find out who is signed in. The application does not wait for that, and
 * nothing that fails keeps it from starting.
 *
 * @param options those of `AuthClient`, or a function that gives them, now or later. It is called in the injection context; if it fails,
 *   Angular's `ErrorHandler` is told, the state is `unknown` with the error `not_initialized`, and {@link Auth.start} tries again
 *
 * @example
 * bootstrapApplication(App, { providers: [provideAuth(() => inject(ConfigService).load())] });
 */
export declare function provideAuth(
  options?: AuthClientOptions | (() => AuthClientOptions | Promise<AuthClientOptions>),
): EnvironmentProviders;

/**
 * In a test, in place of {@link provideAuth}: no wasm, no requests, and the state is there at once.
 *
 * @param client options of a test's client, or one that `createTestAuthClient` of `bixarena-auth-client/testing` made, to change the state later
 * @param options for {@link authInterceptor}: `allowedOrigins` of a client that is given. Default: those of the options
 *
 * @example
 * TestBed.configureTestingModule({ providers: [provideAuthTesting({ user: 'maya', roles: ['admin'] })] });
 */
export declare function provideAuthTesting(
  client?: TestAuthClientOptions | TestAuthClient,
  options?: Pick<AuthClientOptions, 'allowedOrigins'>,
): EnvironmentProviders;

/** Why a route is denied. */
export interface Denial {
  /** Nobody is signed in; a role is missing; or it could not be found out, and `state.error` says why. */
  reason: 'anonymous' | 'roles' | 'unknown';
  /** What is known. */
  state: AuthState;
}

/** What happens instead of the navigation: a `UrlTree` or `RedirectCommand` to go to, `true` to go all the same; `false` or nothing to stay. */
export type DeniedHandler = (
  denial: Denial,
  route: ActivatedRouteSnapshot,
  state: RouterStateSnapshot,
) => GuardResult | void | Promise<GuardResult | void>;

/** All are optional. A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface AuthGuardOptions {
  /** What the user has to be: each of these roles, without regard to case. Default: signed in. */
  roles?: string | readonly string[];
  /** Called in the injection context of the route. Default: `anonymous` goes to the sign-in and comes back, else to `/`. */
  onDenied?: DeniedHandler;
  /**
   * What happens while a page is rendered on the server, where nobody is known. `'pass'`, the default: the route is rendered, for everybody the same,
   * and judged in the browser. `'deny'`: `onDenied` is asked, with the reason `unknown`.
   */
  server?: 'pass' | 'deny';
}

/**
 * A guard for `canActivate` and `canActivateChild`, which waits for the first answer. It decides what is shown; what is secret is guarded by the API.
 *
 * @example
 * { path: 'admin', component: Admin, canActivate: [authGuard({ roles: 'admin', onDenied: () => inject(Router).parseUrl('/') })] }
 */
export declare function authGuard(options?: AuthGuardOptions): CanActivateFn;

/** All are optional. An unknown name is a `TypeError`. */
export interface AuthCallbackGuardOptions {
  /** Called in the injection context of the route if the sign-in came to nothing; it says where to go. Default: to `/`. {@link Auth.callbackError} keeps the error. */
  onError?: (error: AuthError) => GuardResult | void | Promise<GuardResult | void>;
}

/**
 * The guard of the callback page: completes the sign-in, and leads to where the user wanted to go. The page takes no place in the history, and its
 * code and state are in no address that is left.
 *
 * @example
 * { path: 'callback', component: Callback, canActivate: [authCallbackGuard()] }
 */
export declare function authCallbackGuard(options?: AuthCallbackGuardOptions): CanActivateFn;

/** Which requests get a token. */
export interface BearerRule {
  /**
   * A path of this origin and what is below it, an address and what is below it, a pattern for the whole address, or a function. Whatever it says, a token goes to
   * this origin and to `allowedOrigins` only.
   */
  match: string | RegExp | ((request: HttpRequest<unknown>) => boolean);
  /** The audience that the token has to be for; on the `oauth2` routes only. Default: that of the entry in `allowedOrigins`, else the client's. */
  audience?: string;
  /** Whether the request goes without a token if none can be had. Default `false`: it fails with the `AuthError` and nothing is sent. */
  optional?: boolean;
}

/** A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface AuthInterceptorOptions {
  /** The first rule that matches counts. Default: none, and no request gets a token. */
  bearer?: readonly BearerRule[];
}

/**
 * Sends the token along with requests of `HttpClient`, where a rule says so. After a `401` it tries once more, if that brings another token of the same
 * user. A request that has an `Authorization` keeps it. On the server nothing is changed.
 *
 * @example
 * provideHttpClient(withInterceptors([authInterceptor({ bearer: [{ match: '/api' }] })]));
 */
export declare function authInterceptor(options?: AuthInterceptorOptions): HttpInterceptorFn;
