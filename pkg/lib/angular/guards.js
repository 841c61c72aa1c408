// @ts-check
/** @import { AuthState } from '../../dist/types.js' */
/** @import { AuthGuardOptions, AuthCallbackGuardOptions, Denial, DeniedHandler } from '../../angular.js' */
/** @import { ActivatedRouteSnapshot, CanActivateFn, GuardResult, RouterStateSnapshot } from '@angular/router' */
import { Location } from '@angular/common';
import { EnvironmentInjector, ErrorHandler, inject, runInInjectionContext, untracked } from '@angular/core';
import { RedirectCommand, Router } from '@angular/router';
import { FUNCTION, check, isList, isText, optional } from '../options.js';
import { Auth } from './provide.js';

/** @type {() => Record<string, import('../options.js').Rule>} */
const guardRules = () => ({
  roles: optional((value) => isText(value) || isList(value, isText, 0), 'a role, or an array of roles'),
  onDenied: FUNCTION,
  server: optional((value) => value === 'pass' || value === 'deny', "'pass' or 'deny'"),
});

/**
 * @param {AuthGuardOptions} [options]
 * @returns {CanActivateFn}
 */
export function authGuard(options = {}) {
  check('authGuard', options, guardRules());
  const { onDenied = signIn, server = 'pass' } = options;
  const roles = [options.roles ?? []].flat();
  return (route, snapshot) => {
    const auth = inject(Auth);
    const injector = inject(EnvironmentInjector);
    /** @param {AuthState} state */
    const decide = (state) => {
      const reason = reasonAgainst(
        state,
        roles.every((role) => auth.hasRole(role)),
      );
      return reason === null || ask(injector, () => onDenied({ reason, state }, route, snapshot));
    };
    const known = untracked(auth.state);
    if (auth.isInert) return server === 'pass' || decide(known);
    return known.status === 'unknown' ? auth.start().then(decide) : untracked(() => decide(known));
  };
}

/**
 * @param {AuthCallbackGuardOptions} [options]
 * @returns {CanActivateFn}
 */
export function authCallbackGuard(options = {}) {
  check('authCallbackGuard', options, { onError: FUNCTION });
  return async () => {
    const auth = inject(Auth);
    if (auth.isInert) return true;
    const injector = inject(EnvironmentInjector);
    const router = inject(Router);
    const location = inject(Location);
    // In place of the callback page, so that nobody comes back to it. Angular's own mock of `Location` normalizes to null.
    const leave = (/** @type {string} */ path) =>
      new RedirectCommand(router.parseUrl(location.normalize(path) ?? path), { replaceUrl: true });
    try {
      return leave((await auth.handleCallback()).returnTo);
    } catch (error) {
      // A sign-in that failed says nothing about a session that was there before.
      await auth.start();
      const { onError } = options;
      const answer = onError && (await ask(injector, () => onError(/** @type {any} */ (error))));
      return answer || leave('/');
    }
  };
}

/**
 * @param {AuthState} state
 * @param {boolean} hasRoles
 * @returns {Denial['reason'] | null}
 */
function reasonAgainst({ status }, hasRoles) {
  if (status !== 'authenticated') return status;
  return hasRoles ? null : 'roles';
}

/**
 * What the application answers, or that the navigation does not happen.
 * @param {EnvironmentInjector} injector
 * @param {() => GuardResult | void | Promise<GuardResult | void>} answer
 * @returns {GuardResult | Promise<GuardResult>}
 */
function ask(injector, answer) {
  const result = runInInjectionContext(injector, answer);
  return result instanceof Promise ? result.then((one) => one ?? false) : (result ?? false);
}

/**
 * What is done about a denial unless the application says otherwise: to the sign-in and back, or to the home page.
 * @type {DeniedHandler}
 */
function signIn({ reason }, _route, { url }) {
  const router = inject(Router);
  if (reason !== 'anonymous') return router.navigated || url === '/' ? false : router.parseUrl('/');
  const errors = inject(ErrorHandler);
  inject(Auth)
    .login({ returnTo: inject(Location).prepareExternalUrl(url) })
    .catch((error) => errors.handleError(error));
  return false;
}
