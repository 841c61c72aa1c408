// @ts-check
/** @import { AuthClientOptions, Claims, JwtVerifierOptions, PublicJwk, UserInfo } from '../../dist/types.js' */
/** @import { Operation, SignOptions, TestIssuerOptions, UserOptions } from '../../testing.js' */
/** @import { TestUser } from './options.js' */
import { checkIssuerOptions, claimsOf, stateOf } from './options.js';
import { json, operationOf, problem } from './service.js';
import { sign } from './token.js';

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};

/** A throw-away key. */
async function generateKey() {
  const { subtle } = globalThis.crypto;
  const { privateKey, publicKey } = await subtle.generateKey(RSA, false, ['sign', 'verify']);
  const { kty, n, e } = await subtle.exportKey('jwk', publicKey);
  const kid = globalThis.crypto.randomUUID();
  return { privateKey, kid, jwk: /** @type {PublicJwk} */ ({ kty, n, e, kid, alg: 'RS256', use: 'sig' }) };
}

/** An auth service in memory, with one browser. Types and documentation stand in testing.d.ts. */
class TestIssuer {
  /** @type {string[]} */
  logins = [];
  /** @type {Request[]} */
  requests = [];
  #options;
  #base;
  /** The key in use, and before it those that are published beside it. */
  #keys;
  /** Who is signed in. @type {{ user?: TestUser, roles?: readonly string[], profile?: Partial<UserInfo> | null } | undefined} */
  #session;
  /** Whose sign-in a `state` belongs to, and the code for it; each is good for once. @type {Map<string, { code: string, session: object }>} */
  #pending = new Map();
  /** @type {Map<Operation, Response | Error>} */
  #answers = new Map();

  /**
   * @param {TestIssuerOptions} options
   * @param {Awaited<ReturnType<typeof generateKey>>} key
   */
  constructor(options, key) {
    const { user, roles } = options;
    this.#options = options;
    this.#keys = [key];
    this.#base = new URL(this.baseUrl).pathname.replace(/\/+$/, '');
    if (stateOf({ user, roles }).status === 'authenticated') this.signIn();
  }

  get baseUrl() {
    return this.#options.baseUrl ?? `${globalThis.location?.origin ?? 'http://localhost'}/v1`;
  }

  get issuer() {
    return this.#options.issuer ?? 'urn:bixarena:auth';
  }

  get audience() {
    return this.#options.audience ?? 'urn:bixarena:auth';
  }

  get jwks() {
    return { keys: this.#keys.map(({ jwk }) => ({ ...jwk })) };
  }

  /** @returns {AuthClientOptions} */
  get clientOptions() {
    const { baseUrl, issuer, audience, fetch, navigate } = this;
    const { now } = this.#options;
    return { baseUrl, issuer, audience, fetch, navigate, ...(now && { now }) };
  }

  /** @returns {JwtVerifierOptions} */
  get verifierOptions() {
    const { baseUrl, issuer, audience, fetch } = this;
    const { now } = this.#options;
    return { jwksUrl: `${baseUrl}/.well-known/jwks.json`, issuer, audience, fetch, ...(now && { now }) };
  }

  /**
   * @param {TestUser} [claims]
   * @param {SignOptions} [options]
   */
  async sign(claims, { roles, header, isPublished = true } = {}) {
    const { privateKey, kid } = isPublished ? this.#keys[0] : await generateKey();
    return sign(privateKey, { alg: 'RS256', typ: 'JWT', kid, ...header }, this.#claims(claims, roles));
  }

  /** @param {{ keepPrevious?: boolean }} [options] */
  async rotateKeys({ keepPrevious = false } = {}) {
    const key = await generateKey();
    this.#keys = keepPrevious ? [key, this.#keys[0]] : [key];
  }

  /**
   * @param {TestUser} [user]
   * @param {UserOptions} [options]
   */
  signIn(
    user = this.#options.user ?? undefined,
    { roles = this.#options.roles, profile = this.#options.profile } = {},
  ) {
    this.#session = { user, roles, profile };
  }

  signOut() {
    this.#session = undefined;
  }

  /**
   * @param {TestUser} [user]
   * @param {UserOptions} [options]
   */
  callbackUrl(user = this.#options.user ?? undefined, options = {}) {
    const { roles = this.#options.roles, profile = this.#options.profile } = options;
    const [code, state] = [globalThis.crypto.randomUUID(), globalThis.crypto.randomUUID()];
    this.#pending.set(state, { code, session: { user, roles, profile } });
    const url = new URL(this.#options.callbackPath ?? '/callback', this.baseUrl);
    url.searchParams.set('code', code);
    url.searchParams.set('state', state);
    return url.href;
  }

  /**
   * @param {Operation} operation
   * @param {number | Response | Error} answer
   */
  answerNext(operation, answer) {
    this.#answers.set(operation, typeof answer === 'number' ? problem(answer, 'made by a test') : answer);
  }

  /** @param {string} url */
  navigate = (url) => void this.logins.push(String(url));

  /** @type {typeof fetch} */
  fetch = async (input, init) => {
    const request = new Request(input, init);
    this.requests.push(request);
    const operation = operationOf(this.#base, request);
    request.signal.throwIfAborted();
    if (operation === undefined) return this.#options.fetch?.(request) ?? problem(404, 'no operation of the service');
    const answer = this.#answers.get(operation);
    this.#answers.delete(operation);
    if (answer instanceof Error) throw answer;
    return answer ?? this.#operations[operation](new URL(request.url).searchParams);
  };

  /** @type {Record<Operation, (parameters: URLSearchParams) => Response | Promise<Response>>} */
  #operations = {
    token: (parameters) => this.#mint(parameters.get('audience') ?? undefined),
    jwks: () => json(this.jwks),
    start: () => new Response(null, { status: 302, headers: { location: this.callbackUrl() } }),
    callback: (parameters) => this.#finishLogin(parameters.get('code'), parameters.get('state')),
    logout: () => {
      this.signOut();
      return new Response(null, { status: 204 });
    },
    userinfo: () => this.#userInfo(),
  };

  /** @param {string | undefined} audience */
  async #mint(audience) {
    if (!this.#session) return new Response(null, { status: 401 });
    const { user, roles } = this.#session;
    const claims = this.#claims(user, roles, audience);
    const { privateKey, kid } = this.#keys[0];
    const token = await sign(privateKey, { alg: 'RS256', typ: 'JWT', kid }, claims);
    return json({ access_token: token, token_type: 'Bearer', expires_in: claims.exp - Number(claims.iat) });
  }

  /**
   * @param {string | null} code
   * @param {string | null} state
   */
  #finishLogin(code, state) {
    const pending = this.#pending.get(state ?? '');
    if (!pending) return json({ status: 'error:state-mismatch' }, 400);
    this.#pending.delete(/** @type {string} */ (state));
    if (pending.code !== code) return json({ status: 'error:token-exchange' }, 400);
    this.#session = pending.session;
    return json({ status: 'ok' });
  }

  #userInfo() {
    if (!this.#session) return new Response(null, { status: 401 });
    const { user, roles, profile } = this.#session;
    const { sub, roles: own } = this.#claims(user, roles);
    return json({ roles: own, ...profile, sub });
  }

  /**
   * @param {TestUser | undefined} user
   * @param {readonly string[] | undefined} roles
   * @param {string} [audience]
   * @returns {Claims}
   */
  #claims(user, roles, audience = this.audience) {
    const { lifetime, now = Date.now } = this.#options;
    return claimsOf(user, roles, { issuer: this.issuer, audience, lifetime, now: now() });
  }
}

/** @param {TestIssuerOptions} [options] */
export async function createTestIssuer(options = {}) {
  checkIssuerOptions(options);
  return new TestIssuer(options, await generateKey());
}
