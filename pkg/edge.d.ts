/// <reference lib="esnext.disposable" />

/**
 * For Workers and Node: from a request to verified claims or a finished answer ({@link authenticate}), from a session cookie to a token
 * ({@link createSessionExchanger}), and on to an upstream ({@link forwardRequest}). The verifier is here too.
 * @module bixarena-auth-client/edge
 */

import type { AuthError, Claims, JwtClaims, JwtVerifierOptions } from './dist/types.js';

export * from './verifier.js';
export type { Claims };

/** What a Worker's `fetch` gets as its third argument, as far as it is used here. */
export interface ExecutionContext {
  /** Keeps the Worker alive until the promise is settled. */
  waitUntil(promise: Promise<unknown>): void;
}

/** What checks tokens: a `JwtVerifier`, of whichever entry. */
export interface TokenVerifier {
  /** As `JwtVerifier.verify`. */
  verify(
    token: string,
    options?: { audience?: string; ctx?: ExecutionContext },
  ): Promise<{
    /** What the token says. */
    claims: JwtClaims;
  }>;
}

/** Which pages of other origins may read the answers. Credentials are never permitted: a bearer is no cookie. */
export interface CorsOptions {
  /** The origins, as browsers send them: `https://app.example`, without a slash at the end. */
  origins: string[];
  /** The methods that a preflight permits. Default GET, HEAD, POST, PUT, PATCH, DELETE. */
  methods?: string[];
  /** The request headers that a preflight permits. Default `Authorization`, `Content-Type`. */
  headers?: string[];
  /** Seconds that a browser may remember a preflight. Default 600. */
  maxAge?: number;
}

/** All are optional. A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface AuthenticateOptions {
  /** The Worker's execution context: what is fetched for a token, a refresh of the key set, may outlive the request then. */
  ctx?: ExecutionContext;
  /**
   * The roles that the claims need: every one of them, whatever their case. For "one of them" use `require`. The answer names those
   * that are missing.
   */
  roles?: string[];
  /** What else the claims need. Only `true`, or a promise of it, permits the request; one that throws is a `500`. */
  require?: (claims: JwtClaims) => boolean | Promise<boolean>;
  /** The realm of the challenge: printable ASCII. Default `'BixArena'`. */
  realm?: string;
  /** Adds CORS headers to a refusal. For other answers there is {@link withCors}. */
  cors?: CorsOptions;
}

/** Verified claims, or a finished answer. */
export type AuthenticateResult =
  | {
      /** The request may pass. */
      ok: true;
      /** What the token says: verified. */
      claims: JwtClaims;
      /** The token, for a call to an upstream that wants it. */
      token: string;
    }
  | {
      /** The request is answered by `response`. */
      ok: false;
      /**
       * `application/problem+json` (RFC 9457) with `title`, `status`, `detail`, `code` and, where the error has one, `reason`;
       * `no-store`; nothing of the token.
       */
      response: Response;
      /** Why: for a log, or for an answer of your own. */
      error: AuthError;
    };

/**
 * From a request to verified claims or to a finished answer (RFC 6750):
 *
 * - no bearer, or another scheme: `401` without `error`; the code is `login_required`
 * - a malformed or doubled header: `400` `invalid_request`; the code is `token_malformed`
 * - a refused token: `401` `invalid_token`; the code says why
 * - a role is missing, or `require` says no: `403` `insufficient_scope`; the code is `claim_invalid`
 * - the key set cannot be had: `503` with `Retry-After`
 * - a fault of this host: `500`
 *
 * @throws {TypeError} for a wrong option; it never rejects for what a request holds
 *
 * @example
 * const result = await authenticate(request, verifier, { roles: ['admin'] });
 * if (!result.ok) return result.response;
 * return Response.json({ hello: result.claims.sub });
 */
export declare function authenticate(
  request: Request,
  verifier: TokenVerifier,
  options?: AuthenticateOptions,
): Promise<AuthenticateResult>;

/** What a verified bearer says. */
export interface Authenticated {
  /** What the token says: verified. */
  claims: JwtClaims;
  /** The token they were in. */
  token: string;
}

/** A Worker's `fetch`, with what the bearer says as its fourth argument. */
export type GuardedHandler<Env, Auth, Context extends ExecutionContext = ExecutionContext> = (
  request: Request,
  env: Env,
  ctx: Context,
  auth: Auth,
) => Response | Promise<Response>;

/** A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface GuardOptions<Env = unknown> extends Omit<AuthenticateOptions, 'ctx' | 'cors'> {
  /**
   * A verifier, or the options of one; or a function that gives one of them for what needs `env`. It is called once an
   * isolate, at the first request that is not let pass as public: what it gives is kept, and with it the key set.
   */
  verifier:
    | TokenVerifier
    | JwtVerifierOptions
    | ((env: Env) => TokenVerifier | JwtVerifierOptions | Promise<TokenVerifier | JwtVerifierOptions>);
  /**
   * Whether a request without `Authorization` may pass; the handler gets `null` for it. One that brings it is verified or refused
   * all the same, and has to meet `roles` and `require`. A function says so for each request. Default `false`.
   */
  public?: boolean | ((request: Request) => boolean);
  /** CORS headers for every answer, the handler's too, and the answer to a preflight. Or a function that gives them from `env`. */
  cors?: CorsOptions | ((env: Env) => CorsOptions | undefined);
  /** Is told of every refusal: for a log. The error holds nothing of the token. */
  onRefused?: (error: AuthError, request: Request) => void;
}

/**
 * A Worker's `fetch` that lets a request pass with a verified bearer, and answers any other as {@link authenticate} does.
 *
 * @throws {TypeError} for a wrong option; options that `verifier` gives as a function, at the first request
 *
 * @example
 * export default {
 *   fetch: guard((request, env, ctx, { claims }) => Response.json({ sub: claims.sub }), {
 *     verifier: (env) => ({ jwksUrl: env.JWKS_URL, issuer: 'urn:bixarena:auth', audience: 'urn:bixarena:auth' }),
 *     roles: ['user'],
 *   }),
 * };
 */
export declare function guard<Env = any, Context extends ExecutionContext = ExecutionContext>(
  handler: GuardedHandler<Env, Authenticated, Context>,
  options: GuardOptions<Env> & { public?: false },
): (request: Request, env: Env, ctx?: Context) => Promise<Response>;
export declare function guard<Env = any, Context extends ExecutionContext = ExecutionContext>(
  handler: GuardedHandler<Env, Authenticated | null, Context>,
  options: GuardOptions<Env>,
): (request: Request, env: Env, ctx?: Context) => Promise<Response>;

/** The answer to a CORS preflight; `null` if the request is none. */
export declare function preflight(request: Request, cors: CorsOptions): Response | null;

/** The answer with CORS headers for the request's origin, if that is listed, and `Vary: Origin` always. */
export declare function withCors(response: Response, request: Request, cors: CorsOptions): Response;

/** All are optional. A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface ForwardOptions {
  /** Sent as bearer. Without it the request goes on without `Authorization`. */
  token?: string;
  /** Default `'drop'`: a session is none of the upstream's business. */
  cookies?: 'drop' | 'keep';
  /** Headers to take off besides those that are always taken off. */
  stripHeaders?: string[];
  /**
   * The header in which the upstream looks for the client's address, `'X-Forwarded-For'` for example. It gets
   * `CF-Connecting-IP`, which Cloudflare sets itself, in the place of whatever came in. Default: none is set, and none is taken off.
   */
  clientAddressHeader?: string;
}

/**
 * The request as an upstream gets it: same method, body, signal, path and query; `upstream` gives the origin and, if it has
 * a path, the beginning of the path. Redirects are not followed, so that no token goes to another origin.
 *
 * Taken off, also where `_` stands for `-`: cookies; headers of the connection (RFC 9110 §7.6.1) and those that `Connection` lists;
 * and what upstreams take for an identity: `Authorization`, `Remote-{User,Email,Groups,Name}`, `X-Remote-*`, `X-User`,
 * `X-User-*`, `X-Username`, `X-Email`, `X-Role(s)`, `X-Group(s)`, `X-Auth-*`, `X-Authenticated-*`,
 * `X-Forwarded-{User,Email,Groups,Preferred-Username,Access-Token,Roles}`, `X-{Access,Id}-Token`, `X-JWT-*`, `X-Client-Cert`,
 * `X-SSL-Client-*`, `X-MS-Client-Principal*`, `X-MS-Token-*`, `X-Amzn-OIDC-*`, `X-Goog-{IAP,Authenticated}-*`, `CF-Access-*`.
 * A header of your own belongs in `stripHeaders`; set it on the result then.
 *
 * @throws {TypeError} for a wrong option or address
 *
 * @example
 * const forwarded = forwardRequest(request, 'https://api.internal', { token, stripHeaders: ['x-verified-sub'] });
 * forwarded.headers.set('x-verified-sub', claims.sub);
 * return fetch(forwarded);
 */
export declare function forwardRequest(request: Request, upstream: string | URL, options?: ForwardOptions): Request;

/** A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface SessionExchangerOptions {
  /** The auth service: an absolute address without query and hash, with `/v1` for the `v1` routes. */
  baseUrl: string | URL;
  /** `'v1'`, the default: `/token`. `'oauth2'`: `/oauth2/token`, which knows audiences. Or a path of your own. */
  routes?:
    | 'v1'
    | 'oauth2'
    | {
        /** With one leading slash, appended to `baseUrl`. */
        token: string;
      };
  /** Verifies what the service hands out, and every bearer that comes in. */
  verifier: TokenVerifier;
  /** Asks the service. Default: the global `fetch`. A service binding's, for example: `(...a) => env.AUTH.fetch(...a)`. */
  fetch?: typeof fetch;
  /** The name of the session cookie; no other cookie is sent. Default `'JSESSIONID'`. */
  cookie?: string;
  /**
   * Seconds after which a session is asked about again. Default 60. Also how long another isolate may still use the token
   * of a session that has ended. 0: every request asks.
   */
  maxAge?: number;
  /**
   * Seconds for which the service is not asked again about a session that it does not know, at most: for as long as the session has
   * been known to be none, so that a cookie that was just set is asked about at once. Default 10, or `maxAge` if that is less.
   */
  noSessionMaxAge?: number;
  /** Seconds before its expiry at which a token is no longer handed on; cut to half the lifetime. Default 30. */
  margin?: number;
  /** How many sessions are kept; the one used longest ago goes first. Default 1000. */
  maxSessions?: number;
  /** `WWW-Authenticate` of a `401`, unless the service gives one. Default `Cookie realm="BixArena", redirect="/auth/login"`. */
  challenge?: string;
  /** Origins, besides the request's own, whose POST, PUT, PATCH and DELETE may use the session. Default: none. */
  trustedOrigins?: string[];
  /**
   * The header in which the service looks for the client's address, so that it does not limit all users as one client:
   * `'X-Forwarded-For'` for example. It gets `CF-Connecting-IP`, which Cloudflare sets itself. Default: none is sent.
   */
  clientAddressHeader?: string;
  /** The time, in milliseconds since the epoch. Default `Date.now`. For tests. */
  now?: () => number;
}

/** All are optional. A wrong value, and an unknown name, is a `TypeError` that names the option. */
export interface ExchangeOptions {
  /** The audience to ask for, and the only one that is accepted. Only with `routes: 'oauth2'`. Default: the verifier's. */
  audience?: string;
  /**
   * What a request without a session is. Default `false`: refused with `401`. `true`: anonymous. `'also-when-unavailable'`: so is
   * one whose session cannot be looked up now.
   */
  anonymous?: boolean | 'also-when-unavailable';
  /** As in {@link AuthenticateOptions.roles}. */
  roles?: string[];
  /** As in {@link AuthenticateOptions.require}. */
  require?: (claims: JwtClaims) => boolean | Promise<boolean>;
  /**
   * The Worker's execution context: a request for a token, or for the key set, is then finished for the others when its client
   * goes away.
   */
  ctx?: ExecutionContext;
}

/** What came of a session. */
export type ExchangeResult =
  /** The claims of a kept token are frozen. */
  | {
      /** There is a session, or the request brought a bearer; the token verified. */
      kind: 'authenticated';
      /** The token, of the audience that was asked for. */
      token: string;
      /** What the token says. */
      claims: JwtClaims;
    }
  | {
      /** Nobody, as far as is known. Only with {@link ExchangeOptions.anonymous}. */
      kind: 'anonymous';
      /** `no_session`: no cookie. `session_ended`: the service knows no session for it. `unavailable`: it could not be asked. */
      reason: 'no_session' | 'session_ended' | 'unavailable';
    }
  /**
   * A finished answer, as with {@link authenticate}: `401` with the service's `Cookie` challenge; `403` for a role (`claim_invalid`) or a foreign origin
   * (`login_required`, reason `cross_origin`); `429` and `503` with `Retry-After`; `502` where the service breaks its contract; and those of
   * `authenticate` for a request that brought a bearer.
   */
  | {
      /** The request is answered by `response`. */
      kind: 'refused';
      /** `application/problem+json` (RFC 9457); `no-store`; nothing of a token. */
      response: Response;
      /** Why: for a log, or for an answer of your own. */
      error: AuthError;
    };

/** Session cookie in, verified token out. Tokens stay in this object's memory. */
export interface SessionExchanger extends Disposable {
  /**
   * A request with `Authorization` is judged by that alone: a bearer by its token, another scheme with `401`. Any number of requests of one session at once make at most 3 requests
   * to the service.
   * @throws {TypeError} for a wrong option
   * @throws {AuthError} `disposed`
   */
  exchange(request: Request, options?: ExchangeOptions): Promise<ExchangeResult>;
  /**
   * Forgets what is known of the session of this request in this isolate: at a sign-in, at a logout, and after a `401` of an
   * upstream.
   */
  forget(request: Request): void;
  /** Forgets all sessions; every later call rejects with `disposed`. A second time does nothing. */
  dispose(): void;
}

/**
 * Makes one for a module's scope: what it remembers is shared by all requests of an isolate.
 * @throws {TypeError} for a wrong option
 *
 * @example
 * const sessions = createSessionExchanger({ baseUrl: 'https://auth.example', routes: 'oauth2', verifier });
 * const session = await sessions.exchange(request, { audience: 'urn:bixarena:api', ctx });
 * if (session.kind === 'refused') return session.response;
 * const token = session.kind === 'authenticated' ? session.token : undefined;
 * return fetch(forwardRequest(request, 'https://api.internal', { token }));
 */
export declare function createSessionExchanger(options: SessionExchangerOptions): SessionExchanger;
