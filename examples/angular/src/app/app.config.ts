import { provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import { provideBrowserGlobalErrorListeners, type ApplicationConfig } from '@angular/core';
import { provideClientHydration, withEventReplay } from '@angular/platform-browser';
import { provideRouter, withEnabledBlockingInitialNavigation } from '@angular/router';
import { authInterceptor, provideAuth, type AuthClientOptions } from 'bixarena-auth-client/angular';
import { routes } from './app.routes';
import { changeDetection } from './change-detection';

/** Known at run time: one build serves every deployment. */
async function loadOptions(): Promise<AuthClientOptions> {
  return (await fetch('/config.json')).json();
}

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    changeDetection,
    provideRouter(routes, withEnabledBlockingInitialNavigation()),
    provideClientHydration(withEventReplay()),
    provideHttpClient(withFetch(), withInterceptors([authInterceptor({ bearer: [{ match: '/api' }] })])),
    provideAuth(loadOptions),
  ],
};
