// @ts-check
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { must } from '../../../scripts/lib/exec.mjs';
import { withLock } from '../../../scripts/lib/lock.mjs';
import { Problem } from '../../../scripts/lib/problem.mjs';
import { scratch } from './folders.mjs';
import { pack } from './pack.mjs';

const LIMIT = 8 * 60_000;
const app = fileURLToPath(new URL('../app', import.meta.url));

/** What a project may hold after it was run in place: it is no part of the project. */
const GENERATED = new Set(['node_modules', 'dist', '.angular', '.next', '.parcel-cache', '.wrangler']);

/**
 * A fresh copy of a consumer's project with the packed package and its dependencies installed. The packages of the last run
 * are kept as long as neither the versions nor the package have changed.
 * @param {Pick<import("./consumer.mjs").Found, "name" | "project">} consumer
 * @param {Record<string, unknown>} fixture becomes fixture.js and fixture.json, beside the application that all projects share
 * @returns {Promise<string>} its folder
 */
export async function install({ name, project }, fixture) {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder)) {
    if (!KEPT.has(entry)) rmSync(join(folder, entry), { recursive: true });
  }
  cpSync(project, folder, { recursive: true, filter: (path) => !isGenerated(path.slice(project.length)) });
  addApplication(folder, fixture);
  const { tarball } = await pack();
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // After the project's own, so that the package is what is installed even if the project names it.
  manifest.dependencies = { ...manifest.dependencies, 'bixarena-auth-client': `file:${tarball}` };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await npmInstall(folder, JSON.stringify([manifest.dependencies, manifest.devDependencies, manifest.overrides]));
  return folder;
}

/**
 * @param {string} folder
 * @param {Record<string, unknown>} fixture
 */
function addApplication(folder, fixture) {
  for (const file of readdirSync(app)) copyFileSync(join(app, file), join(folder, file));
  const { code } = transformSync(readFileSync(join(app, 'check.js'), 'utf8'), { format: 'cjs', platform: 'node' });
  writeFileSync(join(folder, 'check.cjs'), code);
  const json = JSON.stringify(fixture, null, 2);
  writeFileSync(join(folder, 'fixture.json'), `${json}\n`);
  writeFileSync(join(folder, 'fixture.js'), `export default ${json};\n`);
}

const STAMP = '.installed';
const KEPT = new Set(['node_modules', 'package-lock.json', STAMP]);

/** @param {string} relative */
const isGenerated = (relative) => relative.split('/').some((part) => GENERATED.has(part));

/**
 * @param {string} folder holds a package.json
 * @param {string} wanted what tells whether anything has to be done
 */
export async function npmInstall(folder, wanted) {
  const stamp = join(folder, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(stamp, { force: true });
  // npm may have been called by an outer npm, whose settings in the environment are for another folder.
  const kept = Object.entries(env).filter(
    ([variable]) => !/^npm_(?:config_local_prefix|package_|lifecycle_)/.test(variable),
  );
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', '--no-workspaces'];
  await must('npm', args, { cwd: folder, limit: LIMIT, env: Object.fromEntries(kept) });
  writeFileSync(stamp, wanted);
}

/**
 * The folder of a version of Node, brought by npm's `node` package, to be put first in the PATH.
 * @param {string} version
 */
export async function installNode(version) {
  const folder = join(scratch, `node-${version}`);
  mkdirSync(folder, { recursive: true });
  await withLock(join(scratch, `node-${version}.lock`), async () => {
    const manifest = { private: true, dependencies: { node: version } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    await npmInstall(folder, version);
  });
  const bin = join(folder, 'node_modules', 'node', 'bin');
  if (!existsSync(join(bin, 'node')))
    throw new Problem(`npm's package node@${version} brought no Node: ${bin} is empty.`);
  return bin;
}
