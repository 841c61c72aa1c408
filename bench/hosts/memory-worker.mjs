// @ts-check
// What runs in workerd when memory is measured.

import { openLoad } from '../lib/load.mjs';

/** @type {(count: number) => Promise<number>} */
let load;

export default {
  /** @param {Request} request */
  async fetch(request) {
    try {
      const body = await request.json();
      if (new URL(request.url).pathname === '/run') return Response.json(await load(body));
      load = await openLoad(body.material, body.load);
      return Response.json(null);
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
