// @ts-check
import { isAuthPath } from '../service/operations.mjs';
import { proxy } from './proxy.mjs';
import { serveFile } from './static.mjs';

/**
 * One origin in front of everything. With `serviceUrl` it is the production set-up: the UI, the auth routes, the API. Without,
 * it is the UI's development server: the UI and the API, while the service has an origin of its own.
 *
 * @typedef {object} Front
 * @property {string | null} serviceUrl
 * @property {string | null} workerUrl
 * @property {string | null} folder the built UI
 * @property {string | null} uiUrl a server of the UI's own, in place of the folder
 * @property {string | null} csp
 */

/**
 * @param {Front} front read at every request, so that it may change
 * @returns {import('../listen.mjs').Handler}
 */
export function createApex(front) {
  return (request, response) => {
    const url = request.url ?? '/';
    const path = url.split('?')[0] ?? '/';
    if (front.serviceUrl && isAuthPath(path)) return proxy(new URL(front.serviceUrl + url), request, response);
    if (path === '/api' || path.startsWith('/api/')) {
      if (front.workerUrl) return proxy(new URL(front.workerUrl + url), request, response);
      return response.writeHead(503).end();
    }
    if (front.uiUrl) return proxy(new URL(front.uiUrl + url), request, response);
    if (front.folder) return serveFile(front.folder, front.csp, request, response);
    return response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('No UI is served here\n');
  };
}
