// @ts-check

/** Methods that change nothing (RFC 9110 §9.2.1), as far as browsers send them across origins. */
const SAFE = ['GET', 'HEAD', 'OPTIONS'];

/**
 * The cookies of that name as the client sent them, or undefined. All of them if there are several: which one counts is the
 * service's decision.
 * @param {Request} request
 * @param {string} name
 */
export function sessionCookie(request, name) {
  const cookies = (request.headers.get('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`) && pair.length > name.length + 1);
  return cookies.length === 0 ? undefined : cookies.join('; ');
}

/**
 * Whether a cookie may count: `SameSite=Lax` does not stop a form on a sibling subdomain.
 * @param {Request} request
 * @param {string[]} trustedOrigins
 */
export function isOwnRequest({ method, url, headers }, trustedOrigins) {
  if (SAFE.includes(method)) return true;
  const origin = headers.get('origin');
  if (origin !== null && (origin === new URL(url).origin || trustedOrigins.includes(origin))) return true;
  // A page without referrer sends `Origin: null` to its own origin; no page can choose this header.
  return headers.get('sec-fetch-site') === 'same-origin';
}

/** @param {string} text */
export async function sha256(text) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (octet) => octet.toString(16).padStart(2, '0')).join('');
}
