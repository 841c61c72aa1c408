// @ts-check
// What runs in workerd. Its clocks stand still while it computes, so that it is timed from outside: `/prepare` does what
// is not to be timed, `/run` the rest, and `/nothing` tells what a request costs.

import { engines } from '../lib/engines.mjs';
import { createJobs } from '../lib/jobs.mjs';

/** @type {ReturnType<typeof createJobs>} */
let jobs;
/** @type {() => Promise<void>} */
let run;

/** @type {Record<string, (body: any) => unknown>} */
const routes = {
  '/open'(material) {
    jobs = createJobs(engines, material);
    return Object.keys(engines);
  },
  '/prove': (job) => jobs.prove(job),
  async '/prepare'(job) {
    run = await jobs.prepare(job);
  },
  '/run': () => run(),
  '/nothing': () => undefined,
};

export default {
  /** @param {Request} request */
  async fetch(request) {
    try {
      const body = await request.text();
      const answer = await routes[new URL(request.url).pathname](body === '' ? undefined : JSON.parse(body));
      return Response.json(answer ?? null);
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
