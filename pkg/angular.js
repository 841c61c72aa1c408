// @ts-check
export { AuthError, isAuthError } from './dist/web/errors.js';
export { Auth, injectAuth, provideAuth, provideAuthTesting } from './lib/angular/provide.js';
export { authCallbackGuard, authGuard } from './lib/angular/guards.js';
export { authInterceptor } from './lib/angular/interceptor.js';
