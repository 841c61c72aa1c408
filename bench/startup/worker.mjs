// @ts-check
// A fresh isolate. An engine is imported by the request that asks for it: the bundle runs a module then.

/** @type {Record<string, () => Promise<{ firstToken: import('./measure.mjs').FirstToken }>>} */
const engines = { ours: () => import('./ours.mjs'), jose: () => import('./jose.mjs') };

export default {
  /** @param {Request} request */
  async fetch(request) {
    try {
      const engine = new URL(request.url).pathname.slice(1);
      const setting = await request.json();
      if (engine === 'nothing') return Response.json({ sub: '' });
      const { firstToken } = await engines[engine]();
      const { sub } = await firstToken(setting);
      return Response.json({ sub });
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
