// @ts-check
// The entries that bring no wasm: whatever a caller has to give, and what happens if it is not what it should be.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import * as slim from 'bixarena-auth-client/slim';
import * as verifierAlone from 'bixarena-auth-client/slim/verifier';
import { createTestIssuer } from 'bixarena-auth-client/testing';
import { glue } from '../../pkg/dist/client.js';
import { assetHost } from '../../pkg/lib/host-asset.js';
import { compileSource } from '../../pkg/lib/wasm-source.js';
import { serveWasm } from './support/wasm-server.mjs';

const read = (/** @type {string} */ name) => readFileSync(new URL(`../../pkg/dist/${name}_bg.wasm`, import.meta.url));
const bytes = read('client');

/** @type {Awaited<ReturnType<typeof serveWasm>>} */
let server;
before(async () => {
  server = await serveWasm(bytes);
});
after(() => server.close());

/** @type {Record<string, () => any>} */
const sources = {
  'a module': () => new WebAssembly.Module(bytes),
  bytes: () => bytes,
  'an ArrayBuffer': () => new Uint8Array(bytes).buffer,
  'a response': () => fetch(server.url),
  'an address': () => server.url,
  'a URL': () => new URL(server.url),
  'the namespace of an import': () => ({ default: new WebAssembly.Module(bytes) }),
  'a file of the wrong type': () => `${server.url}/octets`,
};
for (const [name, source] of Object.entries(sources)) {
  it(`is compiled from ${name}`, async () => {
    assert.ok((await compileSource(await source())) instanceof WebAssembly.Module);
  });
}

/** @type {[string, () => any, object][]} */
const wrong = [
  ['nothing', () => undefined, { code: 'not_initialized', message: /give it to init\(\) first/ }],
  ['a file that is not there', () => `${server.url}/none`, { code: 'network_error', status: 404 }],
  [
    'a page in its place',
    () => `${server.url}/page`,
    { code: 'response_invalid', message: /page \(text\/html.*is no wasm/ },
  ],
  ['a page that says it is wasm', () => `${server.url}/lie`, { code: 'internal' }],
  ['no server', () => 'http://127.0.0.1:1/', { code: 'network_error', message: /cannot be fetched from/ }],
  ['other bytes', () => new Uint8Array(8), { code: 'response_invalid', message: /init\(\) was given is no wasm/ }],
  ['a number', () => 7, { code: 'not_initialized', message: /takes a WebAssembly\.Module, bytes/ }],
  ['null', () => null, { code: 'not_initialized' }],
];
for (const [name, source, expected] of wrong) {
  it(`says so of ${name}, and can be tried again`, async () => {
    await assert.rejects(slim.init(source()), (/** @type {any} */ error) => {
      assert.ok(slim.isAuthError(error));
      for (const [member, value] of Object.entries(expected)) {
        if (value instanceof RegExp) assert.match(/** @type {any} */ (error)[member], value);
        else assert.equal(/** @type {any} */ (error)[member], value);
      }
      return true;
    });
  });
}

it('does everything that the main entry does, once it has its wasm', async () => {
  const issuer = await createTestIssuer({ user: 'maya' });
  assert.throws(() => new slim.JwtVerifier(issuer.verifierOptions), { code: 'not_initialized' });
  await assert.rejects(slim.AuthClient.create(), { code: 'not_initialized' });
  await slim.init(Promise.resolve(bytes));
  await slim.init();
  const verifier = new slim.JwtVerifier(issuer.verifierOptions);
  assert.equal((await verifier.verify(await issuer.sign('maya'))).claims.sub, 'maya');
  const client = await slim.AuthClient.create(issuer.clientOptions);
  assert.equal((await client.start()).status, 'authenticated');
  assert.equal(slim.safeReturnTo('/a', { origin: 'https://a.example' }), '/a');
  client.dispose();
});

it('has the verifier alone, which is there at once with a module', async () => {
  const issuer = await createTestIssuer();
  const loading = verifierAlone.init(new WebAssembly.Module(read('verifier')));
  const verifier = new verifierAlone.JwtVerifier(issuer.verifierOptions);
  assert.equal((await verifier.verify(await issuer.sign('maya'))).claims.sub, 'maya');
  await loading;
  const main = await import('bixarena-auth-client');
  assert.equal(main.AuthError, verifierAlone.AuthError);
});

it('as an asset: is fetched once, and again after a failure', async () => {
  let path = '/none';
  // Another instance of the module, whose wasm nobody has loaded.
  const { glue: fresh } = await import(`${'../../pkg/dist/client.js'}?asset`);
  assert.notEqual(fresh, glue);
  const host = assetHost(fresh, () => new URL(server.url + path));
  await assert.rejects(async () => host.load(), { code: 'network_error', status: 404 });
  assert.throws(() => host.ready(), { code: 'not_initialized' });
  path = '/';
  server.asked.length = 0;
  await Promise.all([host.load(), host.load()]);
  await host.load();
  host.ready();
  assert.deepEqual(server.asked, ['/']);
});

it('the entries that are built for browsers hold no wasm', async () => {
  const { build } = await import('esbuild');
  for (const entry of ['slim', 'slim-verifier', 'asset']) {
    const [file] = (
      await build({
        entryPoints: [new URL(`../../pkg/${entry}.js`, import.meta.url).pathname],
        bundle: true,
        format: 'esm',
        splitting: true,
        outdir: 'out',
        write: false,
        minify: true,
      })
    ).outputFiles.filter(({ path }) => path.endsWith(`${entry}.js`));
    assert.ok(file.text.length > 1000 && !file.text.includes('H4sIA'), entry);
  }
});
