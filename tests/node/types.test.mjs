// @ts-check
// The declarations are kept by hand: each entry exports the very values that its declarations name, and classes have the members.
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const types = read('src/web/types.d.ts');

/** Every first group of a pattern, once and sorted: a function with several signatures is declared several times. */
const all = (/** @type {string} */ text, /** @type {RegExp} */ pattern) =>
  [...new Set([...text.matchAll(pattern)].map((match) => match[1]))].sort();

/** The values of an entry, as a program finds them. */
const exportsOf = async (/** @type {string} */ entry) => Object.keys(await import(entry)).sort();

test('the main entry exports what is declared', async () => {
  const declared = all(types, /^export declare (?:class|function|const) (\w+)/gm);
  assert.deepEqual(await exportsOf('bixarena-auth-client'), declared);
});

test("the verifier's entry exports what is declared", async () => {
  const list = /^export \{([^}]+)\}/m.exec(read('pkg/verifier.d.ts'))?.[1] ?? '';
  assert.deepEqual(await exportsOf('bixarena-auth-client/verifier'), all(list, /(\w+)/g));
});

for (const entry of ['edge', 'hono', 'angular', 'testing']) {
  test(`the entry ${entry} exports what is declared`, async () => {
    const declarations = read(`pkg/${entry}.d.ts`);
    const declared = all(declarations, /^export declare (?:class|function|const) (\w+)/gm);
    const inherited = declarations.includes("export * from './verifier.js'")
      ? await exportsOf('bixarena-auth-client/verifier')
      : all(/^export \{([^}]+)\}/m.exec(declarations)?.[1] ?? '', /(\w+)/g);
    assert.deepEqual(await exportsOf(`bixarena-auth-client/${entry}`), [...declared, ...inherited].sort());
  });
}

for (const name of ['AuthClient', 'JwtVerifier']) {
  test(`${name} has the members that are declared`, async () => {
    const definition = /** @type {any} */ (await import('bixarena-auth-client'))[name];
    const body = types.split(new RegExp(`^export declare class ${name}\\b.* \\{\n`, 'm'))[1].split('\n}\n')[0];
    const members = all(body, /^ {2}(?:readonly )?(\w+)[(:<]/gm);
    assert.ok(members.includes('dispose') && members.includes('verify'));
    for (const member of members) assert.ok(member in definition.prototype, `there is no ${name}.${member}`);
    for (const member of all(body, /^ {2}static (\w+)[(<]/gm))
      assert.equal(typeof definition[member], 'function', member);
  });
}

test('what is declared is what the build ships', () => {
  assert.equal(read('pkg/dist/types.d.ts'), types);
});
