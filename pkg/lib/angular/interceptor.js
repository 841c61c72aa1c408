// @ts-check
/** @import { AuthInterceptorOptions, BearerRule } from '../../angular.js' */
/** @import { HttpEvent, HttpInterceptorFn, HttpRequest } from '@angular/common/http' */
/** @import { BrowserAuth } from './browser-auth.js' */
import { inject, untracked } from '@angular/core';
import { catchError, defer, switchMap, throwError } from 'rxjs';
import { isAuthError } from '../../dist/web/errors.js';
import { differing } from '../auth-fetch.js';
import { check, isFunction, isList, isObject, isText, optional } from '../options.js';
import { Auth } from './provide.js';

const isAddress = (/** @type {unknown} */ value) =>
  isText(value) && /^(\/(?!\/)|https?:\/\/)/i.test(/** @type {string} */ (value));

/** @type {() => Record<string, import('../options.js').Rule>} */
const bearerRules = () => ({
  match: [
    (value) => isFunction(value) || value instanceof RegExp || isAddress(value),
    'a path that begins with one slash, an http or https address, a regular expression, or a function',
  ],
  audience: optional(isText, 'a string'),
  optional: optional((value) => typeof value === 'boolean', 'a boolean'),
});

/**
 * @param {AuthInterceptorOptions} [options]
 * @returns {HttpInterceptorFn}
 */
export function authInterceptor(options = {}) {
  const isRules = (/** @type {unknown} */ value) => isList(value, isObject, 0);
  check('authInterceptor', options, { bearer: optional(isRules, 'an array of { match, audience?, optional? }') });
  const { bearer = [] } = options;
  for (const rule of bearer) check('authInterceptor: bearer', rule, bearerRules());
  /** For each application: the token that was refused although it was new, by origin. @type {WeakMap<object, Map<string, string>>} */
  const memory = new WeakMap();

  return (request, next) => {
    const auth = inject(Auth);
    if (auth.isInert || auth.isConfiguring || bearer.length === 0 || request.headers.has('authorization'))
      return next(request);
    const address = new URL(request.urlWithParams, globalThis.document?.baseURI ?? globalThis.location?.href);
    const rule = bearer.find(({ match }) => matches(match, address, request));
    if (rule === undefined) return next(request);
    const refused = memory.get(auth) ?? new Map();
    memory.set(auth, refused);
    const tokens = new Tokens(/** @type {BrowserAuth} */ (auth), rule, address);
    /** @param {string} token */
    const send = (token) => next(request.clone({ setHeaders: { authorization: `Bearer ${token}` } }));
    return defer(() => tokens.first()).pipe(
      switchMap((token) => (token === null ? next(request) : sendTwice(token, tokens, refused, send))),
    );
  };
}

/**
 * Once more after a `401`, if that brings another token of the same user: as `AuthClient.fetch` does.
 * @param {string} token
 * @param {Tokens} tokens
 * @param {Map<string, string>} refused
 * @param {(token: string) => import('rxjs').Observable<HttpEvent<unknown>>} send
 */
function sendTwice(token, tokens, refused, send) {
  const is401 = (/** @type {any} */ error) => error?.status === 401;
  return send(token).pipe(
    catchError((error) => {
      // One token is refused twice at most: a service that refuses whatever it gets must not cost a mint a call.
      if (!is401(error) || refused.get(tokens.origin) === token) return throwError(() => error);
      return defer(() => tokens.other(token)).pipe(
        switchMap((other) => {
          if (other === token) return throwError(() => error);
          return send(other).pipe(
            catchError((second) => {
              if (is401(second)) refused.set(tokens.origin, other);
              return throwError(() => second);
            }),
          );
        }),
      );
    }),
  );
}

/** The tokens for one request. */
class Tokens {
  #auth;
  #rule;
  #address;
  /** @type {string | undefined} */
  #audience;
  /** @type {string | undefined} */
  #user;

  /**
   * @param {BrowserAuth} auth
   * @param {BearerRule} rule
   * @param {URL} address
   */
  constructor(auth, rule, address) {
    this.#auth = auth;
    this.#rule = rule;
    this.#address = address;
  }

  get origin() {
    return this.#address.origin;
  }

  /** The token at hand; `null` where the request goes without: a rule sends no token to an origin that is not listed. */
  async first() {
    try {
      const place = await this.#auth.placeOf(this.#address.href);
      if (place === undefined) return null;
      this.#audience = this.#rule.audience ?? place.audience;
      const token = await this.#ask(false);
      this.#user = this.#who();
      return token;
    } catch (error) {
      if (this.#rule.optional && isAuthError(error)) return null;
      throw error;
    }
  }

  /**
   * Another one, or the same if there is none of the same user.
   * @param {string} token
   */
  async other(token) {
    const other = await differing(token, (isForced) => this.#ask(isForced)).catch(() => token);
    return this.#who() === this.#user ? other : token;
  }

  /** @param {boolean} forceRefresh */
  #ask(forceRefresh) {
    return this.#auth.getToken({ audience: this.#audience, forceRefresh });
  }

  #who() {
    return untracked(this.#auth.user)?.sub;
  }
}

/**
 * @param {BearerRule['match']} match
 * @param {URL} address
 * @param {HttpRequest<unknown>} request
 */
function matches(match, address, request) {
  if (typeof match === 'function') return match(request);
  // `search` heeds no position that an earlier call has left.
  if (match instanceof RegExp) return address.href.search(match) >= 0;
  const { origin, pathname } = new URL(match, globalThis.location?.href);
  const folder = pathname.endsWith('/') ? pathname : `${pathname}/`;
  return origin === address.origin && (address.pathname === pathname || address.pathname.startsWith(folder));
}
