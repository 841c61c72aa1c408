// What has to compile of the edge's entries, and what must not. Checked by `tsc --noEmit`, never run.
import {
  AuthError,
  JwtVerifier,
  authenticate,
  createSessionExchanger,
  forwardRequest,
  guard,
  preflight,
  withCors,
  type AuthenticateOptions,
  type AuthenticateResult,
  type Authenticated,
  type CorsOptions,
  type ExchangeOptions,
  type ExchangeResult,
  type ExecutionContext,
  type ForwardOptions,
  type GuardOptions,
  type GuardedHandler,
  type JwtClaims,
  type SessionExchanger,
  type SessionExchangerOptions,
  type TokenVerifier,
} from 'bixarena-auth-client/edge';
import { bearerAuth, type BearerAuthEnv } from 'bixarena-auth-client/hono';
import { JwtVerifier as MainVerifier } from 'bixarena-auth-client';
import { Hono } from 'hono';

export async function edge(request: Request, verifier: JwtVerifier, ctx: ExecutionContext): Promise<Response> {
  const anyVerifier: TokenVerifier = new MainVerifier({ jwksUrl: '', issuer: null, audience: null });
  const cors: CorsOptions = {
    origins: ['https://a.example'],
    methods: ['GET'],
    headers: ['Authorization'],
    maxAge: 60,
  };
  const options: AuthenticateOptions = {
    ctx,
    roles: ['admin'],
    require: ({ sub }) => sub !== undefined,
    realm: 'a',
    cors,
  };
  const early: Response | null = preflight(request, cors);
  const result: AuthenticateResult = await authenticate(request, anyVerifier, options);
  if (!result.ok) return result.error instanceof AuthError && early ? early : result.response;
  const claims: JwtClaims = result.claims;

  const exchangerOptions: SessionExchangerOptions = {
    baseUrl: new URL('https://auth.example'),
    routes: 'oauth2',
    verifier,
    fetch,
    cookie: 'JSESSIONID',
    maxAge: 60,
    margin: 30,
    maxSessions: 1000,
    noSessionMaxAge: 10,
    clientAddressHeader: 'X-Forwarded-For',
    challenge: 'Cookie',
    trustedOrigins: [],
    now: Date.now,
  };
  using sessions: SessionExchanger = createSessionExchanger(exchangerOptions);
  const exchange: ExchangeOptions = {
    audience: 'urn:a',
    anonymous: 'also-when-unavailable',
    roles: ['user'],
    require: async ({ sub }) => sub !== undefined,
    ctx,
  };
  const session: ExchangeResult = await sessions.exchange(request, exchange);
  if (session.kind === 'refused') return session.response;
  if (session.kind === 'anonymous') console.log(session.reason, claims.sub);
  sessions.forget(request);
  const forward: ForwardOptions = {
    token: result.token,
    cookies: 'keep',
    stripHeaders: ['x-a'],
    clientAddressHeader: 'X-Forwarded-For',
  };
  return withCors(await fetch(forwardRequest(request, 'https://api.example', forward)), request, cors);
}

export const app = new Hono<BearerAuthEnv & { Bindings: { VERIFIER: JwtVerifier } }>()
  .use(
    '/a',
    bearerAuth((c) => c.env.VERIFIER, { roles: ['admin'] }),
  )
  .get('/a', (c) => c.json({ sub: c.get('auth').claims.sub, token: c.get('auth').token }));

interface Env {
  JWKS_URL: string;
}
interface FullContext extends ExecutionContext {
  passThroughOnException(): void;
}
const options: GuardOptions<Env> = {
  verifier: ({ JWKS_URL }) => ({ jwksUrl: JWKS_URL, issuer: null, audience: null }),
  public: ({ method }) => method === 'GET',
  roles: ['user'],
  require: () => true,
  realm: 'a',
  cors: { origins: [] },
  onRefused: ({ code }, { url }) => console.log(code, url),
};
const open: GuardedHandler<Env, Authenticated | null> = (_request, env, _ctx, auth) =>
  new Response(env.JWKS_URL + auth?.claims.sub);
export const worker = {
  fetch: guard(open, options),
  closed: guard<Env, FullContext>(
    (_request, env, ctx, { claims, token }) => {
      ctx.passThroughOnException();
      return Response.json({ claims, token, url: env.JWKS_URL });
    },
    { verifier: new JwtVerifier({ jwksUrl: '', issuer: null, audience: null }), public: false },
  ),
};
// @ts-expect-error an open handler may get null
guard((_request, _env, _ctx, { claims }) => Response.json(claims), { ...options, public: true });
// @ts-expect-error the context is each request's own
guard(open, { ...options, ctx: { waitUntil() {} } });

declare const request: Request;
declare const verifier: JwtVerifier;
// @ts-expect-error a verifier is needed
await authenticate(request);
// @ts-expect-error a misspelt option
await authenticate(request, verifier, { role: ['admin'] });
// @ts-expect-error claims stand only in a result that is ok
(await authenticate(request, verifier)).claims;
// @ts-expect-error baseUrl is needed
createSessionExchanger({ verifier });
// @ts-expect-error there is no third way
forwardRequest(request, 'https://api.example', { cookies: 'some' });
