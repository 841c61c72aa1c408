// @ts-check
/**
 * Lets `using` end an object, where the host has it.
 * @template {new (...args: any[]) => { dispose(): void }} C
 * @param {C} definition
 * @returns {C}
 */
export function withDispose(definition) {
  if (Symbol.dispose) {
    Object.defineProperty(definition.prototype, Symbol.dispose, {
      configurable: true,
      writable: true,
      value: definition.prototype.dispose,
    });
  }
  return definition;
}
