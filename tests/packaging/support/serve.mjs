// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { listen } from '../../../www/server/listen.mjs';

/** All that the package needs of a content security policy. */
export const STRICT_CSP =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";

/**
 * The headers for a page with inline scripts of somebody else (an import map, what a tool puts in): the strict policy, and the
 * digests of these scripts.
 * @param {string} html
 */
export function strictFor(html) {
  const scripts = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([^]*?)<\/script>/g)].map((match) => match[1]);
  const digests = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return {
    'content-security-policy': STRICT_CSP.replace("script-src 'self'", ["script-src 'self'", ...digests].join(' ')),
  };
}

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * Serves the files of a folder on loopback.
 * @param {string} folder
 * @param {{ headers?: Record<string, string>, fallback?: string }} [options] headers of every answer, the strict policy by
 *   default; the file that answers what does not exist, as applications with routes of their own need it
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve(folder, options = {}) {
  const { headers = { 'content-security-policy': STRICT_CSP }, fallback } = options;
  const { url, handle, close } = await listen({ name: 'server of a consumer', option: 'port' });
  handle(({ url: wanted = '/' }, response) => {
    const file = find(folder, new URL(wanted, 'http://localhost').pathname, fallback);
    if (!file) return void response.writeHead(404, headers).end();
    response.writeHead(200, { ...headers, 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(readFileSync(file));
  });
  return { url, close };
}

/**
 * @param {string} folder
 * @param {string} path
 * @param {string} [fallback]
 */
function find(folder, path, fallback) {
  // What is left of `..` after this stays below the folder.
  const wanted = join(folder, normalize(join('/', decodeURIComponent(path))));
  const candidates = [wanted, join(wanted, 'index.html'), ...(fallback ? [join(folder, fallback)] : [])];
  return candidates.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}
