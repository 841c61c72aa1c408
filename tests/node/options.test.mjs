// @ts-check
// The tables in docs/options.md name the options there are.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

const root = new URL('../../', import.meta.url);
const guide = readFileSync(new URL('docs/options.md', root), 'utf8');
const types = readFileSync(new URL('src/web/types.d.ts', root), 'utf8');

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

/** @param {string} declaration an interface of the public types */
function membersOf(declaration) {
  const body = types.split(`export interface ${declaration} {\n`)[1]?.split('\n}\n')[0] ?? '';
  const members = [...body.matchAll(/^ {2}(\w+)\??:/gm)].map((match) => match[1]);
  assert.ok(members.length > 0, `there is no ${declaration}`);
  return members;
}
