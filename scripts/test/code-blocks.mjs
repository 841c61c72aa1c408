#!/usr/bin/env node
// @ts-check
// Checks the types of the code in the READMEs and in the guides: what a reader copies has to be right. JavaScript may
// leave types of parameters unsaid, TypeScript may not.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { run } from '../lib/exec.mjs';
import { inRoot, scratch } from '../lib/paths.mjs';
import { Problem, runCommand } from '../lib/problem.mjs';
import { say } from '../lib/say.mjs';

const FOLDER = join(scratch, 'code-blocks');

const OPTIONS = {
  noEmit: true,
  strict: true,
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
 * The code of a page, each block at the line that it has there: a complaint names the place.
 * @param {string} text
 */
function blocksOf(text) {
  return [...text.matchAll(/^```(jsx?|tsx?)\n([^]*?)^```$/gm)].map(({ 1: language, 2: code, index }) => {
    const line = text.slice(0, index).split('\n').length;
    return { language, line, padded: '\n'.repeat(line) + code };
  });
}

/** Writes every block to a file. @returns {number} how many */
function extract() {
  rmSync(FOLDER, { recursive: true, force: true });
  for (const folder of ['js', 'ts']) mkdirSync(join(FOLDER, folder), { recursive: true });
  const guides = readdirSync(inRoot('docs')).filter((name) => name.endsWith('.md'));
  const blocks = ['README.md', 'pkg/README.md', ...guides.map((name) => join('docs', name))].flatMap((page) =>
    blocksOf(readFileSync(inRoot(page), 'utf8')).map((block) => ({ page, ...block })),
  );
  for (const { page, language, line, padded } of blocks) {
    const name = `${page.replaceAll(/[\\/]/g, '+')}-${line}.${language}`;
    writeFileSync(join(FOLDER, language.startsWith('ts') ? 'ts' : 'js', name), padded);
  }
  return blocks.length;
}

/** @param {'js' | 'ts'} kind @returns {Promise<boolean>} whether all is right */
async function check(kind) {
  const folder = join(FOLDER, kind);
  if (readdirSync(folder).length === 0) return true;
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify({ compilerOptions: { ...OPTIONS, noImplicitAny: kind === 'ts' } }));
  const tsc = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  const { ok, output } = await run(process.execPath, [tsc, '--project', project]);
  if (!ok) say(output.trimEnd());
  return ok;
}

await runCommand(async () => {
  if (extract() < 20) throw new Problem('the README and the guides have lost their examples.');
  return (await Promise.all([check('js'), check('ts')])).every(Boolean) ? 0 : 1;
});
