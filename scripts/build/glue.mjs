// @ts-check
// Changes to the JavaScript that wasm-bindgen generates. Each complains if what it looks for is not there: a new version of
// the tool must not be shipped half rewritten.

/**
 * The short names that wasm-opt gave.
 * @typedef {object} ShortNames
 * @property {[module: string, name: string, short: string][]} imports
 * @property {[name: string, short: string][]} exports
 */

/**
 * The glue as the package ships it.
 * @param {string} glue
 * @param {ShortNames} names
 */
export function rewriteGlue(glue, names) {
  const text = useShortExports(useShortImports(removeLoading(glue), names), names);
  if (text.includes('snippets/')) throw new Error('the generated glue still imports from snippets/');
  return text;
}

/**
 * The declarations that belong to rewritten glue.
 * @param {string} declarations
 */
export function rewriteDeclarations(declarations) {
  let text = replace(declarations, /^export type InitInput = .*\n\n/m, '');
  text = replace(text, /^export interface InitOutput \{\n[^]*?^\}\n\n/m, '');
  text = replace(text, /\/\*\*(?:(?!\*\/)[^])*\*\/\nexport default function __wbg_init[^]*$/, '');
  text = replace(text, /InitOutput/g, 'unknown');
  return `${text.trimEnd()}\n\n/** The memory of the wasm. */\nexport function memory(): WebAssembly.Memory;\n`;
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 * @param {string | ((...groups: string[]) => string)} replacement
 */
function replace(text, pattern, replacement) {
  const changed = text.replace(pattern, /** @type {any} */ (replacement));
  if (changed === text) throw new Error(`what wasm-bindgen generates has no ${pattern}: has it changed?`);
  return changed;
}

/**
 * Takes out the generated ways to load the wasm but for `initSync` (pkg/lib/load.js does it): they fetch, which fails in
 * Node and in bundles, and bundlers copy files for them that nobody loads.
 * @param {string} glue
 */
function removeLoading(glue) {
  let text = glue;
  for (const name of ['__wbg_load', '__wbg_init', '__wbg_init_once']) {
    // From the start of a top-level function to its closing brace at the margin.
    text = replace(text, new RegExp(`^(?:async )?function ${name}\\([^]*?^}\\n\\n`, 'm'), '');
  }
  text = replace(text, /^let __wbg_init_promise;\n/m, '');
  // It always gets a module. One that another realm has compiled (Next.js's edge runtime) is no instance of this realm's class.
  text = replace(
    text,
    / {4}if \(!\(module instanceof WebAssembly\.Module\)\) \{\n {8}module = new WebAssembly\.Module\(module\);\n {4}\}\n/,
    '',
  );
  return replace(
    text,
    /^export \{ initSync, __wbg_init as default \};/m,
    '/** The memory of the wasm. */\nexport const memory = () => wasm.memory;\n\nexport { initSync };',
  );
}

/**
 * One object with the short names of all imports, and the crate's own modules imported from where both builds find them: there
 * must be one `AuthError` class.
 * @param {string} glue
 * @param {ShortNames} names
 */
function useShortImports(glue, { imports }) {
  /** @type {Map<string, string>} the name that each of the crate's modules is imported by */
  const modules = new Map();
  let text = glue.replace(/^import \* as (\w+) from "\.\/snippets\/[^/]+\/src\/([^"]+)"\n/gm, (_all, name, path) => {
    if (modules.has(path)) return '';
    modules.set(path, name);
    return `import * as ${name} from './${path}';\n`;
  });
  text = text.replace(/'\.\/snippets\/[^/]+\/src\//g, "'./");
  /** @type {string[]} */
  const direct = [];
  for (const [module, name, short] of imports) {
    const path = /^\.\/snippets\/[^/]+\/src\/(.+)$/.exec(module)?.[1];
    if (path) direct.push(`        ${short}: ${modules.get(path)}.${name},\n`);
    else text = replace(text, new RegExp(`^        ${name}: `, 'm'), `        ${short}: `);
  }
  const returned = /^    return \{\n        __proto__: null,\n(?:        "[^"]+": \w+,\n)+    \};\n/m;
  text = replace(text, returned, '    return { __proto__: null, a: import0 };\n');
  // The fallback engine needs nothing of the crate's modules.
  if (direct.length === 0) return text;
  return replace(text, /^    const import0 = \{\n        __proto__: null,\n/m, (all) => all + direct.join(''));
}

/**
 * @param {string} glue
 * @param {ShortNames} names
 */
function useShortExports(glue, { exports }) {
  const shorts = new Map(exports);
  return replace(glue, /\bwasm\.(\w+)/g, (all, name) => {
    const short = shorts.get(name);
    if (!short) throw new Error(`the glue uses ${all}, which the wasm does not export`);
    return `wasm.${short}`;
  });
}
