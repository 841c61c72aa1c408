// @ts-check

/**
 * Cloudflare Workers: the wasm is compiled when the Worker is deployed and imported as a module; compiling bytes is forbidden.
 * A promise must not be awaited by another request than the one that made it.
 *
 * @param {any} glue the generated module
 * @param {WebAssembly.Module} module
 */
export function workerdHost(glue, module) {
  let isLoaded = false;
  const ready = () => {
    if (!isLoaded) glue.initSync({ module });
    isLoaded = true;
  };
  return { glue, ready, load: ready, ...workerdTraits() };
}

/** What is so wherever the wasm comes from. */
export function workerdTraits() {
  return {
    jwksRequest: /** @type {RequestInit} */ ({ redirect: 'manual' }),
    sharesPromises: false,
    // Workers with a compatibility date before September 2025 take it along.
    forwardsBearer: true,
  };
}
