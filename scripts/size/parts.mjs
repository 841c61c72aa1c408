// @ts-check
// What the bytes of an entry are for: how much less it would be, compressed, without each of its modules.

import { transform } from 'esbuild';
import { bundle, gzipped } from './measure.mjs';

/** How esbuild begins a module, unless it takes out white space. */
const MODULE = /^\/\/ (\S+\.js)$/m;

/** @typedef {{ name: string, gzip: number }} Part */

/**
 * @param {import('./measure.mjs').Subject} subject
 * @returns {Promise<Part[]>} the largest first; the last one is what they share, and is in no other
 */
export async function measureParts(subject) {
  const files = await bundle(subject, { minify: false, minifyIdentifiers: true, minifySyntax: true });
  const scripts = files.filter(({ path }) => path.endsWith('.js')).map(({ text }) => text);
  const others = files.filter(({ path }) => !path.endsWith('.js'));
  const parts = others.map(({ path, contents }) => ({ name: nameOf(path), gzip: gzipped(contents) }));
  let shared = 0;
  for (const script of scripts) {
    // What comes first is esbuild's own.
    const [, ...pieces] = withoutExports(script).split(MODULE);
    const modules = pieces.flatMap((name, at) => (at % 2 === 0 ? [{ name, code: pieces[at + 1] }] : []));
    const sizeOf = async (/** @type {{ code: string }[]} */ some) => gzipped(await minified(some));
    const whole = await sizeOf(modules);
    shared += whole;
    for (const module of modules) {
      const gzip = whole - (await sizeOf(modules.filter((other) => other !== module)));
      parts.push({ name: module.name, gzip });
      shared -= gzip;
    }
  }
  return [...parts.sort((a, b) => b.gzip - a.gzip), { name: 'shared', gzip: shared }];
}

/** Nothing is exported that has been taken out. @param {string} script */
const withoutExports = (script) => script.replace(/^export \{[^}]*\};?$/gm, '');

/** @param {{ code: string }[]} modules */
async function minified(modules) {
  const { code } = await transform(modules.map(({ code }) => code).join('\n'), { minifyWhitespace: true });
  return Buffer.from(code);
}

/** @param {string} path */
const nameOf = (path) => path.slice(path.lastIndexOf('/') + 1).replace(/-[A-Z0-9]{8}(?=\.wasm)/, '');

/** @param {Part[]} parts */
export function partsTable(parts) {
  const width = Math.max(...parts.map(({ name }) => name.length));
  const line = (/** @type {string} */ name, /** @type {unknown} */ bytes) =>
    `${name.padEnd(width)}${`${bytes}`.padStart(10)}`;
  const sum = parts.reduce((total, { gzip }) => total + gzip, 0);
  return [
    line('without it, less by', 'gzip'),
    ...parts.map(({ name, gzip }) => line(name, gzip)),
    line('sum', sum),
  ].join('\n');
}
