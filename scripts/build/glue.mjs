// @ts-check
// The JavaScript beside a wasm file: changes to what wasm-bindgen generates, or all of it for a build that exchanges numbers only. Each complains if what it looks for is not there: a new version of
// the tool must not be shipped half rewritten.

/**
 * The short names that wasm-opt gave.
 * @typedef {object} ShortNames
 * @property {[module: string, name: string, short: string][]} imports
 * @property {[name: string, short: string][]} exports
 */

/** Where the tool puts the crate's own modules; the package has them in one place, for all builds. */
const SNIPPET = /^\.\/snippets\/[^/]+\/src\/(.+)$/;

/**
 * Whether an export is a function of ours that no generated JavaScript stands before, or the memory.
 * @param {string} name
 * @param {string} glue
 */
const isPlain = (name, glue) =>
  name === 'memory' || !(name.startsWith('__') || new RegExp(`\\bwasm\\.${name}\\b`).test(glue));

/**
 * All of the glue for a build whose functions take and give numbers only: it needs nothing that wasm-bindgen generates.
 * @param {ShortNames} names
 */
export function plainGlue({ imports, exports }) {
  const modules = [...new Set(imports.map(([module]) => module))];
  const objects = imports.map(([module, name, short]) => `${short}: import${modules.indexOf(module)}.${name}`);
  const lines = modules.map((module, at) => {
    const path = SNIPPET.exec(module)?.[1];
    if (path === undefined) throw new Error(`the wasm imports from ${module}: it needs more than numbers`);
    return `import * as import${at} from './${path}';`;
  });
  // One object: a namespace would name everything a second time when it is bundled.
  return `${lines.join('\n')}

export const glue = {
  initSync({ module }) {
    const { exports } = new WebAssembly.Instance(module, { a: { ${objects.join(', ')} } });
    ({ ${exports.map(([name, short]) => `${short}: glue.${name}`).join(', ')} } = exports);
  },
};
`;
}

/**
 * The declarations that belong to it.
 * @param {string} declarations
 */
export function plainDeclarations(declarations) {
  const members = exportedTypes(declarations).filter(([name]) => !name.startsWith('__'));
  return `/** Holds the memory and the functions of the wasm after \`initSync\`. */
export const glue: {
  initSync(input: { module: WebAssembly.Module }): void;
${members.map(([name, type]) => `  ${name}: ${type};\n`).join('')}};
`;
}

/**
 * Names and types of what the wasm exports.
 * @param {string} declarations
 * @returns {[name: string, type: string][]}
 */
function exportedTypes(declarations) {
  const exported = /^export interface InitOutput \{\n([^]*?)^\}/m.exec(declarations)?.[1] ?? '';
  return [...exported.matchAll(/^    readonly (\w+): (.*);$/gm)].map(([, name, type]) => [name, type]);
}

/**
 * The glue as the package ships it.
 * @param {string} glue
 * @param {ShortNames} names
 */
export function rewriteGlue(glue, names) {
  const text = useShortExports(useShortImports(removeLoading(exportPlain(glue, names)), names), names);
  if (text.includes('snippets/')) throw new Error('the generated glue still imports from snippets/');
  return text;
}

/**
 * The memory and the functions that no generated JavaScript stands before are exported as they are.
 * @param {string} glue
 * @param {ShortNames} names
 */
function exportPlain(glue, { exports }) {
  const plain = exports.filter(([name]) => isPlain(name, glue));
  const taken = `    wasm = instance.exports;\n    ({ ${plain.map(([name, short]) => `${short}: ${name}`).join(', ')} } = wasm);\n`;
  const text = replace(glue, /^    wasm = instance\.exports;\n/m, taken);
  return replace(
    text,
    /^export \{ initSync, /m,
    (all) => `export let ${plain.map(([name]) => name).join(', ')};\n\n${all}`,
  );
}

/**
 * The declarations that belong to the glue.
 * @param {string} declarations
 * @param {string} glue as it was generated
 */
export function rewriteDeclarations(declarations, glue) {
  const plain = exportedTypes(declarations)
    .filter(([name]) => isPlain(name, glue))
    .map(([name, type]) => `export let ${name}: ${type};\n`);
  let text = replace(declarations, /^export type InitInput = .*\n\n/m, '');
  text = replace(text, /^export interface InitOutput \{\n[^]*?^\}\n\n/m, '');
  text = replace(text, /\/\*\*(?:(?!\*\/)[^])*\*\/\nexport default function __wbg_init[^]*$/, '');
  text = replace(text, /InitOutput/g, 'unknown');
  return `${text.trimEnd()}\n\n${plain.join('')}`;
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
  return replace(text, /^export \{ initSync, __wbg_init as default \};/m, 'export { initSync };');
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
    const path = SNIPPET.exec(module)?.[1];
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
