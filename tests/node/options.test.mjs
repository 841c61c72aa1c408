// @ts-check
// The tables in the guides name the options there are.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const root = new URL('../../', import.meta.url);
/** @param {string} path */
const read = (path) => readFileSync(new URL(path, root), 'utf8');
const guide = read('docs/options.md');
const types = read('src/web/types.d.ts');

describe('options in docs/options.md', () => {
  for (const [heading, declaration] of [
    ['AuthClient', 'AuthClientOptions'],
    ['JwtVerifier', 'JwtVerifierOptions'],
  ]) {
    test(`of ${heading} are those of ${declaration}`, () => {
      const section = guide.split(`\n## \`${heading}\`\n`)[1]?.split(/^##/m)[0] ?? '';
      const documented = [...section.matchAll(/^\| `(\w+)` /gm)].map((match) => match[1]);
      assert.ok(documented.length > 0);
      assert.deepEqual(documented, membersOf(declaration));
    });
  }

  test('of jwksCache are those of JwksCacheOptions', () => {
    const paragraph = guide.split('\n`jwksCache`, ')[1]?.split('\n\n')[0] ?? '';
    const documented = [...paragraph.matchAll(/`(\w+)`/g)].map((match) => match[1]);
    assert.deepEqual(documented, membersOf('JwksCacheOptions'));
  });
});

describe('options in docs/workers.md', () => {
  const workers = read('docs/workers.md');
  const edge = read('pkg/edge.d.ts');
  for (const [heading, ...declarations] of [
    ['`guard`', 'GuardOptions', 'AuthenticateOptions'],
    ['A session cookie in, a token out', 'SessionExchangerOptions'],
    ['`forwardRequest`', 'ForwardOptions'],
  ]) {
    test(`of ${heading} are those of ${declarations.join(' and ')}`, () => {
      const section = workers.split(`\n## ${heading}\n`)[1]?.split(/^##/m)[0] ?? '';
      const table = section.split(/^\| option +\|/m)[1]?.split('\n\n')[0] ?? '';
      const documented = [...table.matchAll(/^\| `(\w+)` /gm)].map((match) => match[1]);
      const declared = declarations.flatMap((declaration) => membersOf(declaration, edge));
      // The wrapper has the context by itself.
      const own = new Set(declared.filter((name) => name !== 'ctx'));
      assert.deepEqual(documented, [...own]);
    });
  }
});

/**
 * @param {string} declaration an interface of the public types
 * @param {string} [source]
 */
function membersOf(declaration, source = types) {
  const start = new RegExp(`^export interface ${declaration}\\b[^{]*\\{\\n`, 'm');
  const body = source.split(start)[1]?.split('\n}\n')[0] ?? '';
  const members = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map((match) => match[1]);
  assert.ok(members.length > 0, `there is no ${declaration}`);
  return members;
}
