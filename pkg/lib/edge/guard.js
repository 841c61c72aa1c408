// @ts-check
/** @import { AuthError } from '../../dist/web/errors.js' */
/** @import { JwtVerifierOptions } from '../../dist/types.js' */
/** @import { TokenVerifier } from './authenticate.js' */
import { FUNCTION, check, checkVerifierOptions, isFunction, isObject, optional } from '../options.js';
import { authenticate, authenticateRules, isVerifier } from './authenticate.js';
import { checkCors, preflight, withCors } from './cors.js';

/**
 * See `GuardOptions` in edge.d.ts.
 * @typedef {TokenVerifier | JwtVerifierOptions} VerifierOrOptions
 */

/** @type {() => Record<string, import('../options.js').Rule>} */
const rules = () => {
  const { ctx: _ctx, ...shared } = authenticateRules();
  return {
    ...shared,
    verifier: [
      (value) => isFunction(value) || isObject(value),
      'a JwtVerifier, its options, or a function of env that gives one of them',
    ],
    public: optional((value) => typeof value === 'boolean' || isFunction(value), 'a boolean or a function'),
    cors: optional((value) => isFunction(value) || isObject(value), 'an object, or a function of env that gives one'),
    onRefused: FUNCTION,
  };
};

/** @param {any} options */
function checkGuardOptions(options) {
  check('guard', options, rules());
  const { cors, verifier } = options;
  if (isObject(cors)) checkCors(cors);
  if (!isFunction(verifier) && !isVerifier(verifier)) checkVerifierOptions(verifier);
}

/**
 * `guard` for one host.
 * @param {new (options: any) => TokenVerifier} JwtVerifier
 * @param {() => Promise<void>} init
 */
export function defineGuard(JwtVerifier, init) {
  /**
   * See edge.d.ts.
   * @param {(request: Request, env: any, ctx: any, auth: any) => Response | Promise<Response>} handler
   * @param {any} options
   */
  return function guard(handler, options) {
    if (!isFunction(handler)) throw new TypeError('guard: handler: expected a function');
    checkGuardOptions(options);
    const { verifier: source, public: open = false, onRefused, cors: origins, ...demands } = options;
    const isOpen = (/** @type {Request} */ request) => (isFunction(open) ? open(request) === true : open);
    /** Kept for the isolate, for with it goes the key set. @type {TokenVerifier | undefined} */
    let verifier;

    /** @param {unknown} env */
    async function obtain(env) {
      const given = /** @type {VerifierOrOptions} */ (isFunction(source) ? await source(env) : source);
      await init();
      // From here on nothing is waited for: of the first requests of an isolate, all get the same verifier.
      verifier ??= isVerifier(given) ? /** @type {TokenVerifier} */ (given) : new JwtVerifier(given);
      return verifier;
    }

    /** @param {Request} request @param {any} env @param {any} ctx */
    async function answer(request, env, ctx) {
      // Whoever brings credentials is judged by them, also where none are needed.
      if (!request.headers.get('authorization') && isOpen(request)) return handler(request, env, ctx, null);
      const result = await authenticate(request, verifier ?? (await obtain(env)), { ...demands, ctx });
      if (result.ok) return handler(request, env, ctx, { claims: result.claims, token: result.token });
      onRefused?.(result.error, request);
      return result.response;
    }

    return async (/** @type {Request} */ request, /** @type {any} */ env, /** @type {any} */ ctx) => {
      const cors = isFunction(origins) ? origins(env) : origins;
      const early = cors && preflight(request, cors);
      if (early) return early;
      const response = await answer(request, env, ctx);
      return cors ? withCors(response, request, cors) : response;
    };
  };
}
