// @ts-check
// Angular in Node: providers, guards and interceptors need no document, only components do.
import { provideLocationMocks } from '@angular/common/testing';
import { DOCUMENT, ErrorHandler, PLATFORM_ID, provideZonelessChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import { provideRouter } from '@angular/router';
import { afterEach } from 'node:test';

TestBed.initTestEnvironment(
  BrowserTestingModule,
  platformBrowserTesting([{ provide: DOCUMENT, useValue: { querySelectorAll: () => [] } }]),
);

afterEach(() => void TestBed.resetTestingModule());

/**
 * An application in a browser, with its initializers run.
 * @param {import('@angular/core').EnvironmentProviders | never[]} auth
 * @param {{ platform?: 'browser' | 'server', routes?: import('@angular/router').Routes, providers?: any[],
 *   changeDetection?: import('@angular/core').EnvironmentProviders }} [more]
 */
export function startApplication(auth, more = {}) {
  const {
    platform = 'browser',
    routes = [],
    providers = [],
    changeDetection = provideZonelessChangeDetection(),
  } = more;
  /** What Angular's ErrorHandler was told. @type {unknown[]} */
  const errors = [];
  TestBed.configureTestingModule({
    providers: [
      changeDetection,
      provideLocationMocks(),
      provideRouter(routes),
      { provide: PLATFORM_ID, useValue: platform },
      { provide: ErrorHandler, useValue: { handleError: (/** @type {unknown} */ error) => errors.push(error) } },
      auth,
      providers,
    ],
  });
  /** @template T @param {import('@angular/core').ProviderToken<T>} token */
  const get = (token) => TestBed.inject(token);
  get(PLATFORM_ID);
  return { get, errors };
}
