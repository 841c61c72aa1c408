// @ts-check
import { readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';

/** What npm takes in besides `files` of package.json, and what a package has to bring. */
const TEXTS = ['LICENSE', 'README.md', 'THIRD-PARTY-LICENSES.md', 'package.json'];

/** Every file that `exports` leads to. @param {any} target @returns {string[]} */
const targets = (target) =>
  typeof target === 'string' ? [target.replace(/^\.\//, '')] : Object.values(target ?? {}).flatMap(targets);

/**
 * What is wrong with the files of a package, a sentence each.
 * @param {string[]} packed paths
 * @param {any} manifest package.json
 * @returns {string[]}
 */
export function contentComplaints(packed, manifest) {
  const has = new Set(packed);
  const missing = [...new Set([...TEXTS, ...targets(manifest.exports)])].filter((path) => !has.has(path));
  /** Where a file lies, if that is a folder that `files` names. */
  const folder = (/** @type {string} */ path) => manifest.files.includes(path.slice(0, path.indexOf('/')));
  const odd = packed.filter(
    (path) => !TEXTS.includes(path) && !/^[\w.-]+\.(c?js|d\.c?ts)$/.test(path) && !folder(path),
  );
  const own = packed.filter((path) => /\.(test|map|pem|key|tgz)\b|(^|\/)\./.test(path));
  const relative = [...readFileSync(inRoot('pkg', 'README.md'), 'utf8').matchAll(/\]\((?!https:|#)([^)]+)\)/g)];
  return [
    ...missing.map((path) => `${path} is missing from the package.`),
    ...[...new Set([...odd, ...own])].map((path) => `${path} does not belong in the package.`),
    ...relative.map(([, link]) => `pkg/README.md links to ${link}, which leads nowhere on npm.`),
  ];
}
