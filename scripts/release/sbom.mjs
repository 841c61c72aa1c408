// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { BUILDS } from '../build/package.mjs';
import { inRoot } from '../lib/paths.mjs';
import { channel } from '../setup/rust.mjs';
import { OWN, keyOf, linkedCrates } from './crates.mjs';

/** @import { Crate } from './crates.mjs' */

/**
 * What the package contains, as a CycloneDX document: the package, its wasm files as they were built, and the crates in each. The
 * package has to be built before.
 * @returns {Promise<string>} JSON
 */
export async function sbom() {
  const crates = await linkedCrates();
  const components = new Map(
    [...crates].filter(([, { name }]) => name !== OWN).map(([key, crate]) => [key, component(crate)]),
  );
  for (const [key, { dependencies }] of crates) {
    for (const dependency of dependencies) {
      const [user, used] = [components.get(key), components.get(dependency)];
      if (user && used) user.dependencies.add(used.bomRef);
    }
  }
  const files = BUILDS.map(({ name }) => wasmFile(name, crates, components));
  return serialize([...files, standardLibrary(files), ...components.values()], files);
}

/** @param {Crate} crate */
function component(crate) {
  const { name, version, license, checksum, repository } = crate;
  const made = new Models.Component(Enums.ComponentType.Library, name, {
    version,
    bomRef: keyOf(crate),
    purl: `pkg:cargo/${name}@${version}`,
    scope: Enums.ComponentScope.Required,
    licenses: new Models.LicenseRepository([new Models.LicenseExpression(license.replaceAll('/', ' OR '))]),
  });
  if (checksum) made.hashes.set(Enums.HashAlgorithm['SHA-256'], checksum);
  if (repository)
    made.externalReferences.add(new Models.ExternalReference(repository, Enums.ExternalReferenceType.VCS));
  return made;
}

/**
 * One wasm file, which depends on all that the crate itself depends on in this build.
 * @param {string} name
 * @param {Map<string, Crate>} crates
 * @param {Map<string, Models.Component>} components
 */
function wasmFile(name, crates, components) {
  const file = `${name}_bg.wasm`;
  const bytes = readFileSync(inRoot('pkg', 'dist', file));
  const made = new Models.Component(Enums.ComponentType.File, file, {
    bomRef: file,
    description: 'in the package as a file, or inside its JavaScript',
    hashes: new Models.HashDictionary([
      [Enums.HashAlgorithm['SHA-256'], createHash('sha256').update(bytes).digest('hex')],
    ]),
  });
  for (const [key, { builds }] of crates) {
    const used = components.get(key);
    if (used && builds.has(name)) made.dependencies.add(used.bomRef);
  }
  return made;
}

/** @param {Models.Component[]} files */
function standardLibrary(files) {
  const library = new Models.Component(Enums.ComponentType.Library, 'rust-std', {
    version: channel(),
    bomRef: `rust-std@${channel()}`,
    licenses: new Models.LicenseRepository([new Models.LicenseExpression('MIT OR Apache-2.0')]),
  });
  for (const file of files) file.dependencies.add(library.bomRef);
  return library;
}

/**
 * @param {Models.Component[]} components
 * @param {Models.Component[]} files what the package depends on itself
 */
function serialize(components, files) {
  const { name, version, license, description } = JSON.parse(readFileSync(inRoot('pkg', 'package.json'), 'utf8'));
  const own = new Models.Component(Enums.ComponentType.Library, name, {
    version,
    description,
    bomRef: `${name}@${version}`,
    purl: `pkg:npm/${name}@${version}`,
    licenses: new Models.LicenseRepository([new Models.LicenseExpression(license)]),
    dependencies: new Models.BomRefRepository(files.map(({ bomRef }) => bomRef)),
  });
  const bom = new Models.Bom({
    components: new Models.ComponentRepository(components),
    metadata: new Models.Metadata({ timestamp: new Date(), component: own }),
    serialNumber: Contrib.Bom.Utils.randomSerialNumber(),
  });
  const factory = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return new Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 });
}
