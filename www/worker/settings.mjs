// @ts-check
import { JwtVerifier, createSessionExchanger } from 'bixarena-auth-client/edge';

/**
 * The Worker's variables and bindings; wrangler.jsonc names them.
 * @typedef {object} Env
 * @property {string} SERVICE_URL the auth service
 * @property {string} UPSTREAM_URL the service behind `/api/upstream`
 * @property {{ fetch: typeof fetch }} [AUTH] the auth service as a service binding, if it is a Worker too
 * @property {string} [ISSUER]
 * @property {string} [AUDIENCE] of the bearers for this Worker's own API
 * @property {string} [ALLOWED_ORIGINS] separated by spaces; for a UI of another origin
 */

/** One of each an isolate: they keep the key set, what was verified, and the tokens of sessions. */
let verifier = /** @type {JwtVerifier | undefined} */ (undefined);
let sessions = /** @type {import('bixarena-auth-client/edge').SessionExchanger | undefined} */ (undefined);

/** @param {Env} env */
export function verifierOf(env) {
  return (verifier ??= new JwtVerifier({
    jwksUrl: `${env.SERVICE_URL}/.well-known/jwks.json`,
    issuer: env.ISSUER ?? 'urn:bixarena:auth',
    audience: env.AUDIENCE ?? 'urn:bixarena:auth',
    requiredClaims: ['sub'],
    // A new isolate of the data centre starts with the set that another one has fetched.
    jwksCache: { store: 'cache-api' },
    fetch: serviceFetch(env),
  }));
}

/** @param {Env} env */
export function sessionsOf(env) {
  return (sessions ??= createSessionExchanger({
    baseUrl: env.SERVICE_URL,
    routes: 'oauth2',
    verifier: verifierOf(env),
    fetch: serviceFetch(env),
    trustedOrigins: originsOf(env),
    clientAddressHeader: CLIENT_ADDRESS_HEADER,
  }));
}

/** Where the service and the upstream look for the address of the client. */
export const CLIENT_ADDRESS_HEADER = 'X-Forwarded-For';

/**
 * The way to the auth service. A binding's method needs its binding.
 * @param {Env} env
 * @returns {typeof fetch}
 */
export const serviceFetch = ({ AUTH }) => (AUTH ? AUTH.fetch.bind(AUTH) : globalThis.fetch.bind(globalThis));

/** @param {Env} env */
const originsOf = ({ ALLOWED_ORIGINS = '' }) => ALLOWED_ORIGINS.split(' ').filter((origin) => origin !== '');

/** @param {Env} env */
export const corsOf = (env) => ({ origins: originsOf(env), methods: ['GET'], headers: ['Authorization'] });
