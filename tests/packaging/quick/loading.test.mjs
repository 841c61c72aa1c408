// @ts-check
// How the wasm is loaded: once, by whoever comes first, and again after a failure. On the browser's entries, which need nothing
// that Node lacks; each test has a process of its own.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { must } from '../../../scripts/lib/exec.mjs';
import { fixture } from '../support/fixture.mjs';
import { unpack } from '../support/tarball.mjs';

/** What the programs begin with. `compilations` counts; `failures` is how many of the next are to fail. */
const BEGINNING = `
import { createRequire } from 'node:module';
// Node compiles wasm of its own when it first needs fetch, in the background.
await new Response('').text();
await new Promise((resolve) => setTimeout(resolve, 100));
const { compile } = WebAssembly;
let compilations = 0;
let failures = 0;
WebAssembly.compile = (bytes) => {
  compilations += 1;
  return failures-- > 0 ? Promise.reject(new RangeError('out of memory')) : compile(bytes);
};
const load = () => import('./index.js');
const require = createRequire(import.meta.url);
const codeOf = (promise) => promise.then(() => 'fulfilled', (error) => error.code ?? String(error));
`;

/** @type {Awaited<ReturnType<typeof unpack>>} */
let packed;

before(async () => {
  packed = await unpack();
});
after(() => packed?.remove());

/**
 * What a program answers that runs beside the entries.
 * @param {string} body the statements of an async function, which returns something; `options` are a verifier's
 */
async function answerOf(body) {
  const { jwks, issuer, audience, token } = await fixture();
  const known = `const options = ${JSON.stringify({ jwks, issuer, audience })};\nconst token = '${token}';`;
  const file = join(packed.folder, 'program.mjs');
  writeFileSync(file, `${BEGINNING}${known}\nconsole.log(JSON.stringify(await (async () => {${body}})()));\n`);
  return JSON.parse(await must(process.execPath, [file], { limit: 30_000 }));
}

describe('loading', () => {
  test('happens once for calls at the same time and after one another', async () => {
    const answer = await answerOf(`
      const { AuthClient, JwtVerifier, init } = await load();
      await Promise.all([init(), JwtVerifier.create(options), AuthClient.create(), init()]);
      await init();
      return compilations;`);
    assert.equal(answer, 1);
  });

  test('does not happen by an import alone', async () => {
    assert.equal(await answerOf('await load(); return compilations;'), 0);
  });

  test('is tried again after a failure', async () => {
    const answer = await answerOf(`
      const { JwtVerifier } = await load();
      failures = 1;
      const first = await codeOf(JwtVerifier.create(options));
      const verifier = await JwtVerifier.create(options);
      await verifier.verify(token);
      return { first, compilations };`);
    assert.deepEqual(answer, { first: 'internal', compilations: 2 });
  });

  test('fails for all that wait for it', async () => {
    const answer = await answerOf(`
      const { init } = await load();
      failures = 1;
      return [await Promise.all([codeOf(init()), codeOf(init())]), await codeOf(init()), compilations];`);
    assert.deepEqual(answer, [['internal', 'internal'], 'fulfilled', 2]);
  });

  test('works without DecompressionStream', async () => {
    const answer = await answerOf(`
      delete globalThis.DecompressionStream;
      const { JwtVerifier } = await load();
      const { claims } = await (await JwtVerifier.create(options)).verify(token);
      return [typeof DecompressionStream, claims.iss, compilations];`);
    assert.deepEqual(answer, ['undefined', 'urn:bixarena:auth', 1]);
  });

  test('says that WebAssembly is missing', async () => {
    const answer = await answerOf(`
      delete globalThis.WebAssembly;
      const { init } = await load();
      return codeOf(init());`);
    assert.equal(answer, 'environment_unsupported');
  });
});

describe('a package that is imported and required', () => {
  test('is one: the wasm is compiled once, and the classes are the same', async () => {
    const answer = await answerOf(`
      const imported = await load();
      const required = require('./cjs/index.js');
      await Promise.all([imported.init(), required.init()]);
      const names = Object.keys(imported);
      return [compilations, names.length > 4, names.filter((name) => name !== 'isAuthError' && imported[name] !== required[name])];`);
    assert.deepEqual(answer, [1, true, []]);
  });

  test('knows the errors of another version', async () => {
    const answer = await answerOf(`
      const { isAuthError } = await load();
      class AuthError extends Error {
        get [Symbol.for('bixarena-auth-client.AuthError')]() {
          return true;
        }
      }
      return [isAuthError(new AuthError()), isAuthError(new Error()), isAuthError({ name: 'AuthError' })];`);
    assert.deepEqual(answer, [true, false, false]);
  });
});
