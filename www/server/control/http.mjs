// @ts-check
import { Hono } from 'hono';
import { cors } from 'hono/cors';

const LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/;

/**
 * The controls over HTTP, for tests that run in a browser or in another process:
 * `POST /__control/<method>` with a JSON array of arguments (or no body), answered with the result as JSON; `GET /__control/`
 * lists the methods. Pages of other hosts are refused, by origin and by the name under which they reached this port.
 *
 * @param {import('./control.mjs').Control} control
 */
export function controlRoutes(control) {
  const methods = new Map(Object.entries(control));
  const app = new Hono();
  app.use('/__control/*', async (c, next) => {
    const origin = c.req.header('Origin');
    if (origin !== undefined && !LOOPBACK.test(origin)) return c.json({ error: 'only for pages of this machine' }, 403);
    if (!LOOPBACK.test(`http://${c.req.header('Host')}`)) return c.json({ error: 'not under this host name' }, 403);
    return next();
  });
  app.use('/__control/*', cors({ origin: (origin) => origin }));
  app.get('/__control/', (c) => c.json([...methods.keys()]));
  app.post('/__control/:method', async (c) => {
    const method = methods.get(c.req.param('method'));
    if (!method) return c.json({ error: `no such control: ${c.req.param('method')}` }, 404);
    try {
      const text = await c.req.text();
      const values = text === '' ? [] : JSON.parse(text);
      if (!Array.isArray(values)) throw new TypeError('the body must be an array of arguments');
      const call = /** @type {(...values: unknown[]) => Promise<unknown>} */ (method);
      return c.json(/** @type {any} */ ((await call(...values)) ?? null));
    } catch (error) {
      return c.json({ error: error instanceof Error ? error.message : 'failed' }, 400);
    }
  });
  return app;
}
