// @ts-check
/** @import { AuthState } from '../../dist/types.js' */
import { computed, signal } from '@angular/core';
import { AuthError } from '../../dist/web/errors.js';

/** @type {AuthState} */
const UNKNOWN = Object.freeze({ status: 'unknown' });

const refuse = async () => {
  throw new AuthError('environment_unsupported', 'nobody signs in while a page is rendered on the server');
};

/**
 * What an application has while it is rendered on the server, where nobody is known: it asks nothing, starts no timer and shares
 * nothing with another render.
 */
export function createInertAuth() {
  const nothing = signal(null).asReadonly();
  return {
    isInert: true,
    isConfiguring: false,
    state: signal(UNKNOWN).asReadonly(),
    user: nothing,
    profile: nothing,
    isAuthenticated: computed(() => false),
    hint: nothing,
    callbackError: nothing,
    wasAuthenticated: false,
    ready: async () => UNKNOWN,
    start: async () => UNKNOWN,
    hasRole: () => false,
    takeReturnTo: () => null,
    client: refuse,
    login: refuse,
    handleCallback: refuse,
    logout: refuse,
    getToken: refuse,
    getUserInfo: refuse,
    fetch: refuse,
  };
}
