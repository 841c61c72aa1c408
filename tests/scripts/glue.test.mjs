// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainDeclarations, plainGlue, rewriteDeclarations, rewriteGlue } from '../../scripts/build/glue.mjs';

const SNIPPETS = './snippets/crate-0123456789abcdef/src/web';

const GLUE = `import { authError } from '${SNIPPETS}/auth_error.js';
import * as import1 from "${SNIPPETS}/host.js"
import * as import2 from "${SNIPPETS}/host.js"
import * as import3 from "${SNIPPETS}/auth_error.js"

export class Core {
    free() {
        wasm.__wbg_core_free(this.__wbg_ptr, 0);
    }
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_authError_01: function(arg0) {
            return authError(arg0);
        },
        __wbg_authError_012: function(arg0) {
            return wasm.memory;
        },
    };
    return {
        __proto__: null,
        "./core_bg.js": import0,
        "${SNIPPETS}/host.js": import1,
        "${SNIPPETS}/host.js": import2,
        "${SNIPPETS}/auth_error.js": import3,
    };
}

let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
    wasm = instance.exports;
    return wasm;
}

async function __wbg_load(module, imports) {
    if (module) {
        return await WebAssembly.instantiateStreaming(module, imports);
    }
}

function initSync(module) {
    if (!(module instanceof WebAssembly.Module)) {
        module = new WebAssembly.Module(module);
    }
    wasm = module;
}

let __wbg_init_promise;
async function __wbg_init(module_or_path) {
    return __wbg_init_promise;
}

async function __wbg_init_once(module_or_path) {
    return fetch(module_or_path);
}

export { initSync, __wbg_init as default };
`;

/** @type {import('../../scripts/build/glue.mjs').ShortNames} */
const NAMES = {
  imports: [
    ['./core_bg.js', '__wbg_authError_01', 'a'],
    ['./core_bg.js', '__wbg_authError_012', 'b'],
    [`${SNIPPETS}/host.js`, 'push', 'c'],
    [`${SNIPPETS}/auth_error.js`, 'mark', 'd'],
  ],
  exports: [
    ['memory', 'e'],
    ['__wbg_core_free', 'f'],
    ['verify', 'g'],
    ['__wbindgen_start', 'h'],
  ],
};

const REWRITTEN = `import { authError } from './web/auth_error.js';
import * as import1 from './web/host.js';
import * as import3 from './web/auth_error.js';

export class Core {
    free() {
        wasm.f(this.__wbg_ptr, 0);
    }
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        c: import1.push,
        d: import3.mark,
        a: function(arg0) {
            return authError(arg0);
        },
        b: function(arg0) {
            return wasm.e;
        },
    };
    return { __proto__: null, a: import0 };
}

let wasmModule, wasmInstance, wasm;
function __wbg_finalize_init(instance, module) {
    wasm = instance.exports;
    ({ e: memory, g: verify } = wasm);
    return wasm;
}

function initSync(module) {
    wasm = module;
}

export let memory, verify;

export { initSync };
`;

test('glue is loaded by hand, uses the short names, and shares the modules of the crate', () => {
  assert.equal(rewriteGlue(GLUE, NAMES), REWRITTEN);
});

test('glue of a build that needs no module of the crate is rewritten too', () => {
  const glue = GLUE.replace(/^import .*\n/gm, '').replace(/^        "\.\/snippets.*\n/gm, '');
  const rewritten = REWRITTEN.replace(/^import .*\n/gm, '').replace(/^        [cd]: .*\n/gm, '');
  const names = { ...NAMES, imports: NAMES.imports.filter(([module]) => module === './core_bg.js') };
  assert.equal(rewriteGlue(glue, names), rewritten);
});

/** @type {{ what: string, from: string, to: string, message: RegExp }[]} */
const rows = [
  { what: 'without a part that is taken out', from: '__wbg_load', to: '__wbg_get', message: /no .*__wbg_load/ },
  { what: 'with other exports', from: '__wbg_init as default', to: '__wbg_init as init', message: /no .*as default/ },
  { what: 'with an unknown import', from: '__wbg_authError_012:', to: '__wbg_other:', message: /no .*authError_012/ },
  { what: 'with an unknown export', from: 'wasm.memory', to: 'wasm.table', message: /wasm\.table, which the wasm/ },
  {
    what: 'with inlined snippets',
    from: `'${SNIPPETS}/`,
    to: "'./snippets/crate-0/",
    message: /still imports from snippets/,
  },
];
for (const { what, from, to, message } of rows) {
  test(`glue ${what} is refused`, () => {
    assert.throws(() => rewriteGlue(GLUE.replace(from, to), NAMES), message);
  });
}

test('glue of a build that exchanges numbers only is made anew', () => {
  const imports = NAMES.imports.filter(([module]) => module.startsWith(SNIPPETS));
  const exports = /** @type {[string, string][]} */ ([
    ['memory', 'e'],
    ['verify', 'g'],
  ]);
  assert.equal(
    plainGlue({ imports, exports }),
    `import * as import0 from './web/host.js';
import * as import1 from './web/auth_error.js';

export const glue = {
  initSync({ module }) {
    const { exports } = new WebAssembly.Instance(module, { a: { c: import0.push, d: import1.mark } });
    ({ e: glue.memory, g: glue.verify } = exports);
  },
};
`,
  );
  assert.throws(() => plainGlue(NAMES), /it needs more than numbers/);
  assert.equal(
    plainDeclarations(DECLARATIONS),
    `/** Holds the memory and the functions of the wasm after \`initSync\`. */
export const glue: {
  initSync(input: { module: WebAssembly.Module }): void;
  memory: WebAssembly.Memory;
  verify: (a: number) => number;
};
`,
  );
});

const DECLARATIONS = `export class Core {
    free(): void;
}

export type InitInput = RequestInfo | URL;

export interface InitOutput {
    readonly memory: WebAssembly.Memory;
    readonly __wbg_core_free: (a: number, b: number) => void;
    readonly verify: (a: number) => number;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * @returns {InitOutput}
 */
export function initSync(module: SyncInitInput): InitOutput;

/**
 * Makes a request.
 */
export default function __wbg_init (module_or_path: InitInput): Promise<InitOutput>;
`;

test('declarations lose what the glue has lost', () => {
  assert.equal(
    rewriteDeclarations(DECLARATIONS, GLUE),
    `export class Core {
    free(): void;
}

export type SyncInitInput = BufferSource | WebAssembly.Module;

/**
 * @returns {unknown}
 */
export function initSync(module: SyncInitInput): unknown;

export let memory: WebAssembly.Memory;
export let verify: (a: number) => number;
`,
  );
});
