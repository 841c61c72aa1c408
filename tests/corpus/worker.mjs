// @ts-check
// A Worker that runs the corpus it is sent.

import { run } from './entry.mjs';

export default {
  /** @param {Request} request */
  async fetch(request) {
    return Response.json(await run(await request.text()));
  },
};
