#!/usr/bin/env node
// @ts-check
// Checks the types of the code in the READMEs and in the guides: what a reader copies has to be right.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { basename } from 'node:path/posix';
import process from 'node:process';
import { run } from '../lib/exec.mjs';
import { inRoot, scratch } from '../lib/paths.mjs';
import { Problem, runCommand } from '../lib/problem.mjs';
import { say } from '../lib/say.mjs';

/** @typedef {{ page: string, name: string, padded: string }} Block */

const FOLDER = join(scratch, 'code-blocks');

const OPTIONS = {
  noEmit: true,
  strict: true,
  // JavaScript leaves types of parameters unsaid, and so does what is taken from a tool that is not installed here.
  noImplicitAny: false,
  allowJs: true,
  checkJs: true,
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable', 'dom', 'dom.iterable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  jsx: 'react-jsx',
  experimentalDecorators: true,
  skipLibCheck: true,
  types: ['node'],
};

/**
 * The code of a page, each block at the line that it has there: a complaint names the place. A block that begins with the name of a file
 * (`// app.routes.ts`) can be imported by the others of its page.
 * @param {string} page
 * @returns {Block[]}
 */
function blocksOf(page) {
  const text = readFileSync(inRoot(page), 'utf8');
  /** @type {Set<string>} */
  const names = new Set();
  return [...text.matchAll(/^```(jsx?|tsx?)\n([^]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => {
    const line = text.slice(0, index).split('\n').length;
    const own = /^\/\/ ([\w.-]+\.[jt]sx?)\n/.exec(code)?.[1];
    const name = own && !names.has(own) ? own : `line-${line}.${language}`;
    names.add(name);
    return { page, name, padded: '\n'.repeat(line) + code };
  });
}

/**
 * Modules that cannot be looked into: tools that are not installed here, and files of a reader's application that a page does not show.
 * @param {Block[]} blocks
 */
function unknownModules(blocks) {
  const stem = (/** @type {string} */ path) => basename(path).replace(/\.[jt]sx?$/, '');
  const unknown = blocks.flatMap(({ page, padded }) =>
    [...padded.matchAll(/(?:\bfrom|^import|\bimport\() ?'([^']+)'/gm)].flatMap(([, module]) => {
      if (!module.startsWith('.')) return isInstalled(module) ? [] : [module];
      const isShown = blocks.some((other) => other.page === page && stem(other.name) === stem(module));
      return isShown ? [] : [`*/${basename(module)}`];
    }),
  );
  return [...new Set(unknown)];
}

/** @param {string} module a package, or a path below one; the runtime's own have a colon */
function isInstalled(module) {
  const name = module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
  return module.startsWith('node:') || existsSync(inRoot('node_modules', name));
}

/** Writes every block to a file. @param {Block[]} blocks */
function extract(blocks) {
  rmSync(FOLDER, { recursive: true, force: true });
  for (const { page, name, padded } of blocks) {
    mkdirSync(join(FOLDER, page), { recursive: true });
    writeFileSync(join(FOLDER, page, name), padded);
  }
  const declarations = unknownModules(blocks).map((module) => `declare module '${module}';\n`);
  writeFileSync(join(FOLDER, 'unknown.d.ts'), declarations.join(''));
  writeFileSync(join(FOLDER, 'tsconfig.json'), JSON.stringify({ compilerOptions: OPTIONS }));
}

await runCommand(async () => {
  const guides = readdirSync(inRoot('docs')).filter((name) => name.endsWith('.md'));
  const blocks = ['README.md', 'pkg/README.md', ...guides.map((name) => `docs/${name}`)].flatMap(blocksOf);
  if (blocks.length < 20) throw new Problem('the READMEs and the guides have lost their examples.');
  extract(blocks);
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const { ok, output } = await run(process.execPath, [tsc, '--project', FOLDER]);
  if (!ok) say(output.trimEnd());
  return ok ? 0 : 1;
});
