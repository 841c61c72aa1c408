// @ts-check
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUILDS } from '../build/package.mjs';
import { must } from '../lib/exec.mjs';
import { inRoot } from '../lib/paths.mjs';
import { Problem } from '../lib/problem.mjs';

/**
 * A crate that is compiled into the wasm of the package.
 * @typedef {object} Crate
 * @property {string} name
 * @property {string} version
 * @property {string} license as its manifest has it
 * @property {string} folder its source
 * @property {string | undefined} repository
 * @property {string | undefined} checksum SHA-256 of the published crate, from Cargo.lock
 * @property {Set<string>} builds the wasm files that it is in
 * @property {Set<string>} dependencies keys of other crates
 */

/** The package itself, in the list of crates. */
export const OWN = 'bixarena-auth-client';

/** @param {{ name: string, version: string }} crate */
export const keyOf = ({ name, version }) => `${name}@${version}`;

/**
 * Every crate that is linked into one of the wasm files, by name and version; without what runs while compiling only. Sorted.
 * @returns {Promise<Map<string, Crate>>}
 */
export async function linkedCrates() {
  const described = await describe();
  /** @type {Map<string, Crate>} */
  const crates = new Map();
  for (const { name, features } of BUILDS) {
    for (const [key, dependencies] of edges(await tree(features))) {
      const manifest = described.get(key);
      if (!manifest) throw new Problem(`cargo metadata does not know ${key}, which cargo tree names.`);
      const crate = crates.get(key) ?? { ...manifest, builds: new Set(), dependencies: new Set() };
      crate.builds.add(name);
      for (const dependency of dependencies) crate.dependencies.add(dependency);
      crates.set(key, crate);
    }
  }
  return new Map([...crates].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {string[]} features of one build */
const tree = (features) =>
  must('cargo', [
    ...['tree', '--locked', '--target=wasm32-unknown-unknown', '--edges=normal,no-proc-macro'],
    ...['--prefix=depth', '--format= {p}', ...features],
  ]);

/**
 * What depends on what, in the output of `cargo tree --prefix=depth`.
 * @param {string} output
 * @returns {Map<string, Set<string>>}
 */
export function edges(output) {
  /** @type {Map<string, Set<string>>} */
  const found = new Map();
  /** @type {string[]} the crates from the root to the line before */
  const path = [];
  for (const [, depth, name, version] of output.matchAll(/^(\d+) (\S+) v(\S+)/gm)) {
    const key = keyOf({ name, version });
    path.length = Number(depth);
    if (path.length > 0) found.get(path[path.length - 1])?.add(key);
    if (!found.has(key)) found.set(key, new Set());
    path.push(key);
  }
  return found;
}

/** What the manifests and the lock file say. @returns {Promise<Map<string, Omit<Crate, 'builds' | 'dependencies'>>>} */
async function describe() {
  const output = await must('cargo', ['metadata', '--locked', '--all-features', '--format-version=1']);
  // Before it, cargo may say that it waits for another one.
  const { packages } = JSON.parse(output.slice(output.indexOf('{"packages"')));
  const lock = readFileSync(inRoot('Cargo.lock'), 'utf8');
  const checksums = new Map(
    [...lock.matchAll(/^name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"$/gm)].map(
      ([, name, version, checksum]) => [keyOf({ name, version }), checksum],
    ),
  );
  return new Map(
    packages.map((/** @type {any} */ { name, version, license, repository, manifest_path: manifest }) => {
      const key = keyOf({ name, version });
      const more = { repository: repository ?? undefined, checksum: checksums.get(key) };
      return [key, { name, version, license: license ?? '', folder: dirname(manifest), ...more }];
    }),
  );
}
