// @ts-check
// A Worker that runs the vectors it is sent.

import { runWycheproof } from './run.mjs';

export default {
  /** @param {Request} request */
  async fetch(request) {
    return Response.json(await runWycheproof(await request.json()));
  },
};
