// @ts-check
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** @type {Readonly<Record<string, string>>} */
const TYPES = Object.freeze({
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
});

/**
 * Serves a folder. A path without a file and without an extension is a route of the application, and gets its index.html.
 *
 * @param {string} folder
 * @param {string | null} csp the Content-Security-Policy of HTML pages
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export async function serveFile(folder, csp, request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return response.writeHead(405, { Allow: 'GET, HEAD' }).end();
  }
  const path = decodedPath(request.url ?? '/');
  const file =
    path && ((await sizeOf(folder, path)) ?? (extname(path) === '' ? await sizeOf(folder, 'index.html') : null));
  if (!file) return response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('Not found\n');
  const type = TYPES[extname(file.path).toLowerCase()] ?? 'application/octet-stream';
  response.writeHead(200, {
    'Content-Type': type,
    'Content-Length': file.size,
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    ...(csp && type.startsWith('text/html') ? { 'Content-Security-Policy': csp } : {}),
  });
  if (request.method === 'HEAD') return response.end();
  return createReadStream(file.path)
    .on('error', () => response.destroy())
    .pipe(response);
}

/** @param {string} url */
function decodedPath(url) {
  try {
    return decodeURIComponent(new URL(url, 'http://apex').pathname);
  } catch {
    return null;
  }
}

/**
 * @param {string} folder
 * @param {string} path
 * @returns {Promise<{ path: string, size: number } | null>} null if there is no such file inside the folder
 */
async function sizeOf(folder, path) {
  const root = normalize(folder + sep);
  const full = join(root, path.endsWith('/') ? `${path}index.html` : path);
  if (!full.startsWith(root) || full.includes('\0')) return null;
  try {
    const found = await stat(full);
    return found.isFile() ? { path: full, size: found.size } : null;
  } catch {
    return null;
  }
}
