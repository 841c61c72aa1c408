/// <reference lib="esnext.disposable" />
/**
 * The verifier's entry without wasm: whoever imports it brings `verifier_bg.wasm` to {@link init}.
 * @module bixarena-auth-client/slim/verifier
 */

export { AuthError, JwtVerifier, isAuthError } from './dist/types.js';
export { init, type WasmSource } from './slim.js';
export type * from './verifier.js';
