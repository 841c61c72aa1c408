// @ts-check
import assert from 'node:assert/strict';
import { operations } from '../../../www/server/service/operations.mjs';
import { Browser } from './browser.mjs';

/** @typedef {import('../../../www/server/stack.mjs').Stack} Stack */
/** @typedef {import('../../../www/server/service/operations.mjs').OperationName} OperationName */
/** @typedef {'v1' | 'oauth2'} Routes */

/**
 * Where an operation is, as a browser sees it.
 *
 * @param {Stack} stack
 * @param {OperationName} operation
 * @param {Routes} [routes]
 * @param {Record<string, string>} [query]
 */
export function urlOf(stack, operation, routes = 'v1', query = {}) {
  const path = operations[operation][routes];
  assert.ok(path, `${operation} is not among the ${routes} routes`);
  const url = new URL(stack.baseUrl.oauth2 + path);
  url.search = new URLSearchParams(query).toString();
  return url;
}

/**
 * From `start` to the provider's login page.
 *
 * @param {Stack} stack
 * @param {Browser} browser
 * @param {Routes} [routes]
 * @param {Record<string, string>} [query]
 */
export async function openLogin(stack, browser, routes = 'v1', query = {}) {
  const page = await browser.navigate(urlOf(stack, 'start', routes, query));
  assert.equal(page.url.origin, stack.providerUrl);
  assert.equal(page.answer?.status, 200);
  return { url: page.url, html: await page.answer.text() };
}

/**
 * Chooses an account on the login page and comes back as far as the UI.
 *
 * @param {Stack} stack
 * @param {Browser} browser
 * @param {URL} loginPage
 * @param {Record<string, string>} form
 */
export async function submitLogin(stack, browser, loginPage, form) {
  const back = await browser.navigate(`${loginPage.href}/sign-in`, {
    form,
    stop: (url) => url.origin === stack.appUrl && !isCallbackOperation(url),
  });
  return back.url;
}

/** @param {URL} url */
function isCallbackOperation(url) {
  return url.pathname === operations.callback.v1 || url.pathname === operations.callback.oauth2;
}

/**
 * The code and state of a login that has come back to the UI's callback page.
 *
 * @param {Stack} stack
 * @param {Browser} browser
 * @param {string} [username]
 * @param {Routes} [routes]
 * @returns {Promise<{ code: string, state: string }>}
 */
export async function comeBack(stack, browser, username = 'maya', routes = 'v1') {
  const login = await openLogin(stack, browser, routes);
  const back = await submitLogin(stack, browser, login.url, { account: username });
  assert.equal(back.href.split('?')[0], `${stack.appUrl}/callback`);
  const { code = '', state = '' } = Object.fromEntries(back.searchParams);
  assert.ok(code && state);
  return { code, state };
}

/**
 * What the callback page does with them.
 *
 * @param {Stack} stack
 * @param {Browser} browser
 * @param {Record<string, string>} query
 * @param {Routes} [routes]
 */
export function callBack(stack, browser, query, routes = 'v1') {
  return browser.fetch(urlOf(stack, 'callback', routes, query), { headers: { Accept: 'application/json' } });
}

/**
 * A browser that went all the way through the provider.
 *
 * @param {Stack} stack
 * @param {string} [username]
 * @param {Routes} [routes]
 */
export async function signIn(stack, username = 'maya', routes = 'v1') {
  const browser = new Browser();
  const answer = await callBack(stack, browser, await comeBack(stack, browser, username, routes), routes);
  assert.equal(answer.status, 200);
  return browser;
}
