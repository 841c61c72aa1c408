// @ts-check
import { readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.mjs';

/**
 * The texts that name the version.
 * @typedef {object} Sources
 * @property {string} cargo Cargo.toml
 * @property {string} cargoLock Cargo.lock
 * @property {string} npm pkg/package.json
 * @property {string} npmLock package-lock.json
 * @property {string} changelog CHANGELOG.md
 */

/** @returns {Sources} */
export const sources = () => {
  const read = (/** @type {string[]} */ ...path) => readFileSync(inRoot(...path), 'utf8');
  return {
    cargo: read('Cargo.toml'),
    cargoLock: read('Cargo.lock'),
    npm: read('pkg', 'package.json'),
    npmLock: read('package-lock.json'),
    changelog: read('CHANGELOG.md'),
  };
};

/**
 * What stands in the way of a release, a sentence each.
 * @param {Sources} texts
 * @param {string} [tag] `v1.2.3`
 * @returns {string[]}
 */
export function versionComplaints(texts, tag) {
  const { version } = JSON.parse(texts.npm);
  const others = {
    'Cargo.toml': /^version = "(.+)"$/m.exec(texts.cargo)?.[1],
    'Cargo.lock': /^name = "bixarena-auth-client"\nversion = "(.+)"$/m.exec(texts.cargoLock)?.[1],
    'package-lock.json': JSON.parse(texts.npmLock).packages.pkg?.version,
    ...(tag === undefined ? {} : { 'the tag': tag.replace(/^v/, '') }),
  };
  const complaints = Object.entries(others)
    .filter(([, other]) => other !== version)
    .map(([where, other]) => `${where} says ${other ?? 'no version'}, pkg/package.json ${version}.`);
  if (tag !== undefined && !tag.startsWith('v')) complaints.push(`the tag ${tag} does not begin with v.`);
  if (notes(texts.changelog, version) === undefined)
    complaints.push(`CHANGELOG.md has no section "## [${version}] - <year-month-day>".`);
  if (section(texts.changelog, 'Unreleased')?.trim())
    complaints.push(
      'CHANGELOG.md has changes under "Unreleased": move them to the version, or leave them for the next.',
    );
  return complaints;
}

/**
 * What CHANGELOG.md says of a version that has a date.
 * @param {string} changelog
 * @param {string} version
 */
export const notes = (changelog, version) => section(changelog, version, / - \d{4}-\d\d-\d\d$/);

/**
 * @param {string} changelog
 * @param {string} title
 * @param {RegExp} [rest] what the heading has behind it
 */
function section(changelog, title, rest = /^$/) {
  const parts = changelog.split(/^## /m).map((part) => {
    const end = part.indexOf('\n');
    return { heading: part.slice(0, end), text: part.slice(end + 1) };
  });
  const found = parts.find(
    ({ heading }) => heading.startsWith(`[${title}]`) && rest.test(heading.slice(title.length + 2)),
  );
  return found?.text.trim();
}
