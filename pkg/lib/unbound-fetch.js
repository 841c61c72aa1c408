// @ts-check

/**
 * The mistake that a service binding invites: `fetch: env.AUTH.fetch` is a method without its object and fails at every call, as
 * if the service were down. Undefined for whatever else a `fetch` rejects with.
 * @param {any} thrown
 */
export const unboundFetch = (thrown) =>
  /illegal invocation/i.test(thrown?.message)
    ? new TypeError('fetch: found a method without its object: bind it, env.AUTH.fetch.bind(env.AUTH)')
    : undefined;
