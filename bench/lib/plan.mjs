// @ts-check
// What is measured, and how often.

/** @typedef {import('./jobs.mjs').Job} Job */

/**
 * @typedef {object} Series engines that are compared with each other, in turn, round by round
 * @property {string} title
 * @property {'µs' | 'ns'} unit of one verification
 * @property {Omit<Job, 'engine'>} job
 * @property {string[]} engines
 */

const PEERS = ['raw', 'ours', 'jose', 'aws-jwt-verify', 'hono', 'fast-jwt'];

/**
 * @param {number} tokens distinct tokens
 * @returns {Series[]}
 */
export function plan(tokens) {
  const half = Math.ceil(tokens / 2);
  const unique = (/** @type {Job['alg']} */ alg, /** @type {number} */ count, /** @type {string[]} */ engines) => ({
    title: `${alg}, ${count} distinct tokens`,
    unit: /** @type {const} */ ('µs'),
    job: { alg, task: /** @type {const} */ ('unique'), count },
    engines,
  });
  const bad = (/** @type {Job['task']} */ task, /** @type {string} */ title, /** @type {string[]} */ engines) => ({
    title,
    unit: /** @type {const} */ ('µs'),
    job: { alg: /** @type {const} */ ('RS256'), task, count: tokens },
    engines,
  });
  return [
    unique('RS256', tokens, PEERS),
    unique('ES256', half, ['raw', 'ours', 'jose']),
    unique('EdDSA', half, ['raw', 'ours', 'jose']),
    unique('PS256', tokens, ['raw', 'ours', 'jose']),
    {
      title: 'RS256, one token again and again, each time a new string, awaited',
      unit: 'ns',
      job: { alg: 'RS256', task: 'repeated', count: 50 * tokens },
      engines: ['ours'],
    },
    bad('expired', 'RS256, rejected: expired', ['ours', 'jose']),
    bad('malformed', 'RS256, rejected: malformed', ['ours', 'jose']),
    bad('forged', 'RS256, rejected: the signature', ['raw', 'ours', 'jose']),
  ];
}

/** The algorithms of the plan. @type {Job['alg'][]} */
export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'PS256'];

/** Rounds that are run first and not counted: engines are compiled then. */
const WARM_UP = 3;

/**
 * @typedef {object} Result of one engine in a series
 * @property {string} engine
 * @property {number} p10 in the unit of the series, for one verification
 * @property {number} p50
 * @property {Record<string, { p10: number, p50: number }>} of ratios to `raw` and `jose`, where these were measured too
 */

/**
 * Measures a series: in each round every engine in turn, so that what disturbs the machine disturbs all of them.
 * @param {import('../hosts/node.mjs').Host} host
 * @param {Series} series
 * @param {number} rounds
 * @returns {Promise<Result[]>}
 */
export async function measureSeries(host, { job, unit, engines }, rounds) {
  const present = engines.filter((engine) => host.engines.includes(engine));
  for (const engine of present) await host.prove({ ...job, engine });
  /** @type {Map<string, number[]>} */
  const times = new Map(present.map((engine) => [engine, []]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    // Another one begins each round.
    const first = (round + WARM_UP) % present.length;
    for (const engine of [...present.slice(first), ...present.slice(0, first)]) {
      const milliseconds = await host.measure({ ...job, engine });
      const one = (milliseconds * (unit === 'µs' ? 1e3 : 1e6)) / job.count;
      if (round >= 0) times.get(engine)?.push(one);
    }
  }
  return withRatios(present.map((engine) => ({ engine, ...percentiles(times.get(engine) ?? []) })));
}

/** @param {number[]} values */
export function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => sorted[Math.floor((sorted.length - 1) * part)];
  return { p10: at(0.1), p50: at(0.5) };
}

/**
 * @param {{ engine: string, p10: number, p50: number }[]} results
 * @returns {Result[]}
 */
export function withRatios(results) {
  return results.map((result) => {
    const bases = results.filter(({ engine }) => ['raw', 'jose'].includes(engine) && engine !== result.engine);
    const of = bases.map((base) => [base.engine, { p10: result.p10 / base.p10, p50: result.p50 / base.p50 }]);
    return { ...result, of: Object.fromEntries(of) };
  });
}
