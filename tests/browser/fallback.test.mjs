// @ts-check
// An origin that is neither https nor this machine has no `crypto.subtle`: there the fallback engine is loaded, and only there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import engineWasm from '../../pkg/dist/fallback.inline.js';
import { openPage } from '../corpus/chromium.mjs';
import { corpus, corpusText, summary } from '../corpus/files.mjs';

const corpusEntry = fileURLToPath(new URL('../corpus/entry.mjs', import.meta.url));

/**
 * What a bundler makes of the package: one file for what stands behind each dynamic import.
 * @param {string} [entry]
 * @returns {Promise<{ files: Record<string, string>, fallback: string }>}
 */
async function bundle(entry = corpusEntry) {
  const { outputFiles } = await build({
    entryPoints: { entry },
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  const files = Object.fromEntries(outputFiles.map(({ path, text }) => [path, text]));
  // The file that the engine's wasm lies in.
  const [fallback, ...more] = Object.keys(files).filter((path) => files[path].includes(engineWasm));
  assert.deepEqual(more, []);
  assert.ok(fallback && files[fallback].length < 100_000);
  return { files: { ...files, '/tokens.json': corpusText }, fallback };
}

/**
 * Runs the corpus in a page of this host.
 * @param {Awaited<ReturnType<typeof bundle>>} built
 * @param {{ host?: string, engine?: string, lacksEd25519?: boolean }} where
 */
async function runIn({ files, fallback }, { host, engine, lacksEd25519 = false }) {
  const { page, requested, close } = await openPage(files, { host });
  try {
    if (lacksEd25519) await page.evaluate(takeEd25519);
    const result = await page.evaluate(async (engine) => {
      const { run } = await import(/** @type {any} */ ('/entry.js'));
      const text = await (await fetch('/tokens.json')).text();
      const hasSubtle = globalThis.crypto.subtle !== undefined;
      return { hasSubtle, isSecure: globalThis.isSecureContext, report: await run(text, undefined, engine) };
    }, engine);
    return { ...result, fetches: requested.filter((path) => path === fallback).length };
  } finally {
    await close();
  }
}

/** Makes the page's WebCrypto one that does not know Ed25519. Runs in the page. */
function takeEd25519() {
  const { importKey } = SubtleCrypto.prototype;
  SubtleCrypto.prototype.importKey = function (/** @type {any[]} */ ...args) {
    if (args[2].name === 'Ed25519') {
      return Promise.reject(new DOMException('Algorithm: Unrecognized name', 'NotSupportedError'));
    }
    // @ts-ignore
    return importKey.apply(this, args);
  };
}

test('the corpus in Chromium, on an origin without WebCrypto', { timeout: 300_000 }, async () => {
  const built = await bundle();
  const { report, ...page } = await runIn(built, { host: 'bixarena.test', engine: 'rust' });
  assert.deepEqual(page, { hasSubtle: false, isSecure: false, fetches: 1 });
  assert.deepEqual(report.failures, [], summary(report));
  assert.equal(report.passed, corpus.cases.length);
});

test('the corpus in Chromium, with a WebCrypto that lacks Ed25519', { timeout: 300_000 }, async () => {
  const built = await bundle();
  const { report, ...page } = await runIn(built, { lacksEd25519: true });
  assert.deepEqual(page, { hasSubtle: true, isSecure: true, fetches: 1 });
  assert.deepEqual(report.failures, [], summary(report));
  assert.equal(report.passed, corpus.cases.length);
});

test('where WebCrypto has everything, the fallback is not fetched', { timeout: 300_000 }, async () => {
  const built = await bundle();
  const { report, ...page } = await runIn(built, {});
  assert.deepEqual(page, { hasSubtle: true, isSecure: true, fetches: 0 });
  assert.deepEqual(report.failures, [], summary(report));
});

test('a fallback that cannot be fetched is a network error', { timeout: 60_000 }, async () => {
  const { files, fallback } = await bundle();
  const { [fallback]: _, ...others } = files;
  const { page, close } = await openPage(others, { host: 'bixarena.test' });
  try {
    const error = await page.evaluate(async (jwks) => {
      const { JwtVerifier, isAuthError } = await import(/** @type {any} */ ('/entry.js'));
      const creation = JwtVerifier.create({ jwks, issuer: null, audience: null });
      return creation.catch((/** @type {any} */ error) => isAuthError(error) && error.code);
    }, corpus.keySets.main);
    assert.equal(error, 'network_error');
  } finally {
    await close();
  }
});

test('a session is found on an origin without WebCrypto', { timeout: 60_000 }, async () => {
  const { files } = await bundle(fileURLToPath(import.meta.resolve('../../pkg/index.js')));
  const good = corpus.cases.find(({ name }) => name === 'valid: as the auth service issues it');
  assert.ok(good?.expect.claims && typeof good.token === 'string');
  const answers = {
    '/v1/token': { access_token: good.token, token_type: 'Bearer' },
    '/v1/.well-known/jwks.json': corpus.keySets[good.jwks],
  };
  const { page, close } = await openPage(files, { host: 'bixarena.test' });
  try {
    const state = await page.evaluate(startClient, { answers, now: good.now });
    assert.deepEqual(state, { status: 'authenticated', claims: good.expect.claims });
  } finally {
    await close();
  }
});

/**
 * The state of a client whose service answers like this. Runs in the page.
 * @param {{ answers: Record<string, unknown>, now: number }} given
 */
async function startClient({ answers, now }) {
  const { AuthClient } = await import(/** @type {any} */ ('/entry.js'));
  const fetch = async (/** @type {any} */ input) =>
    Response.json(answers[new URL(input.url ?? input, location.href).pathname]);
  const client = await AuthClient.create({ fetch, now: () => now });
  return client.start();
}
