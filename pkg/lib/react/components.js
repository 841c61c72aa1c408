// @ts-check
/** @import { Auth, AuthProviderProps, RequireRoleProps } from '../../react.js' */
import { createContext, createElement, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { AuthStore } from './store.js';

const AuthContext = /* @__PURE__ */ createContext(/** @type {AuthStore | null} */ (null));

/** @param {AuthProviderProps} props */
export function AuthProvider({ client, options, onReturn, children }) {
  if (client && options) throw new TypeError('AuthProvider: expected client or options, found both');
  const [kept, keep] = useState(() => new AuthStore(client, options));
  let store = kept;
  if (store.given !== client) {
    store = new AuthStore(client, options);
    keep(store);
  }
  useEffect(() => {
    store.onReturn = onReturn;
  });
  useEffect(store.mount, [store]);
  return createElement(AuthContext.Provider, { value: store }, children);
}

/** @returns {Auth} */
export function useAuth() {
  const store = useContext(AuthContext);
  if (store === null) throw new Error('useAuth: there is no <AuthProvider> above this component');
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}

/** @param {RequireRoleProps} props */
export function RequireRole({ role = [], autoLogin = false, fallback = null, children }) {
  const auth = useAuth();
  const { state, login } = auth;
  const leaves = autoLogin && state.status === 'anonymous';
  const left = useRef(/** @type {unknown} */ (null));
  useEffect(() => {
    // Once for each time that nobody is signed in: StrictMode runs an effect twice.
    if (!leaves || left.current === state) return;
    left.current = state;
    login().catch(() => {});
  }, [leaves, state, login]);
  const roles = [role].flat();
  const isAllowed = auth.isAuthenticated && (roles.length === 0 || roles.some((one) => auth.hasRole(one)));
  if (isAllowed) return children;
  const reason = state.status === 'authenticated' ? 'denied' : state.status;
  return typeof fallback === 'function' ? fallback(reason, auth) : fallback;
}
