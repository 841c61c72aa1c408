/**
 * The client in a React application: a provider, a hook, and a component that hides what a role is needed for.
 * @module bixarena-auth-client/react
 */

import type { FunctionComponent, ReactNode } from 'react';
import type { AuthClient, AuthClientOptions, AuthError, AuthState, Claims, UserInfo } from './dist/types.js';

export type { AuthClient, AuthClientOptions, AuthError, AuthState, Claims, UserInfo } from './dist/types.js';

/** Either `client` or `options`; neither: a client with the default options. */
export interface AuthProviderProps {
  /**
   * A client that the application has made, or the promise of one, made outside of the component. The application disposes of it. The provider calls
   * `start()`, unless somebody has.
   */
  client?: AuthClient<any> | Promise<AuthClient<any>>;
  /**
   * The options of a client that the provider makes when it is mounted and disposes of when it is gone, or a function that gives or fetches them. They are
   * read once; another `key` makes another client.
   */
  options?: AuthClientOptions | (() => AuthClientOptions | Promise<AuthClientOptions>);
  /**
   * Goes to where the user was before the sign-in, a path of this origin: `(path) => navigate(path, { replace: true })` of a router. Default: on the
   * callback page `location.replace`, which loads the page anew; where the service handles the callback: nothing.
   */
  onReturn?: (returnTo: string) => void;
  /** What is shown inside. */
  children?: ReactNode;
}

/** What is known about the session, and what can be done. The same object until something changes. */
export interface Auth<C extends Claims = Claims> {
  /** What {@link AuthClient.state} is. `unknown` until the first answer, on the server, and, with an `error`, if the client cannot be had. */
  readonly state: AuthState<C>;
  /** The verified claims of whoever is signed in. */
  readonly user: C | null;
  /** What {@link AuthClient.profile} is: there with the option `profile: 'eager'`, or after `client.getUserInfo()`. */
  readonly profile: UserInfo | null;
  /** Whether somebody is signed in: verified. */
  readonly isAuthenticated: boolean;
  /** Why a sign-in that led back to the callback page failed, else why nothing is known. */
  readonly error: AuthError | null;
  /** For `getToken`, `fetch` and the rest. `null` until its wasm is loaded, and on the server. */
  readonly client: AuthClient<C> | null;
  /** Whether somebody is signed in who has this role, without regard to case. */
  hasRole(this: void, role: string): boolean;
  /**
   * Leaves the page for the sign-in; see {@link AuthClient.login}. Works before the client is there, and without a client that could not be loaded, if the
   * provider has its options.
   */
  login(this: void, options?: { returnTo?: string }): Promise<never>;
  /** Ends the session; see {@link AuthClient.logout}. Works without a client as `login` does. */
  logout(this: void, options?: { redirectTo?: string }): Promise<void>;
}

/** All are optional. */
export interface RequireRoleProps {
  /** One role, or several of which any will do. None: whoever is signed in. */
  role?: string | readonly string[];
  /** What a user who lacks the role sees, and why. Default: nothing. */
  fallback?: ReactNode | ((reason: 'unknown' | 'anonymous' | 'denied', auth: Auth) => ReactNode);
  /** Whether a visitor who is not signed in is sent to the sign-in at once. Default `false`. */
  autoLogin?: boolean;
  /** What is shown inside. */
  children?: ReactNode;
}

/**
 * Gives everything below it a session. Nothing is loaded or asked before it is mounted, so that it can be rendered on a server. A client that cannot be
 * loaded is a state, `unknown` with an `error`, and never thrown.
 *
 * @example
 * createRoot(root).render(createElement(AuthProvider, { options: { baseUrl: 'https://bixarena.example/v1' } }, createElement(App)));
 */
export declare const AuthProvider: FunctionComponent<AuthProviderProps>;

/**
 * The session, in any component below {@link AuthProvider}; the component is rendered again when it changes.
 *
 * `C` is what the caller expects the claims to be beyond what is checked: a type, not a check.
 *
 * @example
 * const { user, login, logout } = useAuth();
 */
export declare function useAuth<C extends Claims = Claims>(): Auth<C>;

/**
 * Shows its children to whoever has a role. It hides what would be of no use; the service decides.
 *
 * @example
 * createElement(RequireRole, { role: 'admin', autoLogin: true, fallback: 'Only for admins.' }, createElement(Reports));
 */
export declare const RequireRole: FunctionComponent<RequireRoleProps>;
