// What has to compile: each public name, used as a caller would. Checked by `tsc --noEmit`, never run.
import {
  AuthClient,
  AuthError,
  JwtVerifier,
  init,
  isAuthError,
  safeReturnTo,
  type Algorithm,
  type AuthClientOptions,
  type AuthErrorCode,
  type AuthEvent,
  type AuthRoutes,
  type AuthState,
  type CallbackResult,
  type Claims,
  type JsonWebKeySet,
  type JwksCacheOptions,
  type JwtClaims,
  type JwtHeader,
  type JwtVerifierOptions,
  type LogEntry,
  type Problem,
  type PublicJwk,
  type UserInfo,
  type VerifiedJwt,
} from 'bixarena-auth-client';
import * as verifierEntry from 'bixarena-auth-client/verifier';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>) => {};

export async function client(): Promise<void> {
  await init();
  const routes: AuthRoutes = { start: '/a', callback: '/b', token: '/c', jwks: '/d', logout: '/e' };
  const options: AuthClientOptions = {
    baseUrl: new URL('https://bixarena.example/v1'),
    routes,
    issuer: 'urn:bixarena:auth',
    audience: 'urn:bixarena:auth',
    algorithms: ['RS256', 'EdDSA'],
    clockTolerance: 5,
    refreshMargin: 60,
    timeout: 10_000,
    callbackPath: '/callback',
    allowedOrigins: ['https://api.example', { origin: 'https://ai.example', audience: 'urn:bixarena:ai' }],
    profile: 'eager',
    hint: { pick: ({ name, avatar }: UserInfo) => ({ name, avatar }) },
    navigate: (url) => location.assign(url),
    fetch,
    now: Date.now,
    logger: (entry: LogEntry) => console.log(entry.level, entry.message, entry.error),
  };
  using auth = await AuthClient.create(options);
  new AuthClient().dispose();
  const unsubscribe = auth.subscribe((state: AuthState, event: AuthEvent) => {
    if (state.status === 'authenticated') same<string, typeof state.claims.sub>(true);
    if (state.status === 'unknown') same<AuthError | undefined, typeof state.error>(true);
    if (event.type === 'signed_in') same<'login' | 'restored' | 'other_tab' | undefined, typeof event.cause>(true);
  });
  unsubscribe();
  const state: AuthState = await auth.start();
  same<AuthState['status'], 'unknown' | 'anonymous' | 'authenticated'>(true);
  if (state !== auth.state) return auth.logout({ redirectTo: '/' });
  const { returnTo, claims }: CallbackResult = await auth.handleCallback(new URL(location.href));
  const token: string = await auth.getToken({
    audience: 'urn:bixarena:api',
    forceRefresh: true,
    signal: AbortSignal.timeout(1000),
  });
  const request = new Request('https://ai.example/vote', { method: 'POST', body: '{}' });
  const answer: Response = await auth.fetch(request, {
    audience: 'urn:bixarena:ai',
    signal: AbortSignal.timeout(1000),
  });
  await auth.fetch('/api/me');
  await auth.fetch(new URL('https://api.example/me'), { keepalive: true });
  const info: UserInfo = await auth.getUserInfo();
  same<UserInfo | null, typeof auth.profile>(true);
  same<boolean, typeof auth.wasAuthenticated>(true);
  same<unknown, typeof auth.hint>(true);
  console.log(answer.status, info.sub, info.name?.length, info.avatar, info.email, info['own']);
  const verified: VerifiedJwt<Claims> = await auth.verify(token);
  same<Claims, typeof claims>(true);
  const set: JsonWebKeySet = await auth.getJwks();
  const key: PublicJwk | undefined = set.keys[0];
  const next: string | null = auth.takeReturnTo() ?? safeReturnTo(returnTo, { origin: 'https://a.example' });
  if (auth.hasRole('admin')) console.log(verified.claims.roles, key?.kid, next);
  // Nothing after it runs: it resolves with `never`.
  same<Promise<never>, ReturnType<typeof auth.login>>(true);
  await auth.login({ returnTo: '/' });
}

export async function verifier(request: Request): Promise<unknown> {
  const jwksCache: JwksCacheOptions = {
    maxAge: 600,
    staleWhileRevalidate: 600,
    staleIfError: 3600,
    cooldown: 30,
    timeout: 5,
    store: 'cache-api',
  };
  const algorithms: Algorithm[] = ['RS256', 'ES512'];
  const options: JwtVerifierOptions = {
    jwksUrl: new URL('/v1/.well-known/jwks.json', request.url),
    issuer: ['urn:a', 'urn:b'],
    audience: null,
    algorithms,
    typ: null,
    requiredClaims: ['sub'],
    clockTolerance: 0,
    maxTokenAge: 60,
    maxTokenBytes: 4096,
    now: () => 0,
    fetch,
    jwksCache,
    repeatCache: false,
    logger: ({ message }) => console.warn(message),
  };
  using jwt = new JwtVerifier(options);
  await jwt.refresh();
  const { header, claims }: { header: JwtHeader; claims: JwtClaims } = await jwt.verify('', { audience: 'urn:c' });
  same<number, typeof claims.exp>(true);
  same<unknown, (typeof claims)['own']>(true);
  return [header.alg, header.kid, claims.sub];
}

export function message(error: unknown): string {
  if (!isAuthError(error)) return 'not ours';
  const code: AuthErrorCode = error.code;
  const problem: Problem | undefined = error.problem;
  // `instanceof` narrows as well, and a switch over the closed list needs no default where it names them all.
  if (error instanceof AuthError && error.retryAfter !== undefined) return `${code}: ${error.retryAfter} s`;
  return [error.name, error.status, problem?.title, error.reason, error.description, error.claim, error.kid].join(' ');
}

// Both entries describe one identity.
same<typeof verifierEntry.JwtVerifier, typeof JwtVerifier>(true);
same<typeof verifierEntry.AuthError, typeof AuthError>(true);
same<typeof verifierEntry.isAuthError, typeof isAuthError>(true);
same<typeof verifierEntry.init, typeof init>(true);
same<keyof typeof verifierEntry, 'AuthError' | 'JwtVerifier' | 'init' | 'isAuthError'>(true);
