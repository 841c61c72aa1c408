// The public types of the package, kept by hand. The build copies this file to pkg/dist/types.d.ts; each entry's own
// declarations re-export what that entry has.

/// <reference lib="esnext.disposable" />

/** A signature algorithm (RFC 7518 §3.1, RFC 8037 §3.1). `none` and the HMAC family do not exist here. */
export type Algorithm =
  'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';

/** A public key (RFC 7517 §4). Members that are not named here are kept and ignored. */
export interface PublicJwk {
  /** The family of the key: `RSA`, `EC` or `OKP`. */
  kty?: string;
  /** The key ID, which a token's header names. */
  kid?: string;
  /** The only algorithm that the key may be used with. */
  alg?: string;
  /** `sig`, if present: a key for encryption verifies nothing. */
  use?: string;
  /** Has to contain `verify`, if present. */
  key_ops?: string[];
  /** The curve of an `EC` or `OKP` key. */
  crv?: string;
  /** RSA modulus. */
  n?: string;
  /** RSA exponent. */
  e?: string;
  /** First coordinate of an `EC` key, or the `OKP` public key. */
  x?: string;
  /** Second coordinate of an `EC` key. */
  y?: string;
  [member: string]: unknown;
}

/** A JWK Set (RFC 7517 §5): at most 100 keys, at most 512 KiB when fetched. */
export interface JsonWebKeySet {
  /** The keys. One that cannot be used is skipped, as long as another can. */
  keys: PublicJwk[];
  [member: string]: unknown;
}

/** The header of a verified token (RFC 7515 §4). */
export interface JwtHeader {
  /** The algorithm that the signature was checked with. */
  alg: Algorithm;
  /** The kind of token: {@link JwtVerifierOptions.typ} says which one is accepted. */
  typ?: string;
  /** The ID of the key that signed it. */
  kid?: string;
  [parameter: string]: unknown;
}

/** The claims of a verified token (RFC 7519 §4). Times are seconds since the epoch. */
export interface JwtClaims {
  /** Issuer. */
  iss?: string;
  /** Subject: a string wherever it is present. */
  sub?: string;
  /** Audience. */
  aud?: string | string[];
  /** The end of validity: always there. */
  exp: number;
  /** The beginning of validity. */
  nbf?: number;
  /** When the token was issued. */
  iat?: number;
  [claim: string]: unknown;
}

/** The claims of a token of the auth service, as `AuthClient` gives them. */
export interface Claims extends JwtClaims {
  /** Who is signed in: a UUID. */
  sub: string;
  /** What the user may do, `['user']` for example. Compare with {@link AuthClient.hasRole}, which ignores case. */
  roles?: string[];
}

/**
 * A token whose signature and claims hold. A token that is verified often comes from the repeat cache: its header and
 * claims are deeply frozen then.
 */
export interface VerifiedJwt<C extends JwtClaims = JwtClaims> {
  /** The protected header. */
  header: JwtHeader;
  /** What the token says. */
  claims: C;
}

/** What {@link JwtVerifierOptions.logger} and {@link AuthClientOptions.logger} are called with. Never holds a token. */
export interface LogEntry {
  /** How much it matters: the name of a method of `console`. */
  level: 'debug' | 'info' | 'warn' | 'error';
  /** One sentence. */
  message: string;
  /** What was thrown, if anything was: an {@link AuthError}, or the error of a listener. */
  error?: unknown;
}

/** How a fetched key set is kept. All times are seconds, 0 or more, and count from the last successful fetch. */
export interface JwksCacheOptions {
  /** How long a set is used without a look at the service. Default 600. */
  maxAge?: number;
  /** How much longer it is used while a new one is fetched in the background (RFC 5861 §3). Default 600. */
  staleWhileRevalidate?: number;
  /** How old a set may be that is used because no new one can be had (RFC 5861 §4). Default 3600. */
  staleIfError?: number;
  /** After a fetch, how long no unknown `kid` causes another. Default 30. */
  cooldown?: number;
  /** How long one fetch may take. Default 5. */
  timeout?: number;
  /**
   * Where the set is kept: `'memory'`, the default, is of this object. `'cache-api'`: also in the Cache API (`caches.default` in
   * Workers), from where a new isolate starts without a request to the service. It ages from its first fetch there as well, and is
   * read as if it had just been fetched. Without `caches`, and where it fails, as `'memory'`.
   */
  store?: 'memory' | 'cache-api';
}

/**
 * What a token has to satisfy. One of `jwksUrl` and `jwks` is required, and so are `issuer` and `audience`.
 * A value that cannot be meant, and an unknown name, is a `TypeError` at construction that names the option.
 */
export interface JwtVerifierOptions {
  /** Where the key set is fetched: an absolute `http` or `https` address. Redirects are refused. */
  jwksUrl?: string | URL;
  /** The key set itself: nothing is ever fetched. Without a usable key: `AuthError` `jwks_invalid` at construction. */
  jwks?: JsonWebKeySet;
  /** The accepted `iss`. `null`: deliberately unchecked. */
  issuer: string | string[] | null;
  /** One of these has to be in `aud`. `null`: deliberately unchecked. */
  audience: string | string[] | null;
  /** The accepted `alg`. Default `['RS256']`. */
  algorithms?: Algorithm[];
  /**
   * The accepted `typ`, without regard to case and to a leading `application/` (RFC 7515 §4.1.9). Default `'JWT'`, which
   * alone accepts a header without `typ`. `null`: unchecked.
   */
  typ?: string | null;
  /** Claims that have to be there besides `exp`, `['sub']` for example. Default: none. */
  requiredClaims?: string[];
  /** Seconds by which `exp`, `nbf`, `iat` and `maxTokenAge` may be missed. Default 5. */
  clockTolerance?: number;
  /** Seconds since `iat` after which a token is too old, whatever its `exp`. Default: no limit. */
  maxTokenAge?: number;
  /** A longer token is refused before anything is parsed: 1 to 1048576 bytes. Default 16384. */
  maxTokenBytes?: number;
  /** The time, in milliseconds since the epoch. Default `Date.now`. For tests. */
  now?: () => number;
  /** Fetches the key set. Default: the global `fetch`. A service binding's, for example: `(...a) => env.AUTH.fetch(...a)`. */
  fetch?: typeof fetch;
  /** How a fetched key set is kept. */
  jwksCache?: JwksCacheOptions;
  /**
   * Whether a token that was verified before is answered from memory while it and the key set are valid. Default `true`. The
   * whole token is compared, and the claims are frozen.
   */
  repeatCache?: boolean;
  /** Is told about keys of the set that cannot be used. Default: nobody is. */
  logger?: (entry: LogEntry) => void;
}

/**
 * Verifies tokens: shape, header, claims, key and signature, in this order.
 *
 * `C` is what the caller expects the claims to be beyond what is checked: a type, not a check. What has to be there is said with `requiredClaims`.
 *
 * @example
 * const verifier = await JwtVerifier.create({
 *   jwksUrl: 'https://bixarena.example/v1/.well-known/jwks.json',
 *   issuer: 'urn:bixarena:auth',
 *   audience: 'urn:bixarena:auth',
 * });
 * const { claims } = await verifier.verify(token);
 */
export declare class JwtVerifier<C extends JwtClaims = JwtClaims> {
  /**
   * Loads the wasm, where that has not happened, and checks the options. Fetches nothing else.
   * @throws {TypeError} for a wrong option
   * @throws {AuthError} `jwks_invalid`, `wasm_blocked`; `environment_unsupported` if an allowed algorithm is missing; `network_error`
   *   if the code for what WebCrypto lacks cannot be fetched
   */
  static create<C extends JwtClaims = JwtClaims>(options: JwtVerifierOptions): Promise<JwtVerifier<C>>;
  /**
   * The same without waiting: at any time in Workers and in Node; in a browser after {@link init} or a `create()`.
   * @throws {TypeError} for a wrong option
   * @throws {AuthError} `not_initialized`, `jwks_invalid`
   */
  constructor(options: JwtVerifierOptions);
  /**
   * Resolves with what the token says, or rejects with an {@link AuthError}. `verify<MyClaims>(token)` gives the claims another type
   * than the verifier's, for this call.
   * @param token in compact form, without `Bearer`
   * @param options
   * @param options.audience is demanded in place of the option of the verifier
   * @param options.ctx a Worker's execution context, which is given what is fetched meanwhile: a refresh of the key set ends well then
   *   although its request has been answered, or its client has gone
   * @throws {AuthError} why the token is refused; `jwks_unavailable`, `jwks_invalid`; `environment_unsupported`; `disposed`
   */
  verify<D extends JwtClaims = C>(
    token: string,
    options?: { audience?: string; ctx?: { waitUntil(promise: Promise<unknown>): void } },
  ): Promise<VerifiedJwt<D>>;
  /** Fetches the key set now. Rejects with `jwks_unavailable` or `jwks_invalid`; the set in use stays in use then. */
  refresh(): Promise<void>;
  /** Ends it: every later call rejects with `disposed`. A second time does nothing. */
  dispose(): void;
  /** The same as `dispose()`: for `using`. */
  [Symbol.dispose](): void;
}

/** Every code that {@link AuthError.code} can have. The list is closed; `docs/errors.md` says when each comes and what to do about it. */
export type AuthErrorCode =
  /** Not a JWS in compact form with JSON objects inside. */
  | 'token_malformed'
  /** Longer than `maxTokenBytes`. */
  | 'token_too_large'
  /** `alg` is not in `algorithms`. */
  | 'algorithm_not_allowed'
  /** The token demands a critical header extension, and none is supported. */
  | 'critical_header_unsupported'
  /** No key of the set fits the token, also after a look at the newest set. */
  | 'key_not_found'
  /** More than one key fits. */
  | 'key_ambiguous'
  /** The key that the token names is of another kind or for another use. */
  | 'key_unusable'
  /** The key that the token names is weak or broken. */
  | 'key_invalid'
  /** The signature does not belong to this token and this key. */
  | 'signature_invalid'
  /** `exp` has passed, or the token is older than `maxTokenAge`. */
  | 'token_expired'
  /** `nbf` or `iat` lies in the future. */
  | 'token_not_yet_valid'
  /** `iss` is not the expected issuer. */
  | 'issuer_mismatch'
  /** `aud` does not hold the expected audience. */
  | 'audience_mismatch'
  /** `typ` is another kind of token: an ID token or an access token, for example. */
  | 'type_mismatch'
  /** A required claim is absent; `claim` names it. */
  | 'claim_missing'
  /** A claim is of the wrong type; `claim` names it. */
  | 'claim_invalid'
  /** The key set cannot be fetched, and none that may still be used is at hand. */
  | 'jwks_unavailable'
  /** What came, or was given, is no usable key set. */
  | 'jwks_invalid'
  /** There is no session. */
  | 'login_required'
  /** The provider or the user refused; `reason` and `description` are the provider's. */
  | 'login_denied'
  /** The page is still here: nothing navigated. */
  | 'login_not_started'
  /** The callback address lacks or doubles a parameter, or is of another origin. */
  | 'callback_invalid'
  /** The service refused the sign-in; `reason` or `problem` says why. */
  | 'callback_rejected'
  /** Another user has signed in while the call waited. */
  | 'user_changed'
  /** The user has signed out while the call waited. */
  | 'signed_out'
  /** No answer at all: no network, no CORS permission, or a wrong `baseUrl`. */
  | 'network_error'
  /** No answer in time. */
  | 'timeout'
  /** The caller's `signal`. */
  | 'aborted'
  /** Too many requests. */
  | 'rate_limited'
  /** The service answered with `5xx`. */
  | 'service_unavailable'
  /** The service gave an answer that is not in its contract; see `status`. */
  | 'response_invalid'
  /** The environment lacks what is needed; the message says what. */
  | 'environment_unsupported'
  /** The content security policy blocks WebAssembly. */
  | 'wasm_blocked'
  /** Used before the WebAssembly was loaded. */
  | 'not_initialized'
  /** Used after `dispose()`. */
  | 'disposed'
  /** A fault of ours. */
  | 'internal';

/** Problem details of the service (RFC 9457 §3.1). */
export interface Problem {
  /** The kind of problem: an address, compared as text. */
  type?: string;
  /** What is wrong, for people. */
  title?: string;
  /** The HTTP status. */
  status?: number;
  /** What is wrong this time, for people. */
  detail?: string;
  /** This occurrence: an address. */
  instance?: string;
}

/**
 * Everything that goes wrong, but for a caller's mistake, which is a `TypeError`. Holds no token, no authorization code
 * and no `state`. What came from outside is shortened to 128 characters, its control characters escaped.
 *
 * @example
 * try {
 *   await client.getToken();
 * } catch (error) {
 *   if (isAuthError(error) && error.code === 'login_required') await client.login();
 *   else throw error;
 * }
 */
export declare class AuthError extends Error {
  private constructor();
  /** Always the same; tells it apart in a log. {@link isAuthError} is what tells it apart in code. */
  readonly name: 'AuthError';
  /** What went wrong. `docs/errors.md` says what to do about each. */
  readonly code: AuthErrorCode;
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  /** The service's problem details, if it gave any. */
  readonly problem?: Problem;
  /** Seconds until a retry is welcome. */
  readonly retryAfter?: number;
  /** The reason in the service's `error:<reason>`, or the provider's `error` (RFC 6749 §4.1.2.1). */
  readonly reason?: string;
  /** The provider's `error_description`: data, never HTML. */
  readonly description?: string;
  /** The claim or header parameter that a check looked at. */
  readonly claim?: string;
  /** What would have passed. */
  readonly expected?: string | number | string[];
  /** What was found: an attacker may have chosen it. */
  readonly received?: string | number;
  /** The key ID that the token names: an attacker may have chosen it. */
  readonly kid?: string;
  /** What lies beneath: what `fetch` threw, for example. */
  readonly cause?: unknown;
}

/**
 * Whether a caught value is an {@link AuthError}, of this copy of the package or of another one.
 * @param error whatever was caught
 */
export declare function isAuthError(error: unknown): error is AuthError;

/**
 * Loads the wasm early; `create()` does it anyway. A second call joins the first.
 * @throws {AuthError} `wasm_blocked`, `environment_unsupported`
 */
export declare function init(): Promise<void>;

/**
 * The path, query and hash of an address of this origin, or `null` for whatever else it is given: other origins, other
 * schemes, `//evil`, `/\evil`, control characters, the callback page, over 500 characters, no string. Look at it again at
 * the moment of use.
 * @param value what may have come from outside: a query parameter, for example
 * @param options
 * @throws {TypeError} where there is no `location` and no `origin` is given
 * @throws {AuthError} `not_initialized`: in a browser it works after {@link init} or a `create()`
 *
 * @example
 * router.navigate(safeReturnTo(new URLSearchParams(location.search).get('next')) ?? '/');
 */
export declare function safeReturnTo(
  value: unknown,
  options?: {
    /** Default: the origin of `location`; required where there is none. */
    origin?: string;
    /** The callback page, where nobody returns to. Default `'/callback'`. */
    callbackPath?: string;
  },
): string | null;

/** Paths of the operations, each with one leading slash and appended to `baseUrl`. */
export interface AuthRoutes {
  /** Where `login()` navigates. Default `'/auth/oidc/start'`. */
  start?: string;
  /** Where `handleCallback()` sends `code` and `state`. Default `'/auth/oidc/callback'`. */
  callback?: string;
  /** Where the session is exchanged for a token. Default `'/token'`. */
  token?: string;
  /** The key set. Default `'/.well-known/jwks.json'`. */
  jwks?: string;
  /** Where the session ends. Default `'/auth/logout'`. */
  logout?: string;
}

/** All are optional. A wrong value, and an unknown name, is a `TypeError` at construction that names the option. */
export interface AuthClientOptions {
  /**
   * The auth service: an absolute address without query and hash. Default: the page's origin plus `/v1`, with the `oauth2` routes the page's origin.
   * Where there is no `location` it is demanded at the first request.
   */
  baseUrl?: string | URL;
  /** `'v1'`, the default; `'oauth2'`, the service's newer routes; or paths of your own in place of those of `'v1'`. */
  routes?: 'v1' | 'oauth2' | AuthRoutes;
  /** The `iss` of the service's tokens. Default `'urn:bixarena:auth'`. */
  issuer?: string;
  /** The `aud` that tokens need. Default `'urn:bixarena:auth'`. */
  audience?: string;
  /** The accepted `alg`. Default `['RS256']`. */
  algorithms?: Algorithm[];
  /** Seconds that clocks may differ by. Default 5. */
  clockTolerance?: number;
  /**
   * Seconds before expiry at which a token is renewed. Default: 60 or a tenth of the token's lifetime, whichever is less; cut to
   * half the lifetime.
   */
  refreshMargin?: number;
  /** Milliseconds that one request may take, more than 0. Default 10000. */
  timeout?: number;
  /** The path of the page that the provider leads back to. Default `'/callback'`. */
  callbackPath?: string;
  /**
   * Where {@link AuthClient.fetch} may send the token, beside the page's own origin: origins as a browser writes them, `'https://api.example'`. With the
   * `oauth2` routes an entry may name the audience that the token has to be for. Default: none.
   */
  allowedOrigins?: (
    | string
    | {
        /** As a browser writes it, without a slash at the end. */
        origin: string;
        /** The audience that a token for this origin has to have. */
        audience: string;
      }
  )[];
  /**
   * `'eager'`: {@link AuthClient.getUserInfo} is asked by itself when somebody signs in; `oauth2` routes only. Default `'manual'`.
   */
  profile?: 'manual' | 'eager';
  /**
   * Keeps in `localStorage` what `pick` chooses of the profile, for {@link AuthClient.hint}; `oauth2` routes only. `pick` gives what JSON can hold,
   * `null` for nothing. It outlives the page: choose nothing secret. Default: nothing is kept.
   */
  hint?: {
    /** Chooses what is kept: anything that JSON can hold, `null` for nothing. */
    pick: (profile: UserInfo) => unknown;
  };
  /**
   * Whether tokens are renewed by themselves: before they expire, in a tab that is seen. Default `'auto'`. `'on-demand'`: no timer, and no
   * request that nobody asked for; a session that ends elsewhere is noticed at the next call.
   */
  renew?: 'auto' | 'on-demand';
  /**
   * Whether the tabs of this origin tell each other of a sign-in, a sign-out and another user, and keep to a rate limit together. Default
   * `true`. What they tell holds no token and proves nothing: a tab asks the service itself.
   */
  crossTab?: boolean;
  /** Leaves the page. Default `(url) => location.assign(url)`. */
  navigate?: (url: string) => void;
  /** Sends the requests. Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** The time, in milliseconds since the epoch; replaces the monotonic clock too. For tests. */
  now?: () => number;
  /**
   * Is told what no caller learns: a failed renewal, a listener that threw; and of every event, at the level `debug`, so that a report of a
   * fault can hold a trail. Never a token, code or state. Default: nobody is.
   */
  logger?: (entry: LogEntry) => void;
}

/** What is known about the session. The object stays the same until something changes. */
export type AuthState<C extends Claims = Claims> =
  /** Not asked yet, or no answer that could be believed; `error` says why. */
  | {
      /** Not the same as signed out. */
      readonly status: 'unknown';
      /** Why it is not known, once the service was asked. */
      readonly error?: AuthError;
    }
  /** The service said: no session. */
  | {
      /** Signed out, for certain. */
      readonly status: 'anonymous';
    }
  /** There is a session, and its token verified. */
  | {
      /** Signed in. */
      readonly status: 'authenticated';
      /** What the verified token says. */
      readonly claims: C;
    };

/** What has just happened; the second argument of a listener of {@link AuthClient.subscribe}. */
export interface AuthEvent {
  /**
   * `state`: {@link AuthClient.state} is another object. `signed_in`, `signed_out`, `user_changed`: who is signed in. `token`: it was renewed.
   * `clock_skew`: the device's clock differs from the service's by more than `clockTolerance`; told once for each difference, and all works
   * as it should. `profile`: {@link AuthClient.profile} is there, or is another one. `error`: something failed that nobody asked for, a renewal for example.
   */
  type: 'state' | 'signed_in' | 'token' | 'user_changed' | 'signed_out' | 'clock_skew' | 'profile' | 'error';
  /** With `signed_in`: by a sign-in of this tab that just ended, because there was a session already, or by another tab. */
  cause?: 'login' | 'restored' | 'other_tab';
  /** With `error`. */
  error?: AuthError;
  /** With `clock_skew`: by how many seconds the device's clock is ahead; negative: behind. */
  skew?: number;
}

/** What the service says about the user, who is the verified one. What it holds beyond `sub` may be missing, and is text of the user's own: data, never HTML. */
export interface UserInfo {
  /** The same as the verified `sub`. */
  sub: string;
  /** What to call the user: the service's `name`, else its `preferred_username`. */
  name?: string;
  /** A picture: the service's `avatar_url`, if it is an `http` or `https` address. */
  avatar?: string;
  /** The name that the user signs in with. May change, and be another's later: keep `sub`. */
  preferred_username?: string;
  /** An e-mail address. */
  email?: string;
  /** Whether the provider has seen that the address is the user's. */
  email_verified?: boolean;
  /** What the service says at this moment; the verified roles are in {@link Claims.roles}. */
  roles?: string[];
  /** As the service gave it: unchecked. */
  avatar_url?: string | null;
  [member: string]: unknown;
}

/** What came of a sign-in. */
export interface CallbackResult<C extends Claims = Claims> {
  /** Where the user wanted to go: a path of this origin. `'/'` if nothing is known. */
  returnTo: string;
  /** Who has signed in: verified. */
  claims: C;
}

/**
 * Signs people in at the auth service and keeps a verified token at hand. The token lives in memory only.
 *
 * `C` is what the caller expects the claims to be beyond what is checked: a type, not a check.
 *
 * @example
 * const client = await AuthClient.create();
 * if (location.pathname === '/callback') history.replaceState(null, '', (await client.handleCallback()).returnTo);
 * const state = await client.start();
 * button.onclick = () => (state.status === 'authenticated' ? client.logout() : client.login());
 */
export declare class AuthClient<C extends Claims = Claims> {
  /**
   * Loads the wasm and checks the options; no other input or output.
   * @throws {TypeError} for a wrong option
   * @throws {AuthError} `wasm_blocked`, `environment_unsupported`
   */
  static create<C extends Claims = Claims>(options?: AuthClientOptions): Promise<AuthClient<C>>;
  /**
   * The same without waiting: at any time in Workers and in Node; in a browser after {@link init} or a `create()`.
   * @throws {TypeError} for a wrong option
   * @throws {AuthError} `not_initialized`
   */
  constructor(options?: AuthClientOptions);
  /**
   * Finds out whether there is a session, by asking for a token. Resolves with `anonymous` for no session, and with `unknown`
   * and an `error` if the service cannot be reached or its token did not verify.
   * @throws {AuthError} `disposed`, `wasm_blocked`, `environment_unsupported`: the client cannot work at all
   */
  start(): Promise<AuthState<C>>;
  /** What is known now. The same object until something changes. */
  readonly state: AuthState<C>;
  /**
   * Calls `listener` after every change. The same listener twice is two subscriptions; one that throws stops no other.
   * @param listener is called with the state and with what has happened
   * @returns ends this subscription
   */
  subscribe(listener: (state: AuthState<C>, event: AuthEvent) => void): () => void;
  /**
   * Leaves the page for the sign-in. A second call joins the first. The promise is not fulfilled: the page is left.
   * @param options
   * @param options.returnTo a path of this origin to come back to. Default: the current address. An unsafe one is ignored.
   * @throws {AuthError} `login_not_started` if nothing navigated and the page is still seen after 10 s; `aborted` if the page was left and came
   *   back from the back/forward cache
   */
  login(options?: { returnTo?: string }): Promise<never>;
  /**
   * Completes a sign-in on the page that the provider leads back to. `code` and `state` are taken out of the address before
   * anything else happens. Safe to repeat: a second call joins the first, and after a reload the session decides.
   * @param url default: the current address
   * @throws {AuthError} `callback_invalid`, `login_denied`, `callback_rejected`, and those of {@link getToken}
   */
  handleCallback(url?: string | URL): Promise<CallbackResult<C>>;
  /**
   * A verified token: the one at hand until shortly before it expires, then a new one. Any number of calls at once make one
   * request. While the token at hand is valid, a failed renewal does not reject, unless `forceRefresh` was asked for.
   * @param options
   * @param options.audience asks for a token for another service; on the `oauth2` routes only, else a `TypeError`
   * @param options.forceRefresh gets a new token although the one at hand is valid, and rejects if there is none to be had
   * @param options.signal takes back this call, which rejects with `aborted`; not the request, which others may wait for
   * @throws {AuthError} `login_required`, `signed_out`, `user_changed`, `network_error`, `timeout`, `aborted`,
   *   `rate_limited`, `service_unavailable`, `response_invalid`, `jwks_unavailable`, or why the token did not verify
   */
  getToken(options?: { audience?: string; forceRefresh?: boolean; signal?: AbortSignal }): Promise<string>;
  /**
   * The global `fetch` (or `options.fetch`) with the token as `Authorization: Bearer`, if the request goes to the page's own origin or to one of
   * `allowedOrigins`. To any other it goes without, and so does one that has an `Authorization` of its own. A redirect never takes the token to another
   * origin; where the host's `fetch` would, redirects are not followed. After a `401` it is sent once more, if that brings another token of the same user;
   * not with a stream as `init.body`, which can be sent only once. A `Request` with a body is copied for that: give a large stream as `init.body`.
   *
   * @param input as for the global `fetch`
   * @param init as for the global `fetch`; `init.audience` asks for a token for another service, on the `oauth2` routes only, else a `TypeError`
   * @throws {AuthError} those of {@link getToken}; nothing was sent then. Beside them what `fetch` throws, the reason of `signal` too.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit & { audience?: string }): Promise<Response>;
  /**
   * Whether somebody is signed in who has this role. Hides a button; the service decides.
   * @param role without regard to case
   */
  hasRole(role: string): boolean;
  /**
   * Verifies a token of the service, from wherever it came.
   * @param token in compact form, without `Bearer`
   * @throws {AuthError} why the token is refused; `jwks_unavailable`, `jwks_invalid`; `environment_unsupported`; `disposed`
   */
  verify(token: string): Promise<VerifiedJwt<C>>;
  /**
   * The service's key set, a copy; fetched if it is not at hand.
   * @throws {AuthError} `jwks_unavailable`, `jwks_invalid`, `disposed`
   */
  getJwks(): Promise<JsonWebKeySet>;
  /**
   * Asks the service about the user: name, picture. On the `oauth2` routes only, else a `TypeError`. Several calls at once make one request. An answer
   * about anybody but the verified user is `response_invalid`.
   * @throws {AuthError} those of {@link getToken}
   */
  getUserInfo(): Promise<UserInfo>;
  /** What {@link getUserInfo} gave last for this user. `null` before that, after `signed_out` and after `user_changed`. */
  readonly profile: UserInfo | null;
  /** Whether somebody was signed in here last time, so that a page need not flicker while it finds out. Decides nothing. */
  readonly wasAuthenticated: boolean;
  /** What `options.hint` chose to remember, also of an earlier visit. `null` if that is nothing. Anything of this origin can have written it. */
  readonly hint: unknown;
  /** What `login({ returnTo })` remembered, once per sign-in; also after a service callback, where there is no callback page. */
  takeReturnTo(): string | null;
  /**
   * Ends the session, here and at the service. If the service cannot be told, it rejects and the state stays as it was.
   * @throws {AuthError} `network_error`, `timeout`, `rate_limited`, `service_unavailable`, `response_invalid`, `disposed`
   * @param options
   * @param options.redirectTo a path of this origin to go to afterwards
   */
  logout(options?: { redirectTo?: string }): Promise<void>;
  /** Ends timers and listeners; every later and every waiting call rejects with `disposed`. A second time does nothing. */
  dispose(): void;
  /** The same as `dispose()`: for `using`. */
  [Symbol.dispose](): void;
}
