// @ts-check
// The code in the README and in the guides parses and imports what the built package has; what they link to is there.
// Angular's own packages are compiled when they are loaded: the compiler comes first.
import '@angular/compiler';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { transform } from 'esbuild';

const root = new URL('../../', import.meta.url);
const guides = readdirSync(new URL('docs/', root)).filter((name) => name.endsWith('.md'));
const pages = ['README.md', ...guides.map((name) => `docs/${name}`)].map((path) => ({ path, text: read(path) }));

/** @typedef {'js' | 'ts' | 'jsx' | 'tsx'} Loader */

/** @param {string} path */
function read(path) {
  return readFileSync(new URL(path, root), 'utf8');
}

/** @param {string} text */
const blocksOf = (text) =>
  [...text.matchAll(/^```(js|ts|jsx|tsx)\n([^]*?)^```$/gm)].map((match) => ({
    loader: /** @type {Loader} */ (match[1]),
    code: match[2],
    line: text.slice(0, match.index).split('\n').length,
  }));

/** Names that a block imports from the package, by module. esbuild writes every import in one form. */
async function importsOf(/** @type {string} */ code, /** @type {Loader} */ loader) {
  const output = (await transform(code, { loader, format: 'esm', jsx: 'preserve' })).code;
  const ours = [...output.matchAll(/^import ?(.*?)(?: from )?"(bixarena-auth-client(?:\/[^"]*)?)";$/gm)];
  return ours.map(([statement, clause, module]) => {
    const names = /^\{(.*)\}$/.exec(clause)?.[1];
    assert.ok(names !== undefined, `${statement} is not of the form import { names } from "module"`);
    return { module, names: names.split(',').map((name) => name.trim().split(' as ')[0]) };
  });
}

for (const { path, text } of pages) {
  describe(`code in ${path}`, () => {
    const blocks = blocksOf(text);
    if (path === 'README.md') assert.ok(blocks.length >= 3, 'the README has lost its examples');
    for (const { loader, code, line } of blocks) {
      test(`line ${line} parses, and imports what is exported`, async () => {
        const imports = await importsOf(code, loader);
        // A guide may show the configuration of another tool too.
        if (path === 'README.md') assert.ok(imports.length > 0, 'an example that imports nothing cannot be copied');
        for (const { module, names } of imports) {
          const exported = Object.keys(await import(module));
          for (const name of names) assert.ok(exported.includes(name), `${module} exports no ${name}`);
        }
      });
    }
  });
}

/** The anchor of a heading, as GitHub makes it. @param {string} heading */
const anchorOf = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

/** Links stand in prose; a call in a code block may look like one, and `#` begins a comment there. @param {string} text */
const proseOf = (text) => text.replaceAll(/^```[^]*?^```$/gm, '');

for (const { path, text } of pages) {
  test(`what ${path} links to is there`, () => {
    const links = [...proseOf(text).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map((match) => match[1]);
    const broken = links.filter((link) => {
      const { pathname, hash } = new URL(link, new URL(path, root));
      const target = new URL(pathname, root);
      if (!existsSync(target)) return true;
      if (hash === '' || !pathname.endsWith('.md')) return false;
      const headings = [...proseOf(readFileSync(target, 'utf8')).matchAll(/^#+ (.+)$/gm)];
      return !headings.some(([, heading]) => `#${anchorOf(heading)}` === decodeURIComponent(hash));
    });
    assert.deepEqual(broken, []);
  });
}

test('docs/README.md leads to every guide', () => {
  const index = read('docs/README.md');
  assert.deepEqual(
    guides.filter((name) => name !== 'README.md' && !index.includes(`](${name})`)),
    [],
  );
});
