// @ts-check
/** @import { Glue } from './verifier-core.js' */
import { AuthError, isAuthError } from '../dist/web/errors.js';

/**
 * Loads a wasm module once: a second call joins the first, and a failure is not remembered. One of `compile` and
 * `compileNow` is given: whether a host can compile without waiting decides whether `new` works before `create()`.
 *
 * @param {Glue} glue the generated module
 * @param {{ compile?: () => Promise<WebAssembly.Module>, compileNow?: () => WebAssembly.Module }} source
 */
export function createLoader(glue, { compile, compileNow }) {
  let isLoaded = false;
  /** @type {Promise<void> | undefined} */
  let loading;

  /** @param {WebAssembly.Module} module */
  function instantiate(module) {
    if (!isLoaded) glue.initSync({ module });
    isLoaded = true;
  }

  /** Loads the wasm, or throws if it is not loaded and that cannot be done without waiting. */
  function ready() {
    if (isLoaded) return;
    if (!compileNow) throw new AuthError('not_initialized', 'the wasm is not loaded yet: await init() or use create()');
    try {
      instantiate(compileNow());
    } catch (error) {
      throw explain(error);
    }
  }

  /** @returns {Promise<void> | void} nothing, if it is there now */
  const load = () => (isLoaded || !compile ? ready() : join(compile));

  /** @param {() => Promise<WebAssembly.Module>} compile */
  async function join(compile) {
    loading ??= compile().then(instantiate);
    try {
      await loading;
    } catch (error) {
      throw explain(error);
    } finally {
      // Set before the first await, so that two callers get one instance; cleared, so that a failure can be mended.
      loading = undefined;
    }
  }

  return { ready, load };
}

/**
 * Why the wasm could not be loaded, in words that say what to change.
 * @param {unknown} error
 */
function explain(error) {
  if (isAuthError(error)) return error;
  if (typeof WebAssembly === 'undefined') {
    return new AuthError('environment_unsupported', 'this environment lacks what is needed: WebAssembly');
  }
  // A content security policy makes compiling fail with a CompileError whose text names it, in each engine in its own words.
  if (error instanceof WebAssembly.CompileError && /Content Security Policy|unsafe-eval|CSP/i.test(error.message)) {
    return new AuthError(
      'wasm_blocked',
      "the content security policy blocks WebAssembly: add 'wasm-unsafe-eval' to script-src",
      { cause: error },
    );
  }
  return new AuthError('internal', 'the wasm could not be loaded: please report it', { cause: error });
}
