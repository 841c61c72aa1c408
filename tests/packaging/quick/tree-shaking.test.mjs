// @ts-check
// Who imports a part of the package pays for that part.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { build as buildWithVite } from 'vite';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { fixture } from '../support/fixture.mjs';
import { install } from '../support/install.mjs';

/** The beginning of any wasm file in gzip and base64, and in base64 alone. */
const WASM = /H4sI|AGFzbQ/;

/** @type {{ name: string, source: string, most: number, wasm: boolean }[]} bytes, not compressed */
const CASES = [
  {
    name: 'isAuthError of the main entry',
    source: "import { isAuthError } from 'bixarena-auth-client'; console.log(isAuthError(1));",
    most: 2_000,
    wasm: false,
  },
  {
    name: 'AuthError of the verifier',
    source: "import { AuthError } from 'bixarena-auth-client/verifier'; console.log(AuthError);",
    most: 2_000,
    wasm: false,
  },
  {
    name: 'forwardRequest of the edge',
    source: "import { forwardRequest } from 'bixarena-auth-client/edge'; console.log(forwardRequest);",
    most: 6_000,
    wasm: false,
  },
  { name: 'an import for nothing', source: "import 'bixarena-auth-client'; console.log(1);", most: 100, wasm: false },
  {
    name: 'JwtVerifier of the verifier',
    source: "import { JwtVerifier } from 'bixarena-auth-client/verifier'; console.log(JwtVerifier);",
    most: 60_000,
    wasm: true,
  },
];

/** @type {string} */
let folder;

before(async () => {
  const name = 'tree-shaking';
  const project = inRoot('tests', 'packaging', 'consumers', 'esbuild', 'project');
  folder = await install({ name, project }, await fixture());
});

/** @type {Record<string, (file: string) => Promise<string>>} what stands in the first file */
const BUNDLERS = {
  esbuild: async (file) => {
    const options = {
      bundle: true,
      minify: true,
      splitting: true,
      write: false,
      logLevel: /** @type {'error'} */ ('error'),
      outdir: join(folder, 'out'),
    };
    const { outputFiles } = await build({ ...options, entryPoints: [file], format: 'esm', target: 'es2022' });
    return outputFiles?.[0].text ?? '';
  },
  'Vite (Rolldown)': async (file) => {
    const rollupOptions = { input: file };
    const result = await buildWithVite({ root: folder, logLevel: 'error', build: { write: false, rollupOptions } });
    const { output } = /** @type {any} */ (Array.isArray(result) ? result[0] : result);
    return output.find((/** @type {any} */ chunk) => chunk.isEntry).code;
  },
};

for (const [bundler, bundle] of Object.entries(BUNDLERS)) {
  describe(bundler, () => {
    for (const [index, { name, source, most, wasm }] of CASES.entries()) {
      test(name, async (t) => {
        const file = join(folder, `part-${index}.js`);
        writeFileSync(file, source);
        const text = await bundle(file);
        t.diagnostic(`${text.length} bytes`);
        assert.equal(WASM.test(text), wasm, 'whether the wasm is inside');
        assert.ok(text.length <= most, `${text.length} bytes, at most ${most}`);
      });
    }
  });
}
