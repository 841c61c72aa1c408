// @ts-check
// Content security policies in a real browser: what is enough, and what is said where it is not.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { inRoot } from '../../../scripts/lib/paths.mjs';
import { EXPECTED, fixture } from '../support/fixture.mjs';
import { install } from '../support/install.mjs';
import { STRICT_CSP, serve } from '../support/serve.mjs';
import { createVisitor } from '../support/visit.mjs';

const LIMIT = { timeout: 120_000 };
/** Nothing is fetched, and scripts of this origin run. */
const NOTHING_MORE = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";

const visitor = createVisitor();
/** @type {string} */
let folder;

before(async () => {
  const project = inRoot('tests', 'packaging', 'consumers', 'esbuild', 'project');
  folder = await install({ name: 'csp', project }, await fixture());
  const options = { bundle: true, minify: true, splitting: true, outdir: join(folder, 'dist') };
  await build({ ...options, entryPoints: [join(folder, 'page.js')], format: 'esm', target: 'es2022' });
}, LIMIT);
after(visitor.close);

/**
 * The outcome of the page under a policy.
 * @param {string} policy
 */
async function outcomeUnder(policy) {
  const server = await serve(folder, { headers: { 'content-security-policy': policy } });
  try {
    return await visitor.visit(server.url);
  } finally {
    await server.close();
  }
}

describe('content security policy', () => {
  for (const [name, policy] of Object.entries({
    'script-src with wasm-unsafe-eval, and nothing more': NOTHING_MORE,
    'the strict policy of the consumers': STRICT_CSP,
    'unsafe-eval instead': "default-src 'none'; script-src 'self' 'unsafe-eval'",
    'Trusted Types': `${NOTHING_MORE}; require-trusted-types-for 'script'; trusted-types 'none'`,
    'a sandbox': `${NOTHING_MORE}; sandbox allow-scripts allow-same-origin`,
  })) {
    test(`it works with ${name}`, LIMIT, async () => {
      assert.deepEqual(await outcomeUnder(policy), EXPECTED);
    });
  }

  for (const policy of [
    "script-src 'self'",
    "default-src 'self'",
    "script-src 'self'; require-trusted-types-for 'script'",
  ]) {
    test(`it says what is missing in ${policy}`, LIMIT, async () => {
      const { failed } = /** @type {{ failed: string }} */ (await outcomeUnder(policy));
      assert.match(failed, /^wasm_blocked: .*add 'wasm-unsafe-eval' to script-src/);
    });
  }
});
