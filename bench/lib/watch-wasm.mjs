// @ts-check
// Notices every wasm memory that comes to be after this module: imported before the package, it knows how large the
// package's memory is. The package itself does not show it.

/** @type {Set<WebAssembly.Memory>} */
const memories = new Set();

/** @param {WebAssembly.Instance} instance */
function notice(instance) {
  for (const value of Object.values(instance.exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
  return instance;
}

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct: (target, args) => notice(Reflect.construct(target, args)),
});

/** Octets of all wasm memories. */
export function wasmBytes() {
  if (memories.size === 0) throw new Error('no wasm memory was noticed');
  return [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
}
