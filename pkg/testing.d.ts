/// <reference lib="esnext.disposable" />
import type {
  AuthClient,
  AuthClientOptions,
  AuthError,
  AuthErrorCode,
  AuthEvent,
  AuthState,
  Claims,
  JsonWebKeySet,
  JwtHeader,
  JwtVerifierOptions,
  LogEntry,
  Problem,
  UserInfo,
} from './dist/types.js';

export { AuthError, isAuthError } from './dist/types.js';
export type { AuthClient, AuthErrorCode, AuthEvent, AuthState, Claims, JsonWebKeySet, UserInfo } from './dist/types.js';

/** Who is signed in: a `sub`, or some of the claims. What is not given is as the service would have it. */
export type TestUser<C extends Claims = Claims> = string | Partial<C>;

/** What belongs to a user. */
export interface UserOptions {
  /** The roles in the claims. Default: those of the options, else `['user']`. */
  roles?: readonly string[];
  /** What the service says about the user. Default: that of the options. */
  profile?: Partial<UserInfo> | null;
}

/** All are optional. A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface TestAuthClientOptions<C extends Claims = Claims> {
  /** Who is signed in. Default: nobody, unless `roles` are given; `null`: nobody. */
  user?: TestUser<C> | null;
  /** The roles of whoever is signed in. Default `['user']`. */
  roles?: readonly string[];
  /**
   * The first state, in place of what `user` and `roles` say. `{ status: 'unknown' }`: the service has not answered; `start()` and `getToken()` wait
   * until `setState`, `signIn` or `signOut` says more.
   */
  state?: AuthState<C>;
  /** What {@link AuthClient.profile} is while somebody is signed in, and what `getUserInfo()` gives. Default `null`: `getUserInfo()` gives what the claims say. */
  profile?: Partial<UserInfo> | null;
  /** What {@link AuthClient.hint} is. Default `null`. */
  hint?: unknown;
  /** What {@link AuthClient.wasAuthenticated} is at first. Default: whether somebody is signed in. */
  wasAuthenticated?: boolean;
  /** As of the real client. */
  allowedOrigins?: AuthClientOptions['allowedOrigins'];
  /** Gives tokens. Default: texts of the form of a token whose signature is none. With `() => issuer.sign(user)` they are real. */
  token?: (audience?: string) => string | Promise<string>;
  /** What {@link AuthClient.fetch} sends with. Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** Is told of a listener that threw. Default `console.error`. */
  logger?: (entry: LogEntry) => void;
}

/** The methods that {@link TestAuthClient.failNext} can let fail. */
export type FailingMethod =
  'start' | 'login' | 'handleCallback' | 'getToken' | 'fetch' | 'verify' | 'getJwks' | 'getUserInfo' | 'logout';

/** An {@link AuthClient} that a test controls: no wasm, no request of its own, no navigation, nothing stored. */
export interface TestAuthClient<C extends Claims = Claims> extends AuthClient<C> {
  /** Every call of `login()`, with its options. The promise that it gave is never fulfilled, as if the page had been left. */
  readonly logins: readonly { returnTo?: string }[];
  /** Every call of `logout()`, with its options. Nothing navigates. */
  readonly logouts: readonly { redirectTo?: string }[];
  /** Another state, with the events that the real client has for it. The object that is given is the state from then on. */
  setState(state: AuthState<C>): void;
  /** Signs somebody in: by default whom the options name. `cause` is that of the event `signed_in`, default `'login'`. */
  signIn(user?: TestUser<C>, options?: UserOptions & { cause?: AuthEvent['cause'] }): void;
  /** The service says that there is no session. */
  signOut(): void;
  /** The next call of this method rejects with this error; see {@link createAuthError}. */
  failNext(method: FailingMethod, error: Error): void;
}

/**
 * A test double for code that is given an {@link AuthClient}. Its state is there at once: no `start()` is needed.
 *
 * @example
 * const client = createTestAuthClient({ user: 'maya', roles: ['admin'], profile: { name: 'Maya' } });
 * renderApp(client);
 * client.signOut();
 * @throws {TypeError} for a wrong option
 */
export declare function createTestAuthClient<C extends Claims = Claims>(
  options?: TestAuthClientOptions<C>,
): TestAuthClient<C>;

/**
 * An error as the package throws it, for a test that wants one.
 *
 * @example
 * client.setState({ status: 'unknown', error: createAuthError('network_error') });
 */
export declare function createAuthError(
  code: AuthErrorCode,
  fields?: {
    status?: number;
    problem?: Problem;
    retryAfter?: number;
    reason?: string;
    description?: string;
    claim?: string;
    cause?: unknown;
  },
): AuthError;

/** What the service can be asked for: its operations, in the paths of the `v1` and of the `oauth2` routes. */
export type Operation = 'token' | 'jwks' | 'start' | 'callback' | 'logout' | 'userinfo';

/** All are optional. A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface TestIssuerOptions {
  /** Where the service seems to be. Default: the page's origin, else `http://localhost`, plus `/v1`. */
  baseUrl?: string;
  /** The `iss` of its tokens. Default `'urn:bixarena:auth'`. */
  issuer?: string;
  /** The `aud` of its tokens. Default `'urn:bixarena:auth'`. */
  audience?: string;
  /** Seconds that its tokens are valid. Default 600. */
  lifetime?: number;
  /** The page that the provider leads back to. Default `'/callback'`. */
  callbackPath?: string;
  /** Who is signed in already, and whoever signs in next. Default: nobody, unless `roles` are given, and a user of no name. */
  user?: TestUser | null;
  /** Their roles. Default `['user']`. */
  roles?: readonly string[];
  /** What `/userinfo` says about them besides `sub` and `roles`. */
  profile?: Partial<UserInfo> | null;
  /** The time of the service, in milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
  /** Answers requests that are not for the service. Default: `404`. */
  fetch?: typeof fetch;
}

export interface SignOptions {
  /** The roles, where the claims do not say them. Default `['user']`. */
  roles?: readonly string[];
  /** Members of the header in place of the usual ones. */
  header?: Partial<JwtHeader> & Record<string, unknown>;
  /** Whether the key is one of {@link TestIssuer.jwks}. Default `true`. */
  isPublished?: boolean;
}

/** An auth service in memory, with one browser whose session it knows. Its tokens are signed: the real client and the real verifier accept them. */
export interface TestIssuer {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** The public keys. */
  readonly jwks: JsonWebKeySet;
  /** What a real `AuthClient` needs to have this as its service. */
  readonly clientOptions: AuthClientOptions;
  /** What a real `JwtVerifier` needs to accept its tokens: the key set is asked for through {@link TestIssuer.fetch}. */
  readonly verifierOptions: JwtVerifierOptions;
  /** Addresses that the client has navigated to. */
  readonly logins: readonly string[];
  /** Every request that {@link TestIssuer.fetch} was given. */
  readonly requests: readonly Request[];
  /** Signs a token of this user. `{ exp: 0 }` is an expired one, `{ sub: undefined }` one without. */
  sign(claims?: TestUser, options?: SignOptions): Promise<string>;
  /** A new key, as after a restart of the service: the old one is gone at once, unless it is kept. */
  rotateKeys(options?: { keepPrevious?: boolean }): Promise<void>;
  /** From now on there is a session of this user; by default of whom the options name. */
  signIn(user?: TestUser, options?: UserOptions): void;
  /** From now on there is no session. */
  signOut(): void;
  /** Where the provider leads the browser back to once this user has signed in. `code` and `state` in it are good for once. */
  callbackUrl(user?: TestUser, options?: UserOptions): string;
  /** How the next request for an operation is answered: with a status, with a response, or not at all. */
  answerNext(operation: Operation, answer: number | Response | Error): void;
  /** For `AuthClientOptions.navigate`: keeps the address in {@link TestIssuer.logins}. */
  navigate(this: void, url: string): void;
  /** For the option `fetch` of client and verifier, or to answer what a test intercepts. Sends nothing. */
  fetch(this: void, input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
}

/**
 * Makes an auth service in memory that signs real tokens with a throw-away key.
 *
 * @example
 * const issuer = await createTestIssuer({ user: 'maya', roles: ['admin'] });
 * const client = await AuthClient.create(issuer.clientOptions);
 * await client.start();
 * @throws {TypeError} for a wrong option
 */
export declare function createTestIssuer(options?: TestIssuerOptions): Promise<TestIssuer>;
