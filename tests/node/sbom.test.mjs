// @ts-check
// The SBOM is a CycloneDX document, and is about the package that was built.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { inRoot } from '../../scripts/lib/paths.mjs';
import { sbom } from '../../scripts/release/sbom.mjs';

describe('the SBOM', () => {
  /** @type {string} */
  let text;
  /** @type {any} */
  let document;

  before(async () => {
    text = await sbom();
    document = JSON.parse(text);
  });

  /** @param {string} name */
  const wasm = (name) => document.components.find((/** @type {any} */ one) => one.name === `${name}_bg.wasm`);

  /** Names of what a component depends on. @param {string} ref @returns {string[]} */
  const dependencies = (ref) =>
    document.dependencies
      .find((/** @type {any} */ one) => one.ref === ref)
      .dependsOn?.map((/** @type {string} */ key) => key.split('@')[0]) ?? [];

  test('is valid', async () => {
    assert.equal(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text), null);
  });

  test('is about the package and its wasm files as they are', () => {
    const { name, version } = JSON.parse(readFileSync(inRoot('pkg', 'package.json'), 'utf8'));
    assert.equal(document.metadata.component.purl, `pkg:npm/${name}@${version}`);
    for (const file of ['client', 'verifier', 'fallback']) {
      const digest = createHash('sha256')
        .update(readFileSync(inRoot('pkg', 'dist', `${file}_bg.wasm`)))
        .digest('hex');
      assert.deepEqual(wasm(file).hashes, [{ alg: 'SHA-256', content: digest }]);
    }
  });

  test('tells apart what is in which file', () => {
    assert.ok(dependencies('client_bg.wasm').includes('wasm-bindgen'));
    assert.ok(dependencies('fallback_bg.wasm').includes('jwt-compact'));
    assert.ok(!dependencies('client_bg.wasm').includes('jwt-compact'));
    for (const compiledOnly of ['syn', 'wasm-bindgen-macro', 'proc-macro2']) {
      assert.ok(!text.includes(`"name": "${compiledOnly}"`), compiledOnly);
    }
  });

  test('says of every crate what it is, and under which licence', () => {
    const crates = document.components.filter((/** @type {any} */ { purl }) => purl?.startsWith('pkg:cargo/'));
    assert.ok(crates.length > 40);
    for (const { name, version, hashes, licenses } of crates) {
      assert.ok(version && licenses[0].expression && /^[0-9a-f]{64}$/.test(hashes[0].content), name);
    }
    assert.ok(!text.includes(inRoot()), 'no path of this machine');
  });
});
