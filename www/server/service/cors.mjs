// @ts-check

const METHODS = ['GET', 'POST', 'OPTIONS'];
const REQUEST_HEADERS = ['Authorization', 'Content-Type'];
const EXPOSED = ['Retry-After', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];
const ALLOWED = new Set(REQUEST_HEADERS.map((name) => name.toLowerCase()));

/**
 * The service's CORS list. An origin that is not on it is refused outright, not merely left without headers: the
 * session cookie would come along with a simple POST.
 *
 * @param {Set<string>} origins
 * @returns {import('hono').MiddlewareHandler}
 */
export function cors(origins) {
  return async (c, next) => {
    const origin = c.req.header('Origin');
    if (origin === undefined) return next();
    if (!origins.has(origin)) return new Response('Invalid CORS request', { status: 403, headers: { Vary: 'Origin' } });
    if (isPreflight(c.req)) return preflight(origin, c.req);
    await next();
    c.res.headers.set('Access-Control-Allow-Origin', origin);
    c.res.headers.set('Access-Control-Allow-Credentials', 'true');
    c.res.headers.set('Access-Control-Expose-Headers', EXPOSED.join(', '));
    c.res.headers.append('Vary', 'Origin');
  };
}

/** @param {import('hono').HonoRequest} request */
export function isPreflight(request) {
  return request.method === 'OPTIONS' && request.header('Access-Control-Request-Method') !== undefined;
}

/**
 * @param {string} origin
 * @param {import('hono').HonoRequest} request
 */
function preflight(origin, request) {
  const method = request.header('Access-Control-Request-Method') ?? '';
  const wanted = (request.header('Access-Control-Request-Headers') ?? '').split(',').map((name) => name.trim());
  const fits = METHODS.includes(method) && wanted.every((name) => name === '' || ALLOWED.has(name.toLowerCase()));
  if (!fits) return new Response('Invalid CORS request', { status: 403, headers: { Vary: 'Origin' } });
  return new Response(null, {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': METHODS.join(', '),
      'Access-Control-Allow-Headers': REQUEST_HEADERS.join(', '),
      'Access-Control-Max-Age': '600',
      Vary: 'Origin',
    },
  });
}
