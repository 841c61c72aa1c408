// @ts-check
/**
 * Lets `using` end an object, where the host has it.
 * @template {new (...args: any[]) => { dispose(): void }} C
 * @param {C} definition
 * @returns {C}
 */
export function withDispose(definition) {
  if (Symbol.dispose) /** @type {any} */ (definition.prototype)[Symbol.dispose] = definition.prototype.dispose;
  return definition;
}
