/// <reference lib="esnext.disposable" />
/**
 * The main entry without wasm: whoever imports it brings `client_bg.wasm` in the way that suits the place.
 *
 * @example
 * import wasm from 'bixarena-auth-client/client_bg.wasm'; // a Worker
 * await init(wasm);
 * @module bixarena-auth-client/slim
 */

export * from './dist/types.js';

/** The wasm: compiled, as bytes, as the answer to a request, as an address to fetch, or a module whose default export is one of these. */
export type WasmSource =
  | WebAssembly.Module
  | BufferSource
  | Response
  | URL
  | string
  | {
      /** What `import()` of a wasm file gives. */
      readonly default: WebAssembly.Module | BufferSource | Response | URL | string;
    };

/**
 * Takes the wasm and loads it. After a failure it may be called again, with another source or with none. Once loaded, it does nothing. With a
 * `WebAssembly.Module`, `new` works as soon as it was called.
 * @throws {AuthError} `not_initialized` if there is no source or what was given is none, `network_error`, `response_invalid`, `wasm_blocked`
 */
export declare function init(source?: WasmSource | Promise<WasmSource>): Promise<void>;
