// @ts-check
// What is timed, the same in every host. A job is prepared (not timed) and then run (timed).

/** @typedef {import('./material.mjs').Material} Material */
/** @typedef {import('./engines.mjs').Engine} Engine */

/**
 * @typedef {object} Job
 * @property {string} engine
 * @property {import('./material.mjs').Alg} alg
 * @property {'unique' | 'repeated' | 'expired' | 'malformed' | 'forged'} task
 * @property {number} count verifications
 */

/**
 * @param {Record<string, Engine>} engines
 * @param {Material} material
 */
export function createJobs(engines, material) {
  /**
   * @param {Job} job
   * @param {boolean} [repeatCache]
   */
  async function verifier({ engine, alg }, repeatCache) {
    const tokens = material.tokens[alg];
    if (!tokens) throw new Error(`there are no tokens of ${alg}`);
    const { issuer, audience } = material;
    const made = await engines[engine]({ alg, issuer, audience, tokens, repeatCache });
    return {
      tokens,
      claims: made.claims,
      verify: made.verify,
      input: made.input ?? ((/** @type {any} */ token) => token),
    };
  }

  /**
   * Shows that an engine accepts a good token and refuses bad ones; throws if not.
   * @param {Job} job
   */
  async function prove(job) {
    const { tokens, claims, verify, input } = await verifier(job);
    const complain = (/** @type {string} */ what) => new Error(`${job.engine} ${what} (${job.alg})`);
    const result = await verify(input(tokens.good[0]));
    const [, payload] = tokens.good[0].split('.');
    const wanted = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    if (claims && JSON.stringify(claims(result)) !== JSON.stringify(wanted)) throw complain('returns other claims');
    /** @type {Record<string, string>} */
    const bad = claims
      ? {
          forged: tokens.forged[0],
          expired: tokens.expired[0],
          foreign: tokens.foreign,
          malformed: tokens.malformed[0],
        }
      : { forged: tokens.forged[0] };
    for (const [name, token] of Object.entries(bad)) {
      if (await succeeds(() => verify(input(token)))) throw complain(`accepts a token that is ${name}`);
    }
  }

  /**
   * A run of the job: fresh verifiers, so that nothing is remembered of an earlier round.
   * @param {Job} job
   * @returns {Promise<() => Promise<void>>}
   */
  async function prepare(job) {
    const { tokens, verify, input } = await verifier(job);
    if (job.task === 'repeated') return repeated(verify, tokens.good[0], job.count);
    if (job.task !== 'unique') return rejected(verify, tokens[job.task].map(input), job.count);
    const inputs = tokens.good.map(input);
    // The key is imported with the first token.
    await verify(inputs[inputs.length - 1]);
    return async () => {
      for (let at = 0; at < job.count; at += 1) await verify(inputs[at % inputs.length]);
    };
  }

  return { prove, prepare };
}

/** How many header values exist at once. */
const HEADERS = 2000;

/**
 * One token again and again, each time as a new string: cut out of a header value that came with its own request.
 * @param {(input: any) => any} verify
 * @param {string} token
 * @param {number} count
 */
async function repeated(verify, token, count) {
  const bytes = new TextEncoder().encode(`Bearer ${token}`);
  const decoder = new TextDecoder();
  const headers = Array.from({ length: HEADERS }, () => decoder.decode(bytes));
  // It is stored when it comes for the second time.
  for (let round = 0; round < 3; round += 1) await verify(token);
  return async () => {
    for (let at = 0; at < count; at += 1) await verify(headers[at % HEADERS].slice(7));
  };
}

/**
 * @param {(input: any) => any} verify
 * @param {unknown[]} inputs
 * @param {number} count
 */
async function rejected(verify, inputs, count) {
  await succeeds(() => verify(inputs[0]));
  return async () => {
    for (let at = 0; at < count; at += 1) {
      try {
        await verify(inputs[at % inputs.length]);
      } catch {
        continue;
      }
      throw new Error('a bad token was accepted');
    }
  };
}

/** @param {() => unknown} action */
async function succeeds(action) {
  try {
    await action();
    return true;
  } catch {
    return false;
  }
}
