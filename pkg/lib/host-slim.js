// @ts-check
/** @import { Source } from './wasm-source.js' */
/** @import { Host } from './verifier-core.js' */
import { AuthError } from '../dist/web/errors.js';
import { createLoader } from './load.js';
import { compileSource } from './wasm-source.js';

/** @typedef {Source | { default: Source }} Given */

/**
 * A host whose wasm the caller brings.
 * @param {any} glue the generated module
 * @param {Omit<Host, 'glue' | 'ready' | 'load'>} traits
 * @returns {Host & { init: (source?: Given | Promise<Given>) => Promise<void> }}
 */
export function slimHost(glue, traits) {
  /** @type {Given | Promise<Given> | undefined} */
  let source;
  const need = () => {
    if (source === undefined) throw new AuthError('not_initialized', 'there is no wasm yet: give it to init() first');
    return source;
  };
  const loader = createLoader(glue, {
    compile: async () => compileSource(await need()),
    // A module needs no waiting: `new` works once init() was called with one.
    compileNow: () => {
      const given = need();
      if (given instanceof WebAssembly.Module) return given;
      throw new AuthError('not_initialized', 'the wasm is not loaded yet: await init() or use create()');
    },
  });

  /** @param {Given | Promise<Given>} [given] in place of what an earlier call was given, if that did not load */
  const init = async (given) => {
    source = given ?? source;
    // At once: a Worker verifies in requests, which must not wait for what began outside of them.
    if (source instanceof WebAssembly.Module) loader.ready();
    return loader.load();
  };
  return { glue, ...loader, ...traits, init };
}
