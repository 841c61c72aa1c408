// @ts-check
// What a consumer is: a small project that installs the packed package and uses it as a user would.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { inRoot } from '../../../scripts/lib/paths.mjs';

/**
 * What `consumers/<name>/consumer.mjs` exports by default. Beside it lies the project, in `project/`.
 * @typedef {object} Consumer
 * @property {string} title as the matrix in docs/compatibility.md shows it
 * @property {Kind} kind
 * @property {string} tool the npm package whose version the matrix shows
 * @property {boolean} [isUnlisted] does not stand in the matrix
 * @property {boolean} [quick] needs nothing but the package and the development dependencies of this repository; runs in `npm test`
 * @property {string} [node] the version of Node that the tool needs, if that is not the one that runs the tests
 * @property {string} [project] the project, if it lies elsewhere (a sample application)
 * @property {number} [minutes] that one way of use may take, without the installation; default 5
 * @property {Record<string, (context: Context) => Promise<void>>} uses by name: a way of use, which throws if it does not work
 *
 * @typedef {'page' | 'bundler' | 'framework' | 'server' | 'worker' | 'test runner'} Kind
 * @typedef {import('./context.mjs').Context} Context
 * @typedef {Consumer & { name: string, project: string, version: string }} Found
 */

const folder = inRoot('tests', 'packaging', 'consumers');

/**
 * All consumers by name, or those that are asked for.
 * @param {(consumer: Found) => boolean} [wanted]
 * @returns {Promise<Found[]>}
 */
export async function findConsumers(wanted = () => true) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  return (await Promise.all(names.map(load))).filter(wanted);
}

/** @param {string} name */
async function load(name) {
  /** @type {{ default: Consumer }} */
  const { default: consumer } = await import(join(folder, name, 'consumer.mjs'));
  const project = consumer.project ?? join(folder, name, 'project');
  return { ...consumer, name, project, version: versionOf(consumer, project) };
}

/**
 * The version that the project pins, else the repository.
 * @param {Consumer} consumer
 * @param {string} project
 */
function versionOf({ tool, node }, project) {
  if (tool === 'node') return node ?? process.versions.node;
  for (const file of [join(project, 'package.json'), inRoot('package.json')]) {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(file, 'utf8'));
    const version = dependencies[tool] ?? devDependencies[tool];
    if (version) return version;
  }
  throw new Error(`neither ${project} nor the repository names a version of ${tool}`);
}
