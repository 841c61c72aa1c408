// @ts-check
// The README's code parses and imports what the built package has; its tables of options name the options there are.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { transform } from 'esbuild';

const root = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const types = readFileSync(new URL('src/web/types.d.ts', root), 'utf8');

const blocks = [...readme.matchAll(/^```(js|ts)\n([^]*?)^```$/gm)].map((match) => ({
  loader: /** @type {'js' | 'ts'} */ (match[1]),
  code: match[2],
  line: readme.slice(0, match.index).split('\n').length,
}));

/** Names that a block imports, by module. esbuild writes every import in one form. */
async function importsOf(/** @type {string} */ code, /** @type {'js' | 'ts'} */ loader) {
  const output = (await transform(code, { loader, format: 'esm' })).code;
  const imports = [...output.matchAll(/^import \{([^}]*)\} from "([^"]+)";$/gm)].map(([, names, module]) => ({
    module,
    names: names.split(',').map((name) => name.trim().split(' as ')[0]),
  }));
  assert.equal(imports.length, output.match(/^import\b/gm)?.length ?? 0, 'an import is not of the form { names }');
  return imports;
}

describe('code in the README', () => {
  assert.ok(blocks.length >= 3, 'the README has lost its examples');
  for (const { loader, code, line } of blocks) {
    test(`line ${line} parses, and imports what is exported`, async () => {
      const imports = await importsOf(code, loader);
      assert.ok(imports.length > 0, 'an example that imports nothing cannot be copied');
      for (const { module, names } of imports) {
        assert.match(module, /^bixarena-auth-client(\/|$)/);
        const exported = Object.keys(await import(module));
        for (const name of names) assert.ok(exported.includes(name), `${module} exports no ${name}`);
      }
    });
  }
});

describe('options in the README', () => {
  for (const [heading, declaration] of [
    ['AuthClient', 'AuthClientOptions'],
    ['JwtVerifier', 'JwtVerifierOptions'],
  ]) {
    test(`of ${heading} are those of ${declaration}`, () => {
      const section = readme.split(`\n### \`${heading}\`\n`)[1]?.split(/^##/m)[0] ?? '';
      const documented = [...section.matchAll(/^\| `(\w+)` /gm)].map((match) => match[1]);
      assert.ok(documented.length > 0);
      assert.deepEqual(documented, membersOf(declaration));
    });
  }

  test('of jwksCache are those of JwksCacheOptions', () => {
    const paragraph = readme.split('\n`jwksCache`, ')[1]?.split('\n\n')[0] ?? '';
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

test('files that the README links to are there', () => {
  // Links stand in prose; a call in a code block may look like one.
  const prose = readme.replaceAll(/```[^]*?```/g, '');
  const links = [...prose.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map((match) => match[1]);
  assert.ok(links.length > 0);
  assert.deepEqual(
    links.filter((link) => !existsSync(new URL(link, root))),
    [],
  );
});
